#pragma once

#include "edge/console/console.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <filesystem>
#include <list>
#include <map>
#include <optional>

namespace ks::edge {

/// Where the console listens, and what it shows.
struct ConsoleSetup {
    std::string address{"127.0.0.1"};
    std::uint16_t port{0};  // 0: any free one
    struct Certificate {
        std::filesystem::path chain;
        std::filesystem::path key;
    };
    /// None: plain HTTP, on loopback only (S-15).
    std::optional<Certificate> certificate{};
    /// The built web app, and the folder of the users file.
    std::filesystem::path web{};
    std::filesystem::path state{};
    ScryptCost cost{usual_cost};
};

enum class SetupFault : std::uint8_t {
    not_an_address,
    plain_beyond_loopback,
    certificate_unusable,
    web_app_missing,
    users_unusable,
};

/// The config key that says it, and what is wrong with it, for whoever wrote the config.
[[nodiscard]] std::string_view key_of(SetupFault fault);
[[nodiscard]] std::string_view explained(SetupFault fault);

/// Everything that is wrong with a setup, for a config check: all at once.
[[nodiscard]] std::vector<SetupFault> faults_of(const ConsoleSetup& setup);

/// How long we wait for a peer (S-51), and how many of them we bear.
struct ConsoleLimits {
    Millis handshake{5'000};
    Millis header{5'000};
    Millis body{10'000};
    Millis idle{60'000};
    Millis write{30'000};
    Millis beat_every{10'000};
    /// Events are gathered this long, so that a busy site costs a watcher ten turns a second.
    Millis calm{100};
    std::size_t connections{256};
    std::size_t connections_per_source{64};
    std::size_t streams{64};
};

/// The console on the network: accepts, bounds, and serves each connection in a coroutine of its
/// own that owns its socket. Lives on the daemon's one thread.
class ConsoleServer {
public:
    struct Figures {
        std::uint64_t accepted{};
        std::uint64_t turned_away{};
        std::uint64_t timed_out{};
    };

    /// Throws when something in `faults_of` holds or the address is taken. On the very first start
    /// there is one account, `admin`; its password then lies in `first_login()`.
    ConsoleServer(const boost::asio::any_io_executor& executor, const ConsoleSetup& setup,
                  const ConsoleParts& parts, const ConsoleLimits& limits);
    ~ConsoleServer();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// What a person on this machine types.
    [[nodiscard]] std::string url() const;
    [[nodiscard]] const Figures& figures() const { return figures_; }
    [[nodiscard]] std::size_t connections() const { return connections_.size(); }
    [[nodiscard]] const Console& console() const { return console_; }
    /// Where the first password lies until somebody removes it.
    [[nodiscard]] std::filesystem::path first_login() const { return first_login_; }

    void start();
    /// Accepts nobody any more and ends every connection; they are gone after the next turns.
    void stop();

private:
    friend class Connection;
    boost::asio::awaitable<void> accept_all();
    void serve(boost::asio::ip::tcp::socket socket, std::string source);

    boost::asio::any_io_executor executor_;
    ConsoleLimits limits_;
    Console console_;
    std::filesystem::path first_login_;
    std::optional<boost::asio::ssl::context> tls_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_{0};
    std::list<boost::asio::cancellation_signal> connections_;
    std::map<std::string, std::size_t> per_source_;
    std::size_t streams_{0};
    Figures figures_;
};

}  // namespace ks::edge
