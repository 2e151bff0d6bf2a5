#pragma once

#include "edge/domain/alarm.hpp"
#include "firmware/base/result.hpp"

#include <map>
#include <vector>

namespace ks::edge {

/// Every alarm that is active or not yet acknowledged, and the rules of its life: condition and
/// attention are independent, and only both ends end it. Acknowledging never clears.
class AlarmBook {
public:
    struct Raise {
        PostNo post;
        protocol::OutletNumber outlet;
        AlarmKind kind;
        /// 0: no new occurrence but the better source of the one that is known.
        std::uint32_t count{1};
        std::int64_t measured{};
        std::int64_t limit{};
        protocol::SessionId session{};
        std::optional<RecordKey> source{};
        /// The source's own wall time when it is good enough, else now.
        UnixMillis at;
    };
    enum class Refusal : std::uint8_t { unknown, already_acknowledged };
    /// How long a momentary cause must stay away to count as over (our choice).
    static constexpr Millis calm_after{600'000};

    /// Alarms that are still open in the log, at start. `next` is the next alarm's id.
    void restore(std::vector<Alarm> open, AlarmId next, Instant now);

    /// A new alarm, or one more count of the one that is active. The change's log id is left 0.
    AlarmChange raise(const Raise& raise, Instant now);
    /// Nothing when no such alarm is active.
    std::optional<AlarmChange> clear(PostNo post, protocol::OutletNumber outlet, AlarmKind kind,
                                     Now now);
    /// Clears the momentary causes that have stayed away long enough.
    std::vector<AlarmChange> calm(Now now);
    Result<AlarmChange, Refusal> acknowledge(AlarmId id, std::string by, Now now);

    [[nodiscard]] const std::map<AlarmId, Alarm>& open() const { return open_; }
    [[nodiscard]] bool active(PostNo post, protocol::OutletNumber outlet, AlarmKind kind) const;

private:
    struct Key {
        PostNo post;
        protocol::OutletNumber outlet;
        AlarmKind kind;
        auto operator<=>(const Key&) const = default;
    };
    void forget_if_over(AlarmId id);

    std::map<AlarmId, Alarm> open_;
    std::map<Key, AlarmId> active_;
    std::map<Key, Instant> momentary_;
    AlarmId next_{1};
};

}  // namespace ks::edge
