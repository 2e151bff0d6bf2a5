#pragma once

#include "edge/console/assets.hpp"
#include "edge/console/live.hpp"
#include "edge/console/login_throttle.hpp"
#include "edge/console/router.hpp"
#include "edge/console/users.hpp"
#include "edge/runtime/bell.hpp"
#include "edge/runtime/clock.hpp"
#include "edge/runtime/work_pool.hpp"
#include "edge/store/reader_pool.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace ks::edge {

/// What the console looks at; all of it outlives it. `published` rings after the feed got news.
struct ConsoleParts {
    const Site& site;
    const LiveFeed& feed;
    ReaderPool& readers;
    Bell& published;
    const Clock& clock;
};

/// Answers requests: the router decides, this carries out. One thread; what waits does so on the
/// reader pool or the work pool. Knows nothing of sockets.
class Console {
public:
    struct Figures {
        std::uint64_t requests{};
        std::uint64_t logins{};
        std::uint64_t logins_refused{};
        std::uint64_t streams{};
    };
    struct Setup {
        Assets assets;
        Users users;
        UsersFile file;
        ScryptCost cost{usual_cost};
    };

    Console(Setup setup, const ConsoleParts& parts);
    ~Console();

    /// A plan that is no stream, carried out. Never throws for what the request asks.
    boost::asio::awaitable<Answer> answer(Request request, Plan plan);
    [[nodiscard]] Plan decide(const Request& request);

    /// What a watcher gets next, and where it then stands. Empty text: nothing happened.
    struct Turn {
        std::string text;
        LogId seen{};
    };
    boost::asio::awaitable<Turn> news_since(LogId seen);
    [[nodiscard]] std::string beat(LogId seen) const;
    [[nodiscard]] bool signed_in(std::string_view token) const;

    [[nodiscard]] const ConsoleParts& parts() const { return parts_; }
    [[nodiscard]] const Figures& figures() const { return figures_; }
    void stop() { work_.stop(); }

private:
    boost::asio::awaitable<Answer> sign_in(Request request, CheckPassword wanted);
    boost::asio::awaitable<Answer> read(ReadAlarms what);
    boost::asio::awaitable<Answer> read(ReadSessions what);
    boost::asio::awaitable<Answer> read(ReadCurve what, std::string id);
    boost::asio::awaitable<Answer> read(ReadStatus what);
    boost::asio::awaitable<void> renew_hash(std::string user, std::string password);
    Answer let_in(const Request& request, const std::string& user, ConsoleRole role);
    [[nodiscard]] Now now() const { return parts_.clock.read<Now>(); }

    Setup setup_;
    ConsoleParts parts_;
    Logins logins_;
    LoginThrottle throttle_;
    WorkPool work_;
    Figures figures_;
};

}  // namespace ks::edge
