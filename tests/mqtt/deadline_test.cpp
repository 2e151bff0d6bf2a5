#include "tests/mqtt/talk.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::mqtt;
using namespace ks::test;

TEST_CASE("silence is broken by a ping, and silence after the ping ends it", "[mqtt][client][time]")
{
    Talk talk;
    talk.connect();
    CHECK(talk.wake == talk.now + 45_s);
    talk.pass(44'999_ms);
    CHECK(talk.sent.empty());

    talk.pass(1_ms);
    CHECK(talk.take_sent() == unhex("C000"));
    CHECK(talk.wake == talk.now + Client::pingresp_limit);
    talk.receive(pingresp);
    CHECK(talk.wake == talk.now + 45_s);

    talk.pass(45_s);
    CHECK(talk.take_sent() == unhex("C000"));
    talk.pass(Client::pingresp_limit - 1_ms);
    CHECK(talk.closed.empty());
    talk.pass(1_ms);
    CHECK(talk.closed == std::vector{Fault::pingresp_late});
}

TEST_CASE("a stream that takes our bytes and gives none is pinged all the same",
          "[mqtt][client][time]")
{
    Talk talk;
    talk.connect();
    for (int i = 0; i < 4; ++i) {
        talk.pass(10_s);
        talk.publish("up/a", "x", Qos::at_most_once);
        talk.run();
    }
    talk.take_sent();

    talk.pass(5_s);

    CHECK(talk.take_sent() == unhex("C000"));
}

TEST_CASE("a post that only listens is heard of within its keep-alive", "[mqtt][client][time]")
{
    Talk talk;
    talk.connect();
    for (int i = 0; i < 4; ++i) {
        talk.pass(10_s);
        talk.receive(publish({.flags = 0}));
    }
    CHECK(talk.sent.empty());

    talk.pass(5_s);

    CHECK(talk.take_sent() == unhex("C000"));
}

TEST_CASE("every answer we wait for has its deadline", "[mqtt][client][time]")
{
    const auto closes_after = [](auto prepare, Millis limit) {
        Talk talk;
        talk.options.keep_alive = 600_s;  // so that no ping comes between
        prepare(talk);
        talk.pass(limit - 1_ms);
        CHECK(talk.closed.empty());
        CHECK(talk.wake == talk.now + 1_ms);
        talk.pass(1_ms);
        REQUIRE(talk.closed.size() == 1);
        return talk.closed[0];
    };

    CHECK(closes_after([](Talk& talk) { talk.open(); }, Client::connack_limit) ==
          Fault::connack_late);
    CHECK(closes_after(
              [](Talk& talk) {
                  talk.connect();
                  REQUIRE(talk.client().subscribe("a", Qos::at_least_once));
                  talk.run();
              },
              Client::suback_limit) == Fault::suback_late);
    CHECK(closes_after(
              [](Talk& talk) {
                  talk.connect();
                  talk.publish("a", "x", Qos::at_least_once);
                  talk.run();
              },
              Client::puback_limit) == Fault::puback_late);
}

TEST_CASE("a deadline counts from when the question left", "[mqtt][client][time]")
{
    Talk talk;
    REQUIRE(talk.client().open(talk.now, talk.options));
    talk.pass(15_s);  // the line took its time
    CHECK(talk.wake == talk.now + Client::connack_limit);
    talk.pass(Client::connack_limit - 1_ms);
    CHECK(talk.closed.empty());
    talk.pass(1_ms);
    CHECK(talk.closed == std::vector{Fault::connack_late});
}

TEST_CASE("an owner who was late does not blame the broker", "[mqtt][client][time]")
{
    Talk talk;
    talk.connect();
    talk.pass(45_s);
    talk.take_sent();

    // Two messages and the answer to the ping lie in the owner's hands when he comes back.
    talk.now = talk.now + 100_s;
    auto all = publish({});
    for (const auto& more : {publish({}), pingresp})
        all.insert(all.end(), more.begin(), more.end());
    talk.receive(all);

    CHECK(talk.closed.empty());
    CHECK(talk.delivered.size() == 2);
}
