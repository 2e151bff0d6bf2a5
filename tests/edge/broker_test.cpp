#include "edge/broker/broker.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/mosquitto.hpp"
#include "tests/support/temp_dir.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <fstream>

using namespace ks;
using namespace ks::edge;

namespace {

mqtt::const_message_ptr message(const std::string& topic) { return mqtt::make_message(topic, "x"); }

/// A broker with a certificate of `authority` for `name`, and files a client can use.
struct SecureShed {
    test::TempDir folder;
    test::Issued authority{test::self_signed(test::authority_spec("shed"))};
    test::Issued client{test::issue(authority, test::post_spec("EDGE-0001"))};
    std::optional<test::Mosquitto> broker;

    explicit SecureShed(const std::string& name)
    {
        auto spec = test::CertificateSpec{};
        spec.common_name = name;
        spec.alternative_names = "DNS:" + name;
        const auto server = test::issue(authority, spec);
        write("ca.crt", authority.certificate_pem());
        write("server.crt", server.certificate_pem());
        write("server.key", server.key_pem());
        write("edge.crt", client.certificate_pem());
        write("edge.key", client.key_pem());
        broker.emplace("listener {port} 127.0.0.1\ncafile " + path("ca.crt") + "\ncertfile " +
                       path("server.crt") + "\nkeyfile " + path("server.key") +
                       "\nrequire_certificate true\nuse_identity_as_username true\n"
                       "allow_anonymous false\n");
    }
    void write(const std::string& name, const std::string& text) const
    {
        std::ofstream{folder.path() / name} << text;
    }
    [[nodiscard]] std::string path(const std::string& name) const
    {
        return (folder.path() / name).string();
    }
    [[nodiscard]] Broker::Setup setup() const
    {
        return {.uri = "ssl://localhost:" + std::to_string(broker->port()),
                .client_id = "EDGE-0001",
                .filter = "ks/1/SITE-TEST/+/up/#",
                .tls = Broker::Tls{.authority = path("ca.crt"),
                                   .certificate = path("edge.crt"),
                                   .key = path("edge.key")},
                .port = static_cast<std::uint16_t>(broker->port())};
    }
};

/// Lets the broker try for a while, or until it is connected.
bool connects(const Broker::Setup& setup, std::chrono::milliseconds limit)
{
    boost::asio::io_context io{1};
    Broker broker{io.get_executor(), setup};
    broker.start();
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!broker.connected() && std::chrono::steady_clock::now() < end)
        io.run_one_for(std::chrono::milliseconds{20});
    const bool connected = broker.connected();
    broker.stop();
    return connected;
}

}  // namespace

TEST_CASE("an alarm overtakes everything that waits for the deciding thread", "[edge][broker]")
{
    Inbox inbox{8};
    CHECK(inbox.put(message("ks/1/S/P/up/tele")) == Inbox::Wake::soon);
    CHECK(inbox.put(message("ks/1/S/P/up/event")) == Inbox::Wake::nothing);
    CHECK(inbox.put(message("ks/1/S/P/up/alarm")) == Inbox::Wake::at_once);
    CHECK(inbox.put(message("ks/1/S/P/up/alarm")) == Inbox::Wake::nothing);

    Inbox::Taken taken;
    inbox.take(taken);

    REQUIRE(taken.alarms.size() == 2);
    REQUIRE(taken.others.size() == 2);
    CHECK(taken.others[0]->get_topic() == "ks/1/S/P/up/tele");
    CHECK(inbox.put(message("ks/1/S/P/up/tele")) == Inbox::Wake::soon);
}

TEST_CASE("an alarm that comes while a flood is worked off is had without the rest",
          "[edge][broker]")
{
    Inbox inbox{8};
    CHECK(inbox.put(message("ks/1/S/P/up/tele")) == Inbox::Wake::soon);
    CHECK(inbox.put(message("ks/1/S/P/up/alarm")) == Inbox::Wake::at_once);

    std::vector<mqtt::const_message_ptr> alarms;
    inbox.take_alarms(alarms);

    REQUIRE(alarms.size() == 1);
    CHECK(alarms[0]->get_topic() == "ks/1/S/P/up/alarm");
    // The next one wakes again, and the telemetry still waits.
    CHECK(inbox.put(message("ks/1/S/P/up/alarm")) == Inbox::Wake::at_once);
    Inbox::Taken rest;
    inbox.take(rest);
    CHECK(rest.alarms.size() == 1);
    CHECK(rest.others.size() == 1);
}

TEST_CASE("a flood of telemetry leaves room for alarms and is refused, not kept", "[edge][broker]")
{
    Inbox inbox{8};
    std::size_t refused = 0;
    for (int i = 0; i < 100; ++i)
        refused += inbox.put(message("ks/1/S/P/up/tele")) == Inbox::Wake::refused;

    CHECK(refused == 94);
    CHECK(inbox.put(message("ks/1/S/P/up/alarm")) == Inbox::Wake::at_once);
    CHECK(inbox.put(message("ks/1/S/P/up/alarm")) == Inbox::Wake::nothing);
    CHECK(inbox.put(message("ks/1/S/P/up/alarm")) == Inbox::Wake::refused);
    CHECK(inbox.refused() == 95);
}

TEST_CASE("the daemon trusts its site's broker under its right name, and nobody else",
          "[edge][broker][system]")
{
    const SecureShed shed{"localhost"};
    CHECK(connects(shed.setup(), std::chrono::seconds{20}));

    auto stranger = shed.setup();
    const auto other = test::self_signed(test::authority_spec("stranger"));
    shed.write("other.crt", other.certificate_pem());
    stranger.tls->authority = shed.path("other.crt");
    CHECK_FALSE(connects(stranger, std::chrono::seconds{2}));

    const SecureShed misnamed{"elsewhere.example"};
    CHECK_FALSE(connects(misnamed.setup(), std::chrono::seconds{2}));
}
