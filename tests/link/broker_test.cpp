#include "tests/crypto/tls_pair.hpp"
#include "tests/link/rig.hpp"
#include "tests/mqtt/caller.hpp"
#include "tests/support/mosquitto.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace ks;
using namespace ks::protocol;
using namespace ks::test;
using link::Link;

namespace {

/// The real broker with two doors: certificates for posts, and a plain one for the test's edge.
class TwoDoors {
public:
    TwoDoors() : tls_port_{free_port()}, broker_{config()} {}

    [[nodiscard]] int tls_port() const { return tls_port_; }
    [[nodiscard]] int plain_port() const { return broker_.port(); }
    Mosquitto& broker() { return broker_; }

private:
    std::string config()
    {
        const auto save = [this](const char* name, const std::string& text) {
            std::ofstream{files_.path() / name} << text;
            return (files_.path() / name).string() + "\n";
        };
        return "per_listener_settings true\n"
               "listener {port} 127.0.0.1\nallow_anonymous true\n"
               "listener " +
               std::to_string(tls_port_) +
               " 127.0.0.1\n"
               "require_certificate true\nuse_identity_as_username true\ntls_version tlsv1.2\n"
               "acl_file " +
               save("acl", "pattern write ks/1/SITE-0001/%u/up/#\n"
                           "pattern read ks/1/SITE-0001/%u/down/#\n") +
               "cafile " + save("ca.crt", site().authority.certificate_pem()) + "certfile " +
               save("broker.crt", site().broker.certificate_pem()) + "keyfile " +
               save("broker.key", site().broker.key_pem());
    }

    TempDir files_;
    int tls_port_;
    Mosquitto broker_;
};

/// A post's link on a real socket, through TLS, over a journal on a simulated chip.
class Post {
public:
    explicit Post(int port) : port_{port}
    {
        check(random_.seed(crypto::sha256(bytes_of("noise for a test"))).ok());
        check(journal_.mount().state == core::MountState::ready);
        link.emplace(
            Link::Setup{.site = rig_site,
                        .post = rig_post,
                        .command_key = rig_key,
                        .built = test_now,
                        .security = link::Security{.engine = &engine_,
                                                   .credentials = &site().credentials,
                                                   .server_name = "localhost"}},
            link::PostFacts{
                .boot = 1, .outlets = 10, .firmware = {}, .settings = {}, .settings_version = 0},
            journal_, random_);
    }
    ~Post() { hang_up(); }
    Post(const Post&) = delete;
    Post& operator=(const Post&) = delete;

    void record()
    {
        core::RecordWriter writer{journal_, rig_post, crypto::PrivateKey{}};
        check(writer.write(
                  Lane::event,
                  OutletChanged{.outlet = 1, .from = OutletState::idle, .to = OutletState::closing},
                  now(), {.now = now(), .wall = std::nullopt}) == core::Written::written);
    }

    /// One round of the owner's loop: act, then wait a moment for bytes.
    void turn()
    {
        while (act()) {
        }
        if (socket_ < 0) {
            ::poll(nullptr, 0, 5);
            return;
        }
        pollfd ready{.fd = socket_, .events = POLLIN, .revents = 0};
        const auto room = link->inbox();
        if (room.empty() || ::poll(&ready, 1, 5) <= 0) return;
        const auto count = ::recv(socket_, room.data(), room.size(), 0);
        if (count > 0) {
            link->received(static_cast<std::size_t>(count));
            return;
        }
        link->line_lost(now());
        hang_up();
    }

    [[nodiscard]] core::Journal& journal() { return journal_; }

    std::optional<Link> link;
    std::vector<Command> accepted;

private:
    [[nodiscard]] Instant now() const
    {
        const auto passed = std::chrono::steady_clock::now() - started_;
        return Instant{
            Millis{1 + std::chrono::duration_cast<std::chrono::milliseconds>(passed).count()}};
    }
    bool act()
    {
        const auto action = link->next(now());
        if (std::holds_alternative<Link::OpenLine>(action)) {
            socket_ = connect_to(port_);
            if (socket_ >= 0)
                link->line_opened(now());
            else
                link->line_lost(now());
        } else if (std::holds_alternative<Link::CloseLine>(action)) {
            hang_up();
        } else if (const auto* send = std::get_if<Link::Send>(&action)) {
            const auto count =
                ::send(socket_, send->bytes.data(), send->bytes.size(), MSG_NOSIGNAL);
            if (count < 0) {
                link->line_lost(now());
                hang_up();
            } else {
                link->sent(static_cast<std::size_t>(count));
            }
        } else if (const auto* command = std::get_if<Link::Accepted>(&action)) {
            accepted.push_back(command->command);
        } else if (std::holds_alternative<Link::Wait>(action)) {
            return false;
        }
        return true;
    }
    void hang_up()
    {
        if (socket_ >= 0) ::close(socket_);
        socket_ = -1;
    }

    int port_;
    int socket_{-1};
    std::chrono::steady_clock::time_point started_{std::chrono::steady_clock::now()};
    sim::NorFlash flash_{hal::NorGeometry{.sector_size = 4'096, .sectors = 32, .page_size = 256}};
    core::JournalIndex<64> index_{};
    core::Journal journal_{flash_, core::SectorRange{.first = 0, .count = 32}, index_};
    crypto::SeededRandom random_;
    crypto::SmallTlsBuffers buffers_{};
    crypto::TlsClient engine_{buffers_.in, buffers_.out};
};

/// Lets both talk until the condition holds, for ten seconds at most.
template <class Condition>
bool both(Post& post, Caller& edge, Condition met)
{
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!met() && std::chrono::steady_clock::now() < give_up) {
        post.turn();
        bool once = false;
        (void)edge.until([&] { return std::exchange(once, true); });
    }
    return met();
}

[[nodiscard]] Bytes last_of(const Caller& edge, std::string_view topic)
{
    Bytes found;
    for (const auto& message : edge.talk.delivered)
        if (message.topic == topic) found = bytes_of(message.payload);
    return found;
}

}  // namespace

TEST_CASE("a post reaches its edge through TLS and the real broker, and again after its restart",
          "[link][tls][system]")
{
    TwoDoors doors;
    Caller edge{"edge", doors.plain_port(), mqtt::Session::clean};
    edge.call();
    edge.subscribe("ks/1/SITE-0001/+/up/#");
    Post post{doors.tls_port()};
    post.record();
    const std::string up = "ks/1/SITE-0001/POST-0001/up/";
    const std::string down = "ks/1/SITE-0001/POST-0001/down/";

    // Birth, nonce and the record arrive, byte for byte.
    REQUIRE(both(post, edge, [&] { return !last_of(edge, up + "nonce").empty(); }));
    REQUIRE(both(post, edge, [&] { return !last_of(edge, up + "event").empty(); }));
    CHECK(post.link->trouble() == link::Trouble::none);
    const auto birth = decode_birth(last_of(edge, up + "birth"));
    REQUIRE(birth);
    CHECK(birth->lanes[1].next == 2);
    CHECK(decode_record(Lane::event, last_of(edge, up + "event"))->head.seq == 1);

    // The edge's word counts, and a command reaches the post.
    const auto ack = encode(Ack{.upto = {0, 1, 0}});
    edge.talk.publish(down + "ack", text_of(ack.view()), mqtt::Qos::at_least_once);
    const auto offer = decode_nonce_offer(last_of(edge, up + "nonce"));
    REQUIRE(offer);
    const Command start{
        .post = rig_post,
        .id = {},
        .nonce = offer->nonce,
        .role = Role::staff,
        .issuer = {},
        .issued = test_now,
        .good_for = 30_s,
        .body =
            StartOutlet{.outlet = 3, .card = 0, .time_limit = 3'600_s, .energy_limit = 1'000_Wh}};
    const auto command = encode(start, rig_key);
    edge.talk.publish(down + "command", text_of(command.view()), mqtt::Qos::at_least_once);
    CHECK(both(post, edge, [&] { return post.accepted.size() == 1; }));
    CHECK(post.journal().acked(Lane::event) == 1);

    doors.broker().stop();
    doors.broker().start();
    edge.call();
    edge.subscribe("ks/1/SITE-0001/+/up/#");
    edge.talk.delivered.clear();
    post.record();
    REQUIRE(both(post, edge, [&] { return !last_of(edge, up + "event").empty(); }));
    CHECK(decode_record(Lane::event, last_of(edge, up + "event"))->head.seq == 2);
}
