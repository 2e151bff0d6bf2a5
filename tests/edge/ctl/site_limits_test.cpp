#include "edge/ctl/site_folder.hpp"
#include "firmware/link/link.hpp"
#include "tests/support/site_broker.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::test;
using namespace std::chrono_literals;

namespace {

const std::string own_way = "ks/1/" + std::string{SiteBroker::site} + "/POST-0001/";

/// Publishes as the edge with the usual command-line client; whether the broker went along.
bool publishes(const SiteBroker& broker, const std::filesystem::path& message)
{
    Process client{mosquitto_pub_as_edge(broker.folder(), broker.port(),
                                         {"-t", own_way + "down/ack", "-f", message}),
                   broker.folder() / "client.log"};
    return client.wait(20s) == 0;
}

}  // namespace

TEST_CASE("S-21: a message beyond the limit ends its sender's connection and nobody else's",
          "[edge][site][system]")
{
    const SiteBroker broker{1};
    SiteCaller post{
        broker.port(), post_identity(broker.folder(), "POST-0001"), {.client_id = "POST-0001"}};
    post.subscribe(own_way + "down/#");
    const auto file = broker.folder() / "message";

    edge::replace_file(file, std::vector<std::byte>(100, std::byte{'a'}), edge::Access::owner);
    CHECK(publishes(broker, file));
    edge::replace_file(file, std::vector<std::byte>(16'500, std::byte{'b'}), edge::Access::owner);
    CHECK_FALSE(publishes(broker, file));
    edge::replace_file(file, std::vector<std::byte>(101, std::byte{'c'}), edge::Access::owner);
    CHECK(publishes(broker, file));

    CHECK(post.until([&] { return post.has_delivered(std::string(101, 'c')); }));
    CHECK(post.delivered.size() == 2);
}

TEST_CASE("S-21: what a site's broker and its posts allow is within the limits that were set",
          "[edge][site][system]")
{
    const SiteBroker broker{1};
    const auto config = edge::read_text(broker.folder() / "broker/mosquitto.conf");
    for (const auto* line : {"\nmax_packet_size 16384\n", "\nmax_keepalive 120\n",
                             "\nmax_connections 4000\n", "\nmax_queued_bytes 67108864\n"})
        CHECK(config.find(line) != std::string::npos);
    STATIC_REQUIRE(link::Link::keep_alive <= Millis{120'000});
    STATIC_REQUIRE(link::mqtt_limits.incoming <= 16'384);
}

TEST_CASE("S-18: the broker lets one live in each identity, and the newer puts out the older",
          "[edge][site][system]")
{
    const SiteBroker broker{1};
    SiteCaller edge{
        broker.port(), edge_identity(broker.folder(), "edge"), {.client_id = "EDGE-0001"}};
    const auto post = [&](const char* calls_itself) {
        return std::make_unique<SiteCaller>(broker.port(),
                                            post_identity(broker.folder(), "POST-0001"),
                                            SiteCaller::Names{.client_id = calls_itself});
    };
    const auto older = post("POST-0001");
    older->subscribe(own_way + "down/#");
    // Whatever it calls itself, it is the same one.
    const auto newer = post("SOMEBODY");
    newer->subscribe(own_way + "down/#");
    CHECK_FALSE(older->until([&] { return older->has_delivered("to one alone"); }));
    CHECK_FALSE(older->connected());

    edge.publish(own_way + "down/ack", "to one alone");
    CHECK(newer->until([&] { return newer->has_delivered("to one alone"); }));
    CHECK(older->delivered.empty());
}
