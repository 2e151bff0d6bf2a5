#include "edge/app/deliveries.hpp"

#include "edge/runtime/log.hpp"
#include "edge/runtime/random.hpp"
#include "edge/uplinks/alarm_message.hpp"

namespace ks::edge {

namespace net = boost::asio;

Deliveries::Deliveries(net::any_io_executor io, const Config::WebhookPart& config,
                       const Clock& clock, Site& site, ReaderPool& readers)
    : io_{io},
      clock_{clock},
      site_{site},
      readers_{readers},
      events_{config.events},
      webhook_{{.url = config.url,
                .key = config.key,
                .authority = config.authority,
                .deadline = config.deadline}},
      due_{io},
      timer_{io}
{}

void Deliveries::restore(DeliveryId next, std::vector<Delivery> pending)
{
    next_ = next;
    for (auto& delivery : pending)
        (void)outbox_.add(std::move(delivery), Outbox::Origin::from_log, clock_.read<Now>());
}

void Deliveries::consider(const AlarmChange& change, const Batch& batch, std::int64_t arrived)
{
    // A message about a message that nobody takes would go the same way.
    if (change.alarm.kind == AlarmKind::delivery_dead) return;
    auto delivery = message_of(change, site_.id().text(), site_.fleet());
    if (!events_.contains(delivery.type)) return;
    delivery.id = next_++;

    Measured measured{.arrived = arrived, .tripped = {}};
    if (change.step == AlarmStep::raised && change.alarm.source)
        for (const auto& accepted : batch.records) {
            if (!(accepted.key == *change.alarm.source) || !accepted.record) continue;
            const auto& wall = accepted.record->head.wall;
            if (wall && wall->error <= trip_time_error) measured.tripped = wall->at;
        }
    delivery.happened_at = measured.tripped;
    if (change.step == AlarmStep::raised) measured_.emplace(delivery.id, measured);
    (void)outbox_.add(delivery, Outbox::Origin::fresh, clock_.read<Now>());
    fresh_.push_back(std::move(delivery));
    due_.ring();
}

void Deliveries::durable(DeliveryId upto)
{
    outbox_.durable(upto);
    due_.ring();
}

void Deliveries::nothing_is_durable()
{
    outbox_.nothing_is_durable();
    due_.ring();
}

bool Deliveries::anything_due() const
{
    const auto at = outbox_.wake_at();
    return at && *at <= clock_.mono();
}

net::awaitable<void> Deliveries::run(Bell& written)
{
    std::uint64_t seen = 0;
    while (!stopping_) {
        if (outbox_.wants_refill()) co_await refill();
        while (auto due = outbox_.next(clock_.mono()))
            net::co_spawn(io_, attempt(std::move(*due), written), [](std::exception_ptr error) {
                if (error) std::rethrow_exception(error);
            });
        // A bell or the next moment something is due, whichever is first.
        if (const auto wake = outbox_.wake_at()) {
            timer_.expires_at(clock_.at(*wake));
            timer_.async_wait([this](boost::system::error_code error) {
                if (!error) due_.ring();
            });
        }
        seen = co_await due_.next(seen);
    }
}

net::awaitable<void> Deliveries::attempt(Outbox::Due due, Bell& written)
{
    const auto answer = co_await webhook_.send(due.delivery.key, body_of(due), clock_.wall());
    settled(due, answer);
    written.ring();
    due_.ring();
}

void Deliveries::settled(const Outbox::Due& due, const Attempt& attempt)
{
    const auto changes =
        outbox_.settle(due.delivery.id, attempt, clock_.read<Now>(), random_below(1'000));
    for (const auto& change : changes) {
        settled_.push_back(change);
        if (change.state == DeliveryState::dead) {
            ++figures_.dead;
            log_error("delivery.given_up", {{"key", due.delivery.key},
                                            {"attempts", change.attempts},
                                            {"status", change.status}});
            site_.raise_own(AlarmKind::delivery_dead, clock_.read<Now>());
        } else if (change.state == DeliveryState::pending) {
            log_warning("delivery.delayed", {{"key", due.delivery.key},
                                             {"attempts", change.attempts},
                                             {"status", change.status}});
        }
        if (change.state != DeliveryState::delivered) continue;
        const bool raised = due.delivery.type == "alarm.raised";
        ++(raised ? figures_.raised_delivered : figures_.others_delivered);
        log_info("delivery.done", {{"key", due.delivery.key}, {"type", due.delivery.type}});
    }
    const auto measured = measured_.find(due.delivery.id);
    if (measured == measured_.end() || reading_of(attempt) != Reading::success) return;
    figures_.from_arrival.add(clock_.micros() - measured->second.arrived);
    if (measured->second.tripped)
        figures_.from_trip.add((clock_.wall() - *measured->second.tripped).count() * 1'000);
    measured_.erase(measured);
}

net::awaitable<void> Deliveries::refill()
{
    outbox_.refilling();
    auto pending = co_await readers_.run(
        [](Reader& reader) { return reader.pending_deliveries(Outbox::room); });
    for (auto& delivery : pending)
        if (!outbox_.holds(delivery.id))
            (void)outbox_.add(std::move(delivery), Outbox::Origin::from_log, clock_.read<Now>());
}

void Deliveries::stop()
{
    stopping_ = true;
    timer_.cancel();
    due_.ring();
}

}  // namespace ks::edge
