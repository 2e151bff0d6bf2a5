#include "firmware/mqtt/encode.hpp"
#include "sim/world/model_broker.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::sim;

// What mosquitto was measured to do with its defaults is what the model must do.
namespace {

const std::string own_topic = "ks/1/SITE-WORLD/POST-0001/up/event";

/// A post as far as a broker knows one.
struct Client {
    explicit Client(ModelBroker& to) : broker{&to}, no{to.accept("POST-0001", Instant{})}
    {
        say([](ByteWriter& writer) {
            mqtt::encode_connect(writer, {.client_id = "POST-0001",
                                          .user_name = {},
                                          .will = {},
                                          .keep_alive = Millis{60'000},
                                          .session = mqtt::Session::clean});
        });
        static_cast<void>(broker->take(no));
    }
    template <class Encode>
    void say(Encode encode)
    {
        std::array<std::byte, 512> room;
        ByteWriter writer{room};
        encode(writer);
        broker->hear(no, writer.written(), Instant{});
    }
    void publish(const std::string& topic, std::size_t count)
    {
        for (std::size_t i = 0; i < count; ++i)
            say([&](ByteWriter& writer) {
                mqtt::encode_publish(writer,
                                     {.topic = topic,
                                      .payload = {},
                                      .qos = mqtt::Qos::at_least_once,
                                      .packet_id = static_cast<std::uint16_t>(i % 60'000 + 1)});
            });
    }
    /// Each is four bytes.
    [[nodiscard]] std::size_t pubacks() { return broker->take(no).size() / 4; }

    ModelBroker* broker;
    ModelBroker::ConnectionNo no;
};

/// What the edge gets when it takes and acknowledges all there is.
std::size_t taken_by_edge(ModelBroker& broker)
{
    std::size_t count = 0;
    while (const auto next = broker.next_for_edge()) {
        broker.acknowledged_by_edge(next->packet_id);
        ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("a broker acknowledges 1,500 messages for an edge that is away, and keeps 1,000 (F-086)",
          "[sim][world][broker]")
{
    ModelBroker broker{"SITE-WORLD", {}};
    broker.edge_came();
    broker.edge_went();
    Client post{broker};
    post.publish(own_topic, 1'500);
    CHECK(post.pubacks() == 1'500);
    broker.edge_came();
    CHECK(taken_by_edge(broker) == 1'000);
    CHECK(broker.dropped() == 500);
}

TEST_CASE("a broker acknowledges 5,000 messages for an edge that stalls, and keeps 1,020 (F-086)",
          "[sim][world][broker]")
{
    ModelBroker broker{"SITE-WORLD", {}};
    broker.edge_came();
    Client post{broker};
    post.publish(own_topic, 5'000);
    CHECK(post.pubacks() == 5'000);
    CHECK(taken_by_edge(broker) == 1'020);
}

TEST_CASE("a broker that is killed has forgotten what it had acknowledged (F-085)",
          "[sim][world][broker]")
{
    ModelBroker broker{"SITE-WORLD", {}};
    broker.edge_came();
    broker.edge_went();
    Client post{broker};
    post.publish(own_topic, 50);
    CHECK(post.pubacks() == 50);
    broker.kill();
    CHECK_FALSE(broker.open(post.no));
    broker.start();
    broker.edge_came();
    CHECK(taken_by_edge(broker) == 0);
}

TEST_CASE("a message that the access list forbids is acknowledged and goes nowhere (F-087)",
          "[sim][world][broker]")
{
    ModelBroker broker{"SITE-WORLD", {}};
    broker.edge_came();
    Client post{broker};
    post.publish("ks/1/SITE-WORLD/POST-0002/up/event", 3);
    CHECK(post.pubacks() == 3);
    broker.deny("POST-0001");
    post.publish(own_topic, 2);
    CHECK(post.pubacks() == 2);
    CHECK(taken_by_edge(broker) == 0);
    CHECK(broker.denied() == 5);
    broker.allow("POST-0001");
    post.publish(own_topic, 1);
    CHECK(taken_by_edge(broker) == 1);
}

TEST_CASE("who comes under a name that is connected puts the other out", "[sim][world][broker]")
{
    ModelBroker broker{"SITE-WORLD", {}};
    Client first{broker};
    CHECK(broker.open(first.no));
    Client second{broker};
    CHECK_FALSE(broker.open(first.no));
    CHECK(broker.open(second.no));
}

TEST_CASE("what the edge had not acknowledged it gets again, before or after the rest (F-089)",
          "[sim][world][broker]")
{
    const auto again = GENERATE(Manners::Again::first, Manners::Again::last);
    ModelBroker broker{"SITE-WORLD", {.in_flight = 1, .queued = 10, .again = again}};
    broker.edge_came();
    Client post{broker};
    post.publish(own_topic, 2);
    REQUIRE(broker.next_for_edge().has_value());
    broker.edge_went();
    broker.edge_came();
    const auto first = broker.next_for_edge();
    REQUIRE(first.has_value());
    CHECK(first->which == (again == Manners::Again::first ? Try::again : Try::first));
    broker.acknowledged_by_edge(first->packet_id);
    CHECK(taken_by_edge(broker) == 1);
}

TEST_CASE("a client that is silent for one and a half keep-alives is gone, and its will is told",
          "[sim][world][broker]")
{
    ModelBroker broker{"SITE-WORLD", {}};
    broker.edge_came();
    const auto no = broker.accept("POST-0001", Instant{});
    std::array<std::byte, 256> room;
    ByteWriter writer{room};
    mqtt::encode_connect(
        writer, {.client_id = "POST-0001",
                 .user_name = {},
                 .will = mqtt::Will{.topic = "ks/1/SITE-WORLD/POST-0001/up/will", .payload = {}},
                 .keep_alive = Millis{60'000},
                 .session = mqtt::Session::clean});
    broker.hear(no, writer.written(), Instant{});
    broker.look_around(Instant{Millis{90'000}});
    CHECK(broker.open(no));
    broker.look_around(Instant{Millis{90'001}});
    CHECK_FALSE(broker.open(no));
    const auto will = broker.next_for_edge();
    REQUIRE(will.has_value());
    CHECK(will->mail.topic == "ks/1/SITE-WORLD/POST-0001/up/will");
}
