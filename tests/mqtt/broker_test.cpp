#include "tests/mqtt/caller.hpp"
#include "tests/support/mosquitto.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace ks;
using namespace ks::mqtt;
using namespace ks::test;

TEST_CASE("two posts exchange messages at QoS 1 through the real broker", "[mqtt][system]")
{
    const Mosquitto broker{Mosquitto::open_config};
    Caller a{"POST-0001", broker.port(), Session::clean};
    Caller b{"POST-0002", broker.port(), Session::clean};
    a.call();
    b.call();
    a.subscribe("to/a/#");
    b.subscribe("to/b/#");

    // More than the window holds, and of the longest payload.
    constexpr std::size_t count = 20;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string text(180, static_cast<char>('a' + i));
        REQUIRE(a.until([&] { return a.talk.client().free_slots() > 0; }));
        a.talk.publish("to/b/x", text, Qos::at_least_once);
        REQUIRE(b.until([&] { return b.talk.client().free_slots() > 0; }));
        b.talk.publish("to/a/x", text, Qos::at_least_once);
    }
    CHECK(a.until([&] { return a.talk.acknowledged.size() == count; }));
    CHECK(b.until(
        [&] { return b.talk.acknowledged.size() == count && b.talk.delivered.size() == count; }));
    CHECK(a.until([&] { return a.talk.delivered.size() == count; }));

    for (std::size_t i = 0; i < count; ++i) {
        CHECK(a.talk.delivered[i].payload == std::string(180, static_cast<char>('a' + i)));
        CHECK(a.talk.delivered[i].qos == Qos::at_least_once);
        CHECK_FALSE(a.talk.delivered[i].duplicate);
    }
    CHECK(a.talk.closed.empty());
    CHECK(b.talk.closed.empty());
}

TEST_CASE("a message under way survives a restart of the real broker", "[mqtt][system]")
{
    Mosquitto broker{Mosquitto::open_config};
    Caller listener{"POST-0002", broker.port(), Session::kept};
    listener.call();
    listener.subscribe("up/#");
    Caller post{"POST-0001", broker.port(), Session::kept};
    post.call();

    post.talk.publish("up/a", "before", Qos::at_least_once);
    CHECK(post.until([&] { return post.talk.acknowledged.size() == 1; }));
    CHECK(listener.until([&] { return listener.talk.delivered.size() == 1; }));

    // The broker is gone before this one leaves.
    const auto under_way = post.talk.publish("up/a", "during", Qos::at_least_once);
    post.talk.run();
    broker.stop();
    broker.start();
    post.call();
    listener.call();

    CHECK(post.talk.connected.back().session_present);
    CHECK(listener.talk.connected.back().session_present);
    CHECK(post.until([&] { return post.talk.acknowledged.size() == 2; }));
    CHECK(post.talk.acknowledged.back() == under_way);
    CHECK(listener.until([&] { return listener.talk.delivered.size() == 2; }));
    CHECK(listener.talk.delivered.back().payload == "during");
}

TEST_CASE("a broker that forgot us gives our messages back, and they arrive after all",
          "[mqtt][system]")
{
    Mosquitto broker{"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n"};
    Caller post{"POST-0001", broker.port(), Session::kept};
    post.call();
    const auto lost = post.talk.publish("up/a", "only once", Qos::at_least_once);
    post.talk.run();
    broker.kill();
    broker.start();

    Caller listener{"POST-0002", broker.port(), Session::clean};
    listener.call();
    listener.subscribe("up/#");
    post.call();
    CHECK_FALSE(post.talk.connected.back().session_present);
    REQUIRE(post.until([&] { return !post.talk.unacknowledged.empty(); }));
    CHECK(post.talk.unacknowledged == std::vector{lost});

    post.talk.publish("up/a", "only once", Qos::at_least_once);
    CHECK(post.until([&] { return post.talk.acknowledged.size() == 1; }));
    CHECK(listener.until([&] { return listener.talk.delivered.size() == 1; }));
}

TEST_CASE("the real broker publishes our will when we vanish, and not when we say goodbye",
          "[mqtt][system]")
{
    const Mosquitto broker{Mosquitto::open_config};
    Caller listener{"POST-0002", broker.port(), Session::clean};
    listener.call();
    listener.subscribe("up/#");

    Caller post{"POST-0001", broker.port(), Session::clean};
    post.talk.options.will = Will{.topic = "up/will", .payload = bytes_of("gone")};
    post.call();
    post.talk.client().disconnect();
    CHECK(post.until([&] { return !post.talk.closed.empty(); }));
    post.call();
    post.talk.publish("up/a", "still here", Qos::at_least_once);
    CHECK(post.until([&] { return !post.talk.acknowledged.empty(); }));
    post.hang_up();

    CHECK(listener.until([&] { return listener.talk.delivered.size() == 2; }));
    CHECK(listener.talk.delivered[0].payload == "still here");
    CHECK(listener.talk.delivered[1].payload == "gone");
    CHECK_FALSE(listener.talk.delivered[1].retained);
}
