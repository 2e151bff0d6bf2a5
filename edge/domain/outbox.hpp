#pragma once

#include "edge/domain/alarm.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ks::edge {

/// The log's own number of a delivery.
using DeliveryId = std::uint64_t;

/// One message for one uplink. `key` names the fact, not the attempt: it is made of the record that
/// caused it, so a daemon that dies and takes the record in again sends the same key.
struct Delivery {
    DeliveryId id{};
    std::string key;
    std::string type;
    std::string data;  // JSON object
    UnixMillis created_at;
    AlarmId alarm{};
    std::uint32_t attempts{};
    /// When the bytes came in; only in the run that took them in.
    std::optional<Instant> heard;
    /// The post's own wall time of the fact, when good enough.
    std::optional<UnixMillis> happened_at;
};

/// What a receiver made of an attempt.
struct Attempt {
    enum class Kind : std::uint8_t {
        answered,    // `status` is HTTP's
        unanswered,  // no connection, no or half an answer, or too late
    };
    Kind kind{};
    std::uint16_t status{};
    std::optional<Millis> retry_after;
};

/// How an answer is to be taken.
enum class Reading : std::uint8_t {
    success,  // 2xx
    retry,    // no answer, 429, 5xx: the receiver may come to itself
    refused,  // any other answer, redirects included: it will hardly change, a few tries settle it
    gone,     // 410: the receiver wants nothing any more
};

[[nodiscard]] constexpr Reading reading_of(const Attempt& attempt)
{
    if (attempt.kind == Attempt::Kind::unanswered) return Reading::retry;
    if (attempt.status >= 200 && attempt.status < 300) return Reading::success;
    if (attempt.status == 410) return Reading::gone;
    if (attempt.status == 429 || attempt.status >= 500) return Reading::retry;
    return Reading::refused;
}

static_assert(reading_of({Attempt::Kind::answered, 204, {}}) == Reading::success);
static_assert(reading_of({Attempt::Kind::answered, 302, {}}) == Reading::refused);
static_assert(reading_of({Attempt::Kind::answered, 429, {}}) == Reading::retry);

enum class DeliveryState : std::uint8_t { pending = 1, delivered = 2, dead = 3 };

/// A change to write down.
struct DeliveryChange {
    DeliveryId id{};
    DeliveryState state{};
    std::uint32_t attempts{};
    std::uint16_t status{};
    UnixMillis at;
};

/// What goes to one receiver, and when: pure schedule, persistent through the changes it gives.
/// Alarms are retried within seconds, because a webhook convention's five minutes are too slow for
/// a fire. Nothing is thrown away unseen: what is given up is a dead letter in the log.
class Outbox {
public:
    /// After the last step the last one repeats. Our choice, because of the above.
    static constexpr std::array retry_after{Millis{0},     Millis{1'000},  Millis{2'000},
                                            Millis{5'000}, Millis{10'000}, Millis{30'000},
                                            Millis{60'000}};
    static constexpr Millis retry_after_limit{3'600'000};
    /// A receiver that refuses, rather than fails, is asked this often (F-115).
    static constexpr std::uint32_t refusals_limit = 5;
    /// A receiver that is down is tried for this long (F-113).
    static constexpr Millis give_up_after{7 * 86'400'000LL};
    /// On the way at once, so that one slow answer does not hold up the next alarm.
    static constexpr std::size_t in_flight_limit = 4;
    /// Held in memory; the log holds the rest until there is room.
    static constexpr std::size_t room = 4'096;
    /// An alarm not durable within this goes out from memory, marked so (D12).
    static constexpr Millis durable_patience{1'000};

    struct Due {
        Delivery delivery;
        enum class Standing : std::uint8_t { durable, not_yet_durable } standing;
    };

    [[nodiscard]] bool full() const { return entries_.size() >= room; }
    [[nodiscard]] bool stopped() const { return stopped_; }
    [[nodiscard]] std::size_t pending() const { return entries_.size(); }
    [[nodiscard]] std::size_t in_flight() const { return in_flight_; }

    enum class Origin : std::uint8_t { fresh, from_log };
    /// False when there is no room; it is in the log then and comes back by `wants_refill`.
    bool add(Delivery delivery, Origin origin, Now now);
    /// Everything up to this id is durable now.
    void durable(DeliveryId upto);
    /// Nothing becomes durable any more, so nothing waits for it (F-109).
    void nothing_is_durable() { hopeless_ = true; }
    /// The oldest delivery whose time has come, marked as on its way.
    [[nodiscard]] std::optional<Due> next(Instant now);
    /// When to ask again, when anything waits.
    [[nodiscard]] std::optional<Instant> wake_at() const;
    /// `jitter` is 0 to 999 thousandths, from outside; it stretches a wait by up to a fifth.
    [[nodiscard]] std::vector<DeliveryChange> settle(DeliveryId id, const Attempt& attempt, Now now,
                                                     std::uint32_t jitter);
    /// True once the log holds deliveries that are not here and there is room again.
    [[nodiscard]] bool wants_refill() const { return overflowed_ && entries_.size() < room / 2; }
    void refilling() { overflowed_ = false; }
    [[nodiscard]] bool holds(DeliveryId id) const { return entries_.contains(id); }

private:
    struct Entry {
        Delivery delivery;
        Instant due;
        Instant added;
        Millis tried_before;
        bool durable;
        bool on_its_way;
        std::uint32_t refusals;
    };
    [[nodiscard]] Instant ready_at(const Entry& entry) const;

    std::map<DeliveryId, Entry> entries_;
    std::size_t in_flight_{0};
    bool overflowed_{false};
    bool stopped_{false};
    bool hopeless_{false};
};

}  // namespace ks::edge
