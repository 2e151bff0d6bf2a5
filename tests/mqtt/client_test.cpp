#include "tests/mqtt/talk.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::mqtt;
using namespace ks::test;
using Refusal = Client::Refusal;

TEST_CASE("a post says hello, subscribes, sends and is acknowledged", "[mqtt][client]")
{
    Talk talk;
    talk.open();
    CHECK(talk.take_sent() == unhex("10 15 0004 4D515454 04 02 003C 0009 504F53542D30303031"));
    CHECK_FALSE(talk.client().connected());
    talk.receive(connack(0, 0));
    REQUIRE(talk.connected.size() == 1);
    CHECK_FALSE(talk.connected[0].session_present);

    REQUIRE(talk.client().subscribe("down/#", Qos::at_least_once));
    talk.run();
    CHECK(talk.take_sent() == unhex("82 0B 0001 0006 646F776E2F23 01"));
    talk.receive(suback(1, 1));
    CHECK(talk.subscribed == std::vector{Granted::at_least_once});

    const auto handle = talk.publish("up/a", "x", Qos::at_least_once);
    talk.run();
    CHECK(talk.take_sent() == unhex("32 09 0004 75702F61 0002 78"));
    talk.receive(puback(2));
    CHECK(talk.acknowledged == std::vector{handle});
    CHECK(talk.closed.empty());
}

TEST_CASE("a refused subscription is seen and the connection stays", "[mqtt][client]")
{
    Talk talk;
    talk.connect();
    REQUIRE(talk.client().subscribe("down/#", Qos::at_least_once));
    talk.run();

    talk.receive(suback(1, 0x80));

    CHECK(talk.subscribed == std::vector{Granted::refused});
    CHECK(talk.client().connected());
}

TEST_CASE("a message is acknowledged to the broker only after its owner has had it",
          "[mqtt][client]")
{
    Room<Talk::limits> room;
    Client client{room};
    Talk talk;
    REQUIRE(client.open(talk.now, talk.options));
    CHECK(std::holds_alternative<Client::Send>(client.next(talk.now)));
    CHECK(client.feed(connack(0, 0)) == 4);
    CHECK(std::holds_alternative<Client::Connected>(client.next(talk.now)));

    const auto bytes = publish({.flags = 0x0B, .id = 77});
    REQUIRE(client.feed(bytes) == bytes.size());
    const auto first = client.next(talk.now);
    REQUIRE(std::holds_alternative<Client::Deliver>(first));
    const auto& message = std::get<Client::Deliver>(first);
    CHECK(message.topic == "down/a");
    CHECK(text_of(message.payload) == "hello");
    CHECK(message.qos == Qos::at_least_once);
    CHECK(message.retained);
    CHECK(message.duplicate);

    const auto second = client.next(talk.now);
    REQUIRE(std::holds_alternative<Client::Send>(second));
    CHECK(equal(std::get<Client::Send>(second).bytes, puback(77)));
    CHECK(std::holds_alternative<Client::Wait>(client.next(talk.now)));
}

TEST_CASE("messages that come together are delivered in order, each with its answer",
          "[mqtt][client]")
{
    Talk talk;
    talk.connect();
    Buffer all;
    for (const auto& message :
         {BrokerMessage{.id = 5, .payload = "a"}, BrokerMessage{.flags = 0x00, .payload = "b"},
          BrokerMessage{.flags = 0x01, .payload = ""}, BrokerMessage{.id = 6, .payload = "d"}}) {
        const auto bytes = publish(message);
        all.insert(all.end(), bytes.begin(), bytes.end());
    }

    talk.receive(all);

    REQUIRE(talk.delivered.size() == 4);
    CHECK(talk.delivered[0].payload == "a");
    CHECK(talk.delivered[1].payload == "b");
    CHECK_FALSE(talk.delivered[1].retained);
    CHECK(talk.delivered[2].payload.empty());
    CHECK(talk.delivered[2].retained);
    CHECK(talk.delivered[3].payload == "d");
    CHECK(talk.sent == unhex("4002 0005 4002 0006"));
}

TEST_CASE("the longest message that fits is delivered", "[mqtt][client]")
{
    Talk talk;
    talk.connect();
    // Two bytes of length, six of topic, no number.
    const std::string longest(Talk::limits.incoming - 8, 'z');

    talk.receive(publish({.flags = 0, .payload = longest}));

    REQUIRE(talk.delivered.size() == 1);
    CHECK(talk.delivered[0].payload == longest);
    CHECK(talk.closed.empty());
}

TEST_CASE("the window is bounded and says so", "[mqtt][client]")
{
    Talk talk;
    talk.connect();
    CHECK(talk.client().free_slots() == 4);
    for (int i = 0; i < 4; ++i)
        talk.publish("up/a", "x", Qos::at_least_once);

    CHECK(talk.client().publish("up/a", {}, Qos::at_least_once).reason() == Refusal::window_full);
    CHECK(talk.client().publish("up/a", {}, Qos::at_most_once).reason() == Refusal::window_full);
    talk.run();
    talk.receive(puback(3));

    CHECK(talk.client().free_slots() == 1);
    CHECK(talk.acknowledged == std::vector{Handle{3}});
    talk.publish("up/a", "y", Qos::at_most_once);
    talk.run();
    CHECK(talk.client().free_slots() == 1);  // nobody answers QoS 0
}

TEST_CASE("a command that cannot be is refused and changes nothing", "[mqtt][client]")
{
    Talk talk;
    CHECK(talk.client().publish("up/a", {}, Qos::at_most_once).reason() == Refusal::not_connected);
    CHECK(talk.client().subscribe("a", Qos::at_most_once).reason() == Refusal::not_connected);
    talk.connect();

    const std::string long_topic(Talk::limits.topic + 1, 't');
    const Buffer long_payload(201);
    auto& client = talk.client();
    CHECK(client.publish("", {}, Qos::at_most_once).reason() == Refusal::topic_invalid);
    CHECK(client.publish("a/+", {}, Qos::at_most_once).reason() == Refusal::topic_invalid);
    CHECK(client.publish(long_topic, {}, Qos::at_most_once).reason() == Refusal::too_long);
    CHECK(client.publish("a", long_payload, Qos::at_most_once).reason() == Refusal::too_long);
    CHECK(client.subscribe("a#", Qos::at_most_once).reason() == Refusal::topic_invalid);
    CHECK(client.subscribe(std::string(200, 'f'), Qos::at_most_once).reason() == Refusal::too_long);
    REQUIRE(client.subscribe("a", Qos::at_most_once));
    CHECK(client.subscribe("b", Qos::at_most_once).reason() == Refusal::subscribing);

    CHECK(client.free_slots() == 4);
    CHECK(client.publish(std::string(Talk::limits.topic, 't'), Buffer(200), Qos::at_least_once));
}

TEST_CASE("a hello that no broker could accept is refused before it is sent", "[mqtt][client]")
{
    const auto refusal_of = [](auto change) {
        Talk talk;
        change(talk.options);
        return talk.client().open(talk.now, talk.options).reason();
    };

    CHECK(refusal_of([](ConnectOptions& o) { o.client_id = {}; }) == Refusal::options_invalid);
    CHECK(refusal_of([](ConnectOptions& o) { o.client_id = "\xFF"; }) == Refusal::options_invalid);
    CHECK(refusal_of([](ConnectOptions& o) { o.user_name = "\n"; }) == Refusal::options_invalid);
    CHECK(refusal_of([](ConnectOptions& o) { o.keep_alive = 0_s; }) == Refusal::options_invalid);
    CHECK(refusal_of([](ConnectOptions& o) { o.keep_alive = 1'500_ms; }) ==
          Refusal::options_invalid);
    CHECK(refusal_of([](ConnectOptions& o) { o.keep_alive = 65'536_s; }) ==
          Refusal::options_invalid);
    CHECK(refusal_of([](ConnectOptions& o) { o.will = Will{.topic = "a/#", .payload = {}}; }) ==
          Refusal::options_invalid);
    const std::string long_name(200, 'U');
    CHECK(refusal_of([&](ConnectOptions& o) { o.user_name = long_name; }) == Refusal::too_long);
}

TEST_CASE("messages leave in the order they came, whatever slots are free", "[mqtt][client]")
{
    Talk talk;
    talk.connect();
    for (const auto* const text : {"1", "2", "3", "4"})
        talk.publish("a", text, Qos::at_least_once);
    talk.run();
    talk.receive(puback(2));
    talk.receive(puback(1));
    talk.publish("a", "5", Qos::at_least_once);
    talk.receive(puback(4));
    talk.take_sent();

    talk.publish("a", "6", Qos::at_least_once);
    talk.publish("a", "7", Qos::at_least_once);
    talk.run();
    CHECK(talk.take_sent() == unhex("32 06 0001 61 0006 36  32 06 0001 61 0007 37"));

    talk.options.session = Session::kept;
    talk.open();
    talk.take_sent();
    talk.receive(connack(1, 0));
    CHECK(talk.sent == unhex("3A 06 0001 61 0003 33  3A 06 0001 61 0005 35"
                             "3A 06 0001 61 0006 36  3A 06 0001 61 0007 37"));
}

TEST_CASE("a goodbye is said and then the stream is closed", "[mqtt][client]")
{
    Talk talk;
    talk.connect();
    talk.client().disconnect();
    talk.run();
    CHECK(talk.sent == unhex("E000"));
    CHECK(talk.closed == std::vector{Fault::asked});

    Talk early;
    REQUIRE(early.client().open(early.now, early.options));
    early.client().disconnect();
    early.run();
    CHECK(early.sent.empty());
    CHECK(early.closed == std::vector{Fault::asked});
}

TEST_CASE("with the session kept, what was under way is sent again, marked and in order",
          "[mqtt][client][resend]")
{
    Talk talk;
    talk.options.session = Session::kept;
    talk.connect();
    const auto first = talk.publish("a", "1", Qos::at_least_once);
    const auto second = talk.publish("a", "2", Qos::at_least_once);
    talk.run();
    const auto third = talk.publish("a", "3", Qos::at_least_once);  // never left
    talk.client().cut();
    talk.take_sent();

    talk.open();
    talk.take_sent();
    talk.receive(connack(1, 0));

    CHECK(talk.connected.back().session_present);
    CHECK(talk.sent ==
          unhex("3A 06 0001 61 0001 31  3A 06 0001 61 0002 32  32 06 0001 61 0003 33"));
    for (const auto id : {2u, 1u, 3u})
        talk.receive(puback(id));
    CHECK(talk.acknowledged == std::vector{second, first, third});
    CHECK(talk.unacknowledged.empty());
}

TEST_CASE("nothing of a cut connection reaches into the next", "[mqtt][client]")
{
    Talk talk;
    talk.connect();
    talk.pass(45_s);  // a ping is out
    const auto half = publish({.payload = "half"});
    talk.receive({half.begin(), half.begin() + 5});
    talk.client().cut();
    talk.take_sent();

    talk.connect();
    talk.pass(Client::pingresp_limit + 1_s);
    CHECK(talk.closed.empty());
    talk.receive(publish({.payload = "whole"}));
    REQUIRE(talk.delivered.size() == 1);
    CHECK(talk.delivered[0].payload == "whole");

    // A message that was taken, and whose acknowledgement never left, is not acknowledged there.
    auto& client = talk.client();
    const auto bytes = publish({.id = 7});
    REQUIRE(client.feed(bytes) == bytes.size());
    REQUIRE(std::holds_alternative<Client::Deliver>(client.next(talk.now)));
    talk.take_sent();
    talk.open();
    CHECK(talk.take_sent()[0] == std::byte{0x10});
    talk.receive(connack(0, 0));
    CHECK(talk.sent.empty());
}

TEST_CASE("with the session lost, what was under way is given back and never sent again",
          "[mqtt][client][resend]")
{
    Talk talk;
    talk.options.session = Session::kept;
    talk.connect();
    const auto first = talk.publish("a", "1", Qos::at_least_once);
    talk.run();
    const auto second = talk.publish("a", "2", Qos::at_least_once);
    talk.publish("a", "3", Qos::at_most_once);
    talk.client().cut();

    talk.open();
    talk.take_sent();
    talk.receive(connack(0, 0));

    CHECK(talk.unacknowledged == std::vector{first, second});
    CHECK(talk.sent.empty());
    CHECK(talk.client().free_slots() == 4);
    talk.receive(puback(1));
    CHECK(talk.closed == std::vector{Fault::puback_unknown});
}

TEST_CASE("a whole conversation may come in any pieces", "[mqtt][client][split]")
{
    Buffer all = connack(0, 0);
    for (const auto& more : {publish({.payload = "first"}), publish({.flags = 0, .payload = ""}),
                             publish({.payload = std::string(190, 'z')}), publish({.id = 9})})
        all.insert(all.end(), more.begin(), more.end());
    const auto hear = [&all](std::size_t cut_a, std::size_t cut_b) {
        Talk talk;
        talk.open();
        const auto at = [&all](std::size_t i) {
            return all.begin() + static_cast<std::ptrdiff_t>(i);
        };
        talk.receive({all.begin(), at(cut_a)});
        talk.receive({at(cut_a), at(cut_b)});
        talk.receive({at(cut_b), all.end()});
        CHECK(talk.closed.empty());
        CHECK(talk.delivered.size() == 4);
        return talk.sent;
    };

    const auto whole = hear(all.size(), all.size());
    for (std::size_t a = 0; a <= all.size(); ++a)
        REQUIRE(hear(a, std::min(a + 7, all.size())) == whole);

    Talk drip;
    drip.open();
    for (const auto byte : all)
        drip.receive({byte});
    CHECK(drip.sent == whole);
    CHECK(drip.delivered[2].payload == std::string(190, 'z'));
}

TEST_CASE("a post's client fits into 12 KiB", "[mqtt][size]")
{
    constexpr Limits post{
        .window = 8, .topic = 96, .payload = 640, .incoming = 1'024, .control = 320};
    static_assert(sizeof(Room<post>) + sizeof(Client) <= 12 * 1024);
    CHECK(sizeof(Room<post>) + sizeof(Client) > 8 * 743);
}
