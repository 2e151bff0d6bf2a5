#pragma once

#include "edge/app/config.hpp"
#include "edge/app/deliveries.hpp"
#include "edge/domain/live_feed.hpp"
#include "edge/runtime/bell.hpp"
#include "edge/store/reader_pool.hpp"
#include "edge/store/store_thread.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <optional>
#include <span>

namespace ks::edge {

/// What the daemon leaves to other folders to build on: the console hangs on here.
class Daemon {
public:
    /// Frames gather this long before they become durable together; alarms do not wait.
    static constexpr Millis gather_for{15};
    static constexpr std::size_t gather_most = 2'000;
    /// Messages decided on in one go, so that no turn of the loop is long.
    static constexpr std::size_t slice = 200;
    /// With this many records waiting for the log, nothing more is taken in: the broker and the
    /// posts keep it.
    static constexpr std::size_t backlog_limit = 50'000;
    /// After the log has failed, alarms still go out from memory for this long.
    static constexpr Millis farewell{5'000};
    /// How far the high-water mark may lag behind the log, and how often the disk is looked at.
    static constexpr Millis tend_every{1'000};
    /// After the log has failed; a supervisor starts another daemon. EX_IOERR of sysexits.h.
    static constexpr int exit_log_failed = 74;

    struct Figures {
        std::int64_t worst_gap_micros{};
        std::int64_t worst_turn_micros{};
        std::uint64_t commits{};
        std::uint64_t messages{};
    };

    /// Opens the log, which must not be in use. Throws when anything cannot be had.
    explicit Daemon(Config config);
    ~Daemon();

    /// Runs until a signal or a failure of the log; gives the exit code.
    int run();

    [[nodiscard]] Site& site() { return site_; }
    [[nodiscard]] const LiveFeed& feed() const { return feed_; }
    [[nodiscard]] ReaderPool& readers() { return readers_; }
    [[nodiscard]] Bell& published() { return published_; }
    [[nodiscard]] const Clock& clock() const { return clock_; }
    [[nodiscard]] boost::asio::any_io_executor executor() { return io_.get_executor(); }
    [[nodiscard]] const Config& config() const { return config_; }
    [[nodiscard]] const Figures& figures() const { return figures_; }
    [[nodiscard]] std::size_t messages_refused() const { return broker_.refused(); }
    [[nodiscard]] const Deliveries* deliveries() const
    {
        return deliveries_ ? &*deliveries_ : nullptr;
    }
    /// Called once, when the broker is connected for the first time, and when stopping begins.
    std::function<void()> on_ready;
    std::function<void()> on_stopping;
    /// True while what hangs on here is still ending; waited for within the patience of the stop.
    std::function<bool()> still_ending;

private:
    void restore();
    void spawn(boost::asio::awaitable<void> task, const char* name);
    boost::asio::awaitable<void> listen();
    boost::asio::awaitable<void> write();
    boost::asio::awaitable<void> beat();
    boost::asio::awaitable<void> gauge();
    boost::asio::awaitable<void> tend();
    boost::asio::awaitable<void> stop();
    void hear(std::span<const mqtt::const_message_ptr> messages);
    /// After anything was decided: alarms to the outbox, words to the posts, work to the log.
    void pump(std::int64_t arrived);
    void consider_alarms(std::int64_t arrived);
    void committed(const Commit& commit);
    void store_failed(const std::string& why);
    void publish(Publishes publishes);

    Config config_;
    Clock clock_;
    boost::asio::io_context io_{1};
    boost::asio::signal_set signals_{io_, SIGTERM, SIGINT};
    StoreThread store_;
    ReaderPool readers_;
    Site site_;
    LiveFeed feed_;
    Bell work_{io_.get_executor()};       // something waits for the log
    Bell published_{io_.get_executor()};  // the feed has news
    boost::asio::steady_timer gather_{io_};
    Broker broker_;
    std::optional<Deliveries> deliveries_;
    std::size_t alarms_considered_{0};
    bool stopping_{false};
    bool writing_{false};
    bool store_failed_{false};
    int exit_code_{0};
    Figures figures_;
};

}  // namespace ks::edge
