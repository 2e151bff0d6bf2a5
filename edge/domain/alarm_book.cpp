#include "edge/domain/alarm_book.hpp"

#include "firmware/base/check.hpp"

#include <algorithm>

namespace ks::edge {

void AlarmBook::restore(std::vector<Alarm> open, AlarmId next, Instant now)
{
    check(next >= 1);
    next_ = next;
    for (auto& alarm : open) {
        check(alarm.id < next);
        if (alarm.condition == Condition::active) {
            const Key key{alarm.post, alarm.outlet, alarm.kind};
            active_[key] = alarm.id;
            if (is_momentary(alarm.kind)) momentary_[key] = now;
        }
        open_.insert_or_assign(alarm.id, std::move(alarm));
    }
}

AlarmChange AlarmBook::raise(const Raise& raise, Instant now)
{
    const Key key{raise.post, raise.outlet, raise.kind};
    if (is_momentary(raise.kind)) momentary_[key] = now;
    if (const auto known = active_.find(key); known != active_.end()) {
        Alarm& alarm = open_.at(known->second);
        check(alarm.condition == Condition::active);
        alarm.count += raise.count;
        if (raise.count == 0) {
            alarm.measured = raise.measured;
            alarm.limit = raise.limit;
            alarm.session = raise.session;
            alarm.source = raise.source;
        }
        return {.step = AlarmStep::repeated, .at = raise.at, .heard = now, .alarm = alarm};
    }
    const Alarm alarm{.id = next_++,
                      .post = raise.post,
                      .outlet = raise.outlet,
                      .kind = raise.kind,
                      .severity = severity_of(raise.kind),
                      .condition = Condition::active,
                      .attention = Attention::fresh,
                      .raised_at = raise.at,
                      .cleared_at = {},
                      .acknowledged_at = {},
                      .acknowledged_by = {},
                      .count = std::max(raise.count, 1U),
                      .measured = raise.measured,
                      .limit = raise.limit,
                      .session = raise.session,
                      .source = raise.source};
    open_.emplace(alarm.id, alarm);
    active_.emplace(key, alarm.id);
    return {.step = AlarmStep::raised, .at = raise.at, .heard = now, .alarm = alarm};
}

std::optional<AlarmChange> AlarmBook::clear(PostNo post, protocol::OutletNumber outlet,
                                            AlarmKind kind, Now now)
{
    const auto known = active_.find({post, outlet, kind});
    if (known == active_.end()) return std::nullopt;
    Alarm& alarm = open_.at(known->second);
    alarm.condition = Condition::cleared;
    alarm.cleared_at = now.wall;
    active_.erase(known);
    AlarmChange change{
        .step = AlarmStep::cleared, .at = now.wall, .heard = now.mono, .alarm = alarm};
    forget_if_over(alarm.id);
    return change;
}

std::vector<AlarmChange> AlarmBook::calm(Now now)
{
    std::vector<AlarmChange> changes;
    for (auto it = momentary_.begin(); it != momentary_.end();) {
        const auto [key, last] = *it;
        if (now.mono - last < calm_after) {
            ++it;
            continue;
        }
        it = momentary_.erase(it);
        if (auto change = clear(key.post, key.outlet, key.kind, now))
            changes.push_back(std::move(*change));
    }
    return changes;
}

Result<AlarmChange, AlarmBook::Refusal> AlarmBook::acknowledge(AlarmId id, std::string by, Now now)
{
    const auto known = open_.find(id);
    if (known == open_.end()) return Failure{Refusal::unknown};
    Alarm& alarm = known->second;
    if (alarm.attention == Attention::acknowledged) return Failure{Refusal::already_acknowledged};
    const Condition before = alarm.condition;
    alarm.attention = Attention::acknowledged;
    alarm.acknowledged_at = now.wall;
    alarm.acknowledged_by = std::move(by);
    check(alarm.condition == before);
    AlarmChange change{
        .step = AlarmStep::acknowledged, .at = now.wall, .heard = now.mono, .alarm = alarm};
    forget_if_over(id);
    return change;
}

bool AlarmBook::active(PostNo post, protocol::OutletNumber outlet, AlarmKind kind) const
{
    return active_.contains({post, outlet, kind});
}

void AlarmBook::forget_if_over(AlarmId id)
{
    const Alarm& alarm = open_.at(id);
    if (alarm.condition == Condition::cleared && alarm.attention == Attention::acknowledged)
        open_.erase(id);
}

}  // namespace ks::edge
