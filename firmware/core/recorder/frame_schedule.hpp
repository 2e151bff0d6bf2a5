#pragma once

#include "firmware/protocol/record.hpp"

namespace ks::core {

/// When a telemetry frame is due: every 10 s while anything charges, every 60 s idle, at once on
/// change (D5).
class FrameSchedule {
public:
    static constexpr Millis while_charging{10'000};
    static constexpr Millis while_idle{60'000};

    /// A change is told at once, but a flickering load does not flood a cellular plan.
    static constexpr Millis closest{1'000};

    [[nodiscard]] bool due(Instant now, const protocol::Telemetry& frame) const
    {
        if (!last_at_) return true;
        const auto since = now - *last_at_;
        if (since >= (charging(frame) ? while_charging : while_idle)) return true;
        return since >= closest && changed(frame);
    }

    void sent(Instant now, const protocol::Telemetry& frame)
    {
        last_at_ = now;
        last_ = frame;
    }

private:
    [[nodiscard]] static bool charging(const protocol::Telemetry& frame)
    {
        for (const auto& outlet : frame.outlets)
            if (outlet.state != protocol::OutletState::idle &&
                outlet.state != protocol::OutletState::locked_out)
                return true;
        return false;
    }

    [[nodiscard]] bool changed(const protocol::Telemetry& frame) const
    {
        if (frame.outlets.size() != last_.outlets.size()) return true;
        for (std::size_t i = 0; i < frame.outlets.size(); ++i)
            if (differs(frame.outlets[i], last_.outlets[i])) return true;
        return false;
    }

    /// A tenth of the power, and at least 10 W: our choice, above a charger's own ripple of a few
    /// percent and below any step that a reader of the curve would want to see.
    [[nodiscard]] static bool differs(const protocol::OutletReading& now,
                                      const protocol::OutletReading& before)
    {
        if (now.state != before.state) return true;
        const auto step =
            now.power > before.power ? now.power - before.power : before.power - now.power;
        return step >= Milliwatts{10'000} && step.count() >= before.power.count() / 10;
    }

    std::optional<Instant> last_at_;
    protocol::Telemetry last_{};
};

}  // namespace ks::core
