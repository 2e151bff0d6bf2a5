#include "sim/world/alarm_receiver.hpp"

#include <algorithm>

namespace ks::sim {

void AlarmReceiver::post(const edge::Outbox::Due& due, Instant now)
{
    using Kind = edge::Attempt::Kind;
    // Our choice: seven of ten are taken, one each is refused for a while, lost, and taken without
    // an answer.
    const auto luck = sound_ ? 0.0 : random_.between(0.0, 10.0);
    const auto takes = sound_ ? 10.0 : random_.between(10.0, 3'000.0);
    Answer answer{.id = due.delivery.id,
                  .attempt = {.kind = Kind::answered, .status = 204, .retry_after = {}},
                  .key = due.delivery.key};
    if (luck >= 7.0) answer.attempt = {.kind = Kind::answered, .status = 503, .retry_after = {}};
    if (luck >= 8.0) answer.attempt = {.kind = Kind::unanswered, .status = 0, .retry_after = {}};
    if (luck >= 7.0 && luck < 9.0) answer.key.reset();
    under_way_.push_back({.at = now + Millis{static_cast<std::int64_t>(takes)}, .answer = answer});
}

std::optional<AlarmReceiver::Answer> AlarmReceiver::take(Instant now)
{
    const auto due = std::find_if(under_way_.begin(), under_way_.end(),
                                  [&](const UnderWay& is) { return is.at <= now; });
    if (due == under_way_.end()) return std::nullopt;
    auto answer = std::move(due->answer);
    under_way_.erase(due);
    return answer;
}

void AlarmReceiver::forget_asker() { under_way_.clear(); }

}  // namespace ks::sim
