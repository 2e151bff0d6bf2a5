#pragma once

#include "edge/ctl/site_init.hpp"
#include "firmware/mqtt/client.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/tls_wire.hpp"

#include <vector>

namespace ks::test {

/// A site as `kickstand site init` makes it, with its broker running: real certificates, real
/// rules.
class SiteBroker {
public:
    static constexpr std::string_view site = "SHED-NORTH";

    explicit SiteBroker(int posts);

    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] std::string log() const;

    void stop() { process_->stop(); }
    /// With what is in the folder now; whether it answers. One that refuses ends by itself.
    [[nodiscard]] bool start();

private:
    [[nodiscard]] std::filesystem::path log_file() const;

    TempDir home_;
    std::filesystem::path folder_{home_.path() / "site"};
    int port_{0};
    int starts_{0};
    std::unique_ptr<Process> process_;
};

/// An identity of a site, with the memory that the credentials point into.
struct StoredIdentity {
    std::vector<std::byte> certificate;
    crypto::TlsCredentials credentials;
};

[[nodiscard]] std::unique_ptr<StoredIdentity> post_identity(const std::filesystem::path& site,
                                                            const std::string& post);
/// `edge/edge` or `edge/tail`, which are PEM on disk.
[[nodiscard]] std::unique_ptr<StoredIdentity> edge_identity(const std::filesystem::path& site,
                                                            const std::string& name);

/// The usual command-line client, which knows the site's authority; what it is to say, and as whom,
/// is in `more`.
[[nodiscard]] std::vector<std::string> mosquitto_pub(const std::filesystem::path& site, int port,
                                                     const std::vector<std::string>& more);
/// The same with the edge's own identity.
[[nodiscard]] std::vector<std::string> mosquitto_pub_as_edge(const std::filesystem::path& site,
                                                             int port,
                                                             const std::vector<std::string>& more);

/// Somebody with a certificate of the site, talking MQTT over TLS with the posts' own code.
class SiteCaller {
public:
    struct Names {
        std::string client_id;
        std::string user_name{};
    };
    struct Delivered {
        std::string topic;
        std::string payload;
    };

    SiteCaller(int port, std::unique_ptr<StoredIdentity> identity, Names names);

    /// Whether the broker let us in.
    [[nodiscard]] bool connected() { return client_.connected(); }
    [[nodiscard]] crypto::TlsFailure tls_failure() { return wire_.client().failure(); }

    /// Returns when the broker has acknowledged it: what it was to do with it, it has done.
    void publish(const std::string& topic, const std::string& payload);
    void subscribe(const std::string& filter);

    template <class Done>
    bool until(Done done)
    {
        constexpr int patience = 200;
        for (int i = 0; i < patience && !done(); ++i)
            if (!step()) break;
        return done();
    }
    [[nodiscard]] bool has_delivered(std::string_view payload) const;
    /// Topic and payload of everything that came.
    std::vector<Delivered> delivered;

private:
    static constexpr mqtt::Limits limits{
        .window = 8, .topic = 96, .payload = 256, .incoming = 1'024, .control = 256};

    bool step();
    void run();
    void note(const mqtt::Client::Action& action);

    std::unique_ptr<StoredIdentity> identity_;
    TlsWire wire_;
    Names names_;
    mqtt::Room<limits> room_;
    mqtt::Client client_{room_};
    bool subscribed_{false};
    bool acknowledged_{false};
};

}  // namespace ks::test
