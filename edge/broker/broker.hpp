#pragma once

#include "edge/broker/inbox.hpp"
#include "edge/runtime/bell.hpp"
#include "firmware/base/fixed_bytes.hpp"
#include "firmware/base/instant.hpp"
#include "firmware/protocol/command.hpp"

#include <boost/asio/thread_pool.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ks::edge {

/// Something to publish. What a post could miss for good goes at least once; what is said again
/// anyway goes at most once and costs the broker nothing more.
struct Outgoing {
    enum class Quality : std::uint8_t { at_most_once = 0, at_least_once = 1 };
    std::string topic;
    FixedBytes<protocol::command_limit> payload;
    Quality quality{};
};

/// The daemon's one connection to its broker, kept up for as long as the object lives. All calls
/// into Paho are made on a thread of its own, because any of them may wait for the library's
/// global lock; all state is on the deciding thread.
class Broker {
public:
    struct Tls {
        std::string authority;
        std::string certificate;
        std::string key;
    };
    /// Whether the broker keeps messages for us while we are away.
    enum class Session : std::uint8_t { kept, fresh };
    struct Setup {
        std::string uri;
        std::string client_id;
        std::string filter;
        std::optional<Tls> tls;
        std::uint16_t port;  // of the uri, to know the connection's socket by
        Session session{Session::kept};
    };
    /// Messages other than alarms gather this long before the deciding thread is woken for them: to
    /// wake it for each would cost more than the message (our choice: little against the time that
    /// frames gather for a commit).
    static constexpr Millis arrivals_gather{4};
    /// Messages that may wait for the deciding thread: some seconds of the highest load.
    static constexpr std::size_t inbox_depth = 65'536;
    /// Waits between attempts to connect grow from the first to the last (our choice).
    static constexpr Millis retry_first{250};
    static constexpr Millis retry_last{5'000};
    /// Paho has states it does not come back from; without a connection for this long it is built
    /// anew.
    static constexpr Millis rebuild_after{120'000};
    static constexpr int keep_alive_seconds = 20;
    /// Unacknowledged messages of ours at once. Paho's own default of 100 buffered makes
    /// `publish` throw under a load of acknowledgements.
    static constexpr int buffered_limit = 20'000;

    Broker(boost::asio::any_io_executor io, Setup setup);
    ~Broker();
    Broker(const Broker&) = delete;
    Broker& operator=(const Broker&) = delete;

    void start();
    /// Says goodbye and waits for it, for at most two seconds.
    void stop();

    [[nodiscard]] bool connected() const { return connected_; }
    /// How many connections there have been.
    [[nodiscard]] std::uint64_t connections() const { return connections_; }
    [[nodiscard]] std::size_t refused() const { return inbox_.refused(); }
    /// Rings when messages wait, at once for an alarm, or when the connection came or went.
    [[nodiscard]] Bell& bell() { return bell_; }
    void take(Inbox::Taken& into) { inbox_.take(into); }
    void take_alarms(std::vector<mqtt::const_message_ptr>& into) { inbox_.take_alarms(into); }

    void publish(std::vector<Outgoing> messages);

    /// Paho's side; see the body.
    class Client;

private:
    void arrived(Inbox::Wake wake);
    void connect_after(Millis wait);
    void came(std::uint64_t generation);
    void went(std::uint64_t generation, const std::string& why);
    void watch();
    void rebuild();

    boost::asio::any_io_executor io_;
    Setup setup_;
    Inbox inbox_{inbox_depth};
    Bell bell_;
    boost::asio::steady_timer arrivals_;
    bool gathering_{false};
    boost::asio::steady_timer retry_;
    boost::asio::steady_timer watchdog_;
    Millis wait_{retry_first};
    std::uint64_t generation_{0};
    std::uint64_t connections_{0};
    bool connected_{false};
    bool stopping_{false};
    /// Touched on the Paho thread only.
    std::unique_ptr<Client> client_;
    boost::asio::thread_pool paho_{1};
};

}  // namespace ks::edge
