#pragma once

#include "firmware/base/fixed_vector.hpp"
#include "firmware/core/guard/news.hpp"

namespace ks::core {

/// When the post's own condition is worth a record: a reading every minute and with every change of
/// an input, each change by name, and a silent edge once.
class PostWatch {
public:
    static constexpr Millis reading_every{60'000};

    /// Inputs that changed since the readings before; the guard offers readings every second, so an
    /// input that chatters costs a record a second at most (F-011).
    using Changes = FixedVector<protocol::InputChanged, protocol::input_limit>;
    [[nodiscard]] Changes changes(const protocol::PostReading& reading)
    {
        Changes changes;
        for (std::size_t i = 0; i < reading.inputs.size(); ++i) {
            const auto before = known_ ? last_.inputs[i] : protocol::InputCondition::absent;
            const bool news = known_ || reading.inputs[i] == protocol::InputCondition::active ||
                              reading.inputs[i] == protocol::InputCondition::fault;
            if (before == reading.inputs[i] || !news) continue;
            changes.push_back({.input = static_cast<protocol::InputName>(i),
                               .from = before,
                               .to = reading.inputs[i]});
        }
        last_ = reading;
        known_ = true;
        return changes;
    }
    [[nodiscard]] bool reading_due(Instant now) const
    {
        return !told_at_ || now - *told_at_ >= reading_every;
    }
    void told(Instant now) { told_at_ = now; }

    /// What there is to be said about the edge's silence, once each way.
    [[nodiscard]] std::optional<protocol::LinkNoticed> silence(Millis silent, Millis alarm_after)
    {
        using Matter = protocol::LinkNoticed::Matter;
        if (!silent_ && silent >= alarm_after) {
            silent_ = true;
            return protocol::LinkNoticed{.matter = Matter::silent, .lasted = silent};
        }
        if (silent_ && silent < alarm_after) {
            silent_ = false;
            return protocol::LinkNoticed{.matter = Matter::back, .lasted = longest_};
        }
        longest_ = silent;
        return std::nullopt;
    }
    [[nodiscard]] bool edge_is_silent() const { return silent_; }

private:
    protocol::PostReading last_{};
    bool known_{false};
    std::optional<Instant> told_at_;
    bool silent_{false};
    Millis longest_{};
};

}  // namespace ks::core
