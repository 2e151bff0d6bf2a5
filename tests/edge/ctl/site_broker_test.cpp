#include "edge/ctl/site_folder.hpp"
#include "edge/runtime/clock.hpp"
#include "tests/support/site_broker.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iomanip>
#include <poll.h>
#include <sstream>
#include <sys/socket.h>
#include <unistd.h>

using namespace ks;
using namespace ks::test;

namespace {

constexpr int post_count = 4;

std::string post_name(int number) { return "POST-000" + std::to_string(number); }

std::string topic(const std::string& post, const std::string& rest)
{
    return "ks/1/" + std::string{SiteBroker::site} + "/" + post + "/" + rest;
}

SiteCaller post_caller(const SiteBroker& broker, const std::string& post)
{
    return {broker.port(), post_identity(broker.folder(), post), {.client_id = post}};
}

SiteCaller edge_caller(const SiteBroker& broker)
{
    return {broker.port(), edge_identity(broker.folder(), "edge"), {.client_id = "EDGE-0001"}};
}

/// What a plain TCP client gets for an MQTT CONNECT: nothing but the end of the connection.
bool answers_without_tls(int port)
{
    const int file = connect_to(port);
    REQUIRE(file >= 0);
    constexpr unsigned char connect[] = {0x10, 12, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 0};
    REQUIRE(::send(file, connect, sizeof connect, MSG_NOSIGNAL) == sizeof connect);
    pollfd waiting{.fd = file, .events = POLLIN, .revents = 0};
    REQUIRE(::poll(&waiting, 1, 5'000) == 1);
    unsigned char answer[4]{};
    const auto count = ::recv(file, answer, sizeof answer, 0);
    ::close(file);
    return count == 4 && answer[0] == 0x20;
}

}  // namespace

TEST_CASE("a post reaches the edge and the edge the post through the site's own broker",
          "[edge][site][system]")
{
    const SiteBroker broker{1};
    auto edge = edge_caller(broker);
    auto post = post_caller(broker, "POST-0001");
    REQUIRE(edge.connected());
    REQUIRE(post.connected());
    edge.subscribe("ks/1/" + std::string{SiteBroker::site} + "/+/up/#");
    post.subscribe(topic("POST-0001", "down/#"));

    post.publish(topic("POST-0001", "up/event"), "a record");
    CHECK(edge.until([&] { return edge.has_delivered("a record"); }));
    edge.publish(topic("POST-0001", "down/ack"), "durable");
    CHECK(post.until([&] { return post.has_delivered("durable"); }));
}

TEST_CASE("S-12, S-15: without TLS, or without a certificate of this site, nobody gets in",
          "[edge][site][system]")
{
    const SiteBroker broker{1};
    CHECK_FALSE(answers_without_tls(broker.port()));

    // The right names and a good certificate, but of another site.
    const SiteBroker other{1};
    auto stranger = post_identity(other.folder(), "POST-0001");
    stranger->credentials.anchor = post_identity(broker.folder(), "POST-0001")->credentials.anchor;
    SiteCaller caller{broker.port(), std::move(stranger), {.client_id = "POST-0001"}};
    CHECK_FALSE(caller.connected());
    CHECK(caller.tls_failure() == crypto::TlsFailure::refused_us);
}

TEST_CASE("S-15: the broker of a new site is heard on the loopback alone", "[edge][site][system]")
{
    const SiteBroker broker{1};
    // /proc/net/tcp has each listener (state 0A) as address:port, in hexadecimal.
    std::ostringstream wanted;
    wanted << ':' << std::uppercase << std::hex << std::setw(4) << std::setfill('0')
           << broker.port();
    int listeners = 0;
    for (const auto* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        std::ifstream lines{table};
        std::string number;
        std::string local;
        std::string remote;
        std::string state;
        std::string rest;
        while (lines >> number >> local >> remote >> state && std::getline(lines, rest)) {
            if (state != "0A" || !local.ends_with(wanted.str())) continue;
            ++listeners;
            CHECK(local == "0100007F" + wanted.str());
        }
    }
    CHECK(listeners == 1);
}

TEST_CASE("S-13: a post is who its certificate says, whatever it calls itself",
          "[edge][site][system]")
{
    const SiteBroker broker{2};
    auto edge = edge_caller(broker);
    edge.subscribe("ks/1/" + std::string{SiteBroker::site} + "/+/up/#");
    auto second = post_caller(broker, "POST-0002");
    second.subscribe(topic("POST-0002", "down/#"));

    SiteCaller liar{broker.port(),
                    post_identity(broker.folder(), "POST-0001"),
                    {.client_id = "POST-0002", .user_name = "EDGE-0001"}};
    REQUIRE(liar.connected());
    liar.publish(topic("POST-0002", "up/event"), "as the second");
    liar.publish(topic("POST-0002", "down/command"), "as the edge");
    liar.publish(topic("POST-0001", "up/event"), "as itself");
    CHECK(edge.until([&] { return edge.has_delivered("as itself"); }));
    CHECK_FALSE(edge.has_delivered("as the second"));

    // The one whose client id was taken is still connected.
    edge.publish(topic("POST-0002", "down/command"), "from the edge");
    CHECK(second.until([&] { return second.has_delivered("from the edge"); }));
    CHECK_FALSE(second.has_delivered("as the edge"));
}

TEST_CASE("S-16: no post publishes in another's name or below anything but its own way up",
          "[edge][site][system]")
{
    const SiteBroker broker{post_count};
    auto edge = edge_caller(broker);
    edge.subscribe("ks/1/" + std::string{SiteBroker::site} + "/+/up/#");
    std::vector<std::unique_ptr<SiteCaller>> victims;
    for (int i = 1; i <= post_count; ++i) {
        victims.push_back(std::make_unique<SiteCaller>(
            broker.port(), post_identity(broker.folder(), post_name(i)),
            SiteCaller::Names{.client_id = post_name(i)}));
        victims.back()->subscribe(topic(post_name(i), "down/#"));
    }

    for (int from = 0; from < post_count; ++from) {
        auto& attacker = *victims[static_cast<std::size_t>(from)];
        const auto own = post_name(from + 1);
        for (int to = 1; to <= post_count; ++to) {
            if (to == from + 1) continue;
            for (const auto* rest : {"up/event", "up/alarm", "up/will", "down/command", "down/ack"})
                attacker.publish(topic(post_name(to), rest), "forged");
        }
        // Its own way down, another site, and what is nobody's.
        attacker.publish(topic(own, "down/command"), "forged");
        attacker.publish("ks/1/SHED-SOUTH/" + own + "/up/event", "forged");
        attacker.publish("ks/1/" + std::string{SiteBroker::site} + "/" + own, "forged");
        attacker.publish("up/event", "forged");
        attacker.publish(topic(own, "up/event"), "fence " + own);
    }

    for (int i = 1; i <= post_count; ++i) {
        CHECK(edge.until([&] { return edge.has_delivered("fence " + post_name(i)); }));
        edge.publish(topic(post_name(i), "down/ack"), "fence down");
        auto& victim = *victims[static_cast<std::size_t>(i - 1)];
        CHECK(victim.until([&] { return victim.has_delivered("fence down"); }));
        CHECK_FALSE(victim.has_delivered("forged"));
    }
    CHECK_FALSE(edge.has_delivered("forged"));
}

TEST_CASE("S-16: no post hears what is meant for another, with any wildcard",
          "[edge][site][system]")
{
    const SiteBroker broker{post_count};
    auto edge = edge_caller(broker);
    auto attacker = post_caller(broker, "POST-0001");
    const std::string site = "ks/1/" + std::string{SiteBroker::site};
    // The broker grants the question and withholds the answer (MQTT 3.1.1 leaves it the choice).
    for (const std::string& filter : std::initializer_list<std::string>{
             "#", "+/+/+/+/+/+", "ks/1/+/+/down/#", site + "/#", site + "/+/down/+",
             site + "/POST-0002/#", site + "/POST-0003/up/event", "$SYS/#"})
        attacker.subscribe(filter);

    for (int i = 2; i <= post_count; ++i) {
        edge.publish(topic(post_name(i), "down/command"), "for another");
        auto other = post_caller(broker, post_name(i));
        other.publish(topic(post_name(i), "up/event"), "from another");
        other.subscribe(topic(post_name(i), "down/#"));
        edge.publish(topic(post_name(i), "down/ack"), "arrived");
        CHECK(other.until([&] { return other.has_delivered("arrived"); }));
    }
    edge.publish(topic("POST-0001", "down/ack"), "its own");

    CHECK(attacker.until([&] { return attacker.has_delivered("its own"); }));
    for (const auto& message : attacker.delivered)
        CHECK(message.topic.find("POST-0001/down/") != std::string::npos);
}

TEST_CASE("S-16: the edge speaks down alone, and the tool only looks on", "[edge][site][system]")
{
    const SiteBroker broker{1};
    auto edge = edge_caller(broker);
    auto post = post_caller(broker, "POST-0001");
    SiteCaller tool{
        broker.port(), edge_identity(broker.folder(), "tail"), {.client_id = "TAIL-0001"}};
    post.subscribe(topic("POST-0001", "down/#"));
    tool.subscribe("ks/1/" + std::string{SiteBroker::site} + "/#");
    edge.subscribe("ks/1/" + std::string{SiteBroker::site} + "/+/up/#");

    tool.publish(topic("POST-0001", "down/command"), "from the tool");
    tool.publish(topic("TAIL-0001", "up/event"), "from the tool");
    tool.publish(topic("POST-0001", "up/event"), "from the tool");
    edge.publish(topic("POST-0001", "up/event"), "as a post");
    edge.publish(topic("POST-0001", "down/ack"), "down");
    post.publish(topic("POST-0001", "up/event"), "up");

    CHECK(post.until([&] { return post.has_delivered("down"); }));
    CHECK(edge.until([&] { return edge.has_delivered("up"); }));
    CHECK(tool.until([&] { return tool.has_delivered("up") && tool.has_delivered("down"); }));
    for (auto* caller : {&edge, &post, &tool}) {
        CHECK_FALSE(caller->has_delivered("from the tool"));
        CHECK_FALSE(caller->has_delivered("as a post"));
    }
}

TEST_CASE("S-25: the broker keeps no command for later, and ends with whoever asks it to",
          "[edge][site][system]")
{
    const SiteBroker broker{1};
    const auto edge = edge_identity(broker.folder(), "edge");
    TlsWire wire{broker.port(),
                 edge->credentials,
                 {.server_name = "localhost",
                  .time = {.at = edge::Clock{}.wall(), .known = crypto::TimeKnowledge::exact}}};
    wire.until([&] { return wire.client().state() == crypto::TlsState::open; });

    // By hand, as our own client cannot ask for it: CONNECT, then PUBLISH with the retain flag.
    const auto command = topic("POST-0001", "down/command");
    const std::string hello{"\x10\x15\0\x04MQTT\x04\x02\0\x3C\0\x09"
                            "EDGE-0001",
                            23};
    std::string retained{"\x31"};
    retained += static_cast<char>(2 + command.size() + 5);
    retained += '\0';
    retained += static_cast<char>(command.size());
    retained += command + "start";
    wire.write(bytes_of(hello));
    wire.until([&] { return wire.take_received().size() >= 4; });
    REQUIRE(wire.client().state() == crypto::TlsState::open);
    wire.write(bytes_of(retained));
    wire.until([] { return false; });
    CHECK(wire.client().state() == crypto::TlsState::closed);

    auto post = post_caller(broker, "POST-0001");
    auto other = edge_caller(broker);
    post.subscribe(topic("POST-0001", "down/#"));
    other.publish(command, "fresh");
    CHECK(post.until([&] { return post.has_delivered("fresh"); }));
    CHECK_FALSE(post.has_delivered("start"));
}

TEST_CASE("S-20: a broker whose rules are empty lets nobody speak, and without them does not run",
          "[edge][site][system]")
{
    SiteBroker broker{2};
    const auto rules = broker.folder() / "broker/acl";
    const auto good = edge::read_text(rules);
    const auto heard_with = [&](const std::string& text) {
        broker.stop();
        edge::replace_file(rules, bytes_of(text), edge::Access::owner);
        REQUIRE(broker.start());
        auto edge = edge_caller(broker);
        auto post = post_caller(broker, "POST-0001");
        edge.subscribe("ks/1/" + std::string{SiteBroker::site} + "/+/up/#");
        post.publish(topic("POST-0001", "up/event"), "a record");
        // What was delivered lies before the answer to another question.
        edge.subscribe(topic("POST-0002", "up/#"));
        return edge.has_delivered("a record");
    };
    CHECK_FALSE(heard_with(""));
    CHECK_FALSE(heard_with("# all lines are gone\n"));
    CHECK(heard_with(good));

    broker.stop();
    std::filesystem::remove(rules);
    CHECK_FALSE(broker.start());
}

TEST_CASE("S-20: a broker whose certificate, key or authority is missing or empty does not run",
          "[edge][site][system]")
{
    SiteBroker broker{1};
    broker.stop();
    for (const auto* name : {"ca/ca.crt", "broker/broker.crt", "broker/broker.key"}) {
        INFO(name);
        const auto file = broker.folder() / name;
        const auto good = edge::read_text(file);
        edge::replace_file(file, {}, edge::Access::owner);
        CHECK_FALSE(broker.start());
        std::filesystem::remove(file);
        CHECK_FALSE(broker.start());
        edge::replace_file(file, bytes_of(good), edge::Access::owner);
    }
    CHECK(broker.start());
}
