#pragma once

#include "edge/app/config.hpp"
#include "edge/app/latencies.hpp"
#include "edge/domain/site.hpp"
#include "edge/runtime/bell.hpp"
#include "edge/runtime/clock.hpp"
#include "edge/store/reader_pool.hpp"
#include "edge/uplinks/webhook.hpp"

#include <map>

namespace ks::edge {

/// Carries alarms to the webhook: makes messages of alarm changes, sends what the outbox says is
/// due, and gives back what must be written down. Lives on the deciding thread.
class Deliveries {
public:
    struct Figures {
        std::uint64_t raised_delivered{};
        std::uint64_t others_delivered{};
        std::uint64_t dead{};
        Latencies from_arrival;
        /// From the trip's own wall time, when the post bounds its error by 100 ms.
        Latencies from_trip;
    };
    static constexpr Millis trip_time_error{100};

    Deliveries(boost::asio::any_io_executor io, const Config::WebhookPart& config,
               const Clock& clock, Site& site, ReaderPool& readers);

    void restore(DeliveryId next, std::vector<Delivery> pending);
    /// `arrived` is when the daemon took the bytes in hand, in microseconds of the clock.
    void consider(const AlarmChange& change, const Batch& batch, std::int64_t arrived);

    /// For the log: new messages and what became of earlier ones.
    [[nodiscard]] std::vector<Delivery> take_new() { return std::exchange(fresh_, {}); }
    [[nodiscard]] std::vector<DeliveryChange> take_settled() { return std::exchange(settled_, {}); }
    [[nodiscard]] bool has_work() const { return !fresh_.empty() || !settled_.empty(); }
    void durable(DeliveryId upto);
    /// The log has failed: what waits for it goes out from memory now.
    void nothing_is_durable();

    /// Sends until stopped. `written` rings when there is something for the log.
    boost::asio::awaitable<void> run(Bell& written);
    void stop();
    [[nodiscard]] bool idle() const { return outbox_.in_flight() == 0; }
    [[nodiscard]] bool anything_due() const;
    [[nodiscard]] const Figures& figures() const { return figures_; }

private:
    struct Measured {
        std::int64_t arrived;
        std::optional<UnixMillis> tripped;
    };
    boost::asio::awaitable<void> attempt(Outbox::Due due, Bell& written);
    boost::asio::awaitable<void> refill();
    void settled(const Outbox::Due& due, const Attempt& attempt);

    boost::asio::any_io_executor io_;
    const Clock& clock_;
    Site& site_;
    ReaderPool& readers_;
    std::set<std::string> events_;
    Webhook webhook_;
    Outbox outbox_;
    Bell due_;
    boost::asio::steady_timer timer_;
    std::vector<Delivery> fresh_;
    std::vector<DeliveryChange> settled_;
    std::map<DeliveryId, Measured> measured_;
    DeliveryId next_{1};
    Figures figures_;
    bool stopping_{false};
};

}  // namespace ks::edge
