#include "edge/domain/outbox.hpp"

#include "firmware/base/check.hpp"

#include <algorithm>

namespace ks::edge {

static_assert(std::is_sorted(Outbox::retry_after.begin(), Outbox::retry_after.end()));

namespace {

Millis wait_before(std::uint32_t attempts, const Attempt& attempt, std::uint32_t jitter)
{
    const auto step = std::min<std::size_t>(attempts, Outbox::retry_after.size() - 1);
    const Millis planned = Outbox::retry_after[step];
    const Millis asked =
        std::min(attempt.retry_after.value_or(Millis{0}), Outbox::retry_after_limit);
    const Millis wait = std::max(planned, asked);
    return wait + Millis{wait.count() * jitter / 5'000};
}

/// At least so long were so many attempts spread. Of an earlier run nothing else is known that no
/// step of the wall clock can spoil (F-119).
constexpr Millis tried_for(std::uint32_t attempts)
{
    Millis sum{0};
    for (std::uint32_t i = 0; i < attempts && i < Outbox::retry_after.size(); ++i)
        sum += Outbox::retry_after[i];
    const auto more = attempts - std::min<std::size_t>(attempts, Outbox::retry_after.size());
    return sum + Millis{Outbox::retry_after.back().count() * static_cast<std::int64_t>(more)};
}
static_assert(tried_for(0) == Millis{0} && tried_for(3) == Millis{3'000});
static_assert(tried_for(7) == Millis{108'000} && tried_for(9) == Millis{228'000});

}  // namespace

bool Outbox::add(Delivery delivery, Origin origin, Now now)
{
    check(delivery.id != 0);
    if (full()) {
        overflowed_ = true;
        return false;
    }
    const auto id = delivery.id;
    const auto before = tried_for(delivery.attempts);
    entries_.emplace(id, Entry{.delivery = std::move(delivery),
                               .due = now.mono,
                               .added = now.mono,
                               .tried_before = before,
                               .durable = origin == Origin::from_log,
                               .on_its_way = false,
                               .refusals = 0});
    return true;
}

void Outbox::durable(DeliveryId upto)
{
    for (auto& [id, entry] : entries_) {
        if (id > upto) break;
        entry.durable = true;
    }
}

Instant Outbox::ready_at(const Entry& entry) const
{
    if (entry.durable || hopeless_) return entry.due;
    return std::max(entry.due, entry.added + durable_patience);
}

std::optional<Outbox::Due> Outbox::next(Instant now)
{
    if (stopped_ || in_flight_ >= in_flight_limit) return std::nullopt;
    for (auto& [id, entry] : entries_) {
        if (entry.on_its_way || ready_at(entry) > now) continue;
        entry.on_its_way = true;
        ++in_flight_;
        ++entry.delivery.attempts;
        return Due{.delivery = entry.delivery,
                   .standing =
                       entry.durable ? Due::Standing::durable : Due::Standing::not_yet_durable};
    }
    return std::nullopt;
}

std::optional<Instant> Outbox::wake_at() const
{
    if (stopped_ || in_flight_ >= in_flight_limit) return std::nullopt;
    std::optional<Instant> soonest;
    for (const auto& [id, entry] : entries_) {
        if (entry.on_its_way) continue;
        const Instant ready = ready_at(entry);
        if (!soonest || ready < *soonest) soonest = ready;
    }
    return soonest;
}

std::vector<DeliveryChange> Outbox::settle(DeliveryId id, const Attempt& attempt, Now now,
                                           std::uint32_t jitter)
{
    check(jitter < 1'000);
    const auto found = entries_.find(id);
    if (found == entries_.end()) return {};  // dead with all others when the receiver was gone
    auto& entry = found->second;
    check(entry.on_its_way && in_flight_ > 0);
    entry.on_its_way = false;
    --in_flight_;

    const auto change = [&](const Entry& of, DeliveryState state) {
        return DeliveryChange{.id = of.delivery.id,
                              .state = state,
                              .attempts = of.delivery.attempts,
                              .status = attempt.status,
                              .at = now.wall};
    };
    switch (reading_of(attempt)) {
    case Reading::success: {
        const auto done = change(entry, DeliveryState::delivered);
        entries_.erase(found);
        return {done};
    }
    case Reading::gone: {
        stopped_ = true;
        std::vector<DeliveryChange> all;
        for (const auto& [other, waiting] : entries_)
            all.push_back(change(waiting, DeliveryState::dead));
        entries_.clear();
        in_flight_ = 0;
        return all;
    }
    case Reading::refused: ++entry.refusals; break;
    case Reading::retry: break;
    }
    const bool too_old = now.mono - entry.added + entry.tried_before >= give_up_after;
    if (entry.refusals >= refusals_limit || too_old) {
        const auto dead = change(entry, DeliveryState::dead);
        entries_.erase(found);
        return {dead};
    }
    entry.due = now.mono + wait_before(entry.delivery.attempts, attempt, jitter);
    return {change(entry, DeliveryState::pending)};
}

}  // namespace ks::edge
