#include "sim/plant/mains.hpp"

#include <algorithm>

namespace ks::sim {

Volts Mains::volts() const
{
    if (supply_ == Supply::off) return 0.0;
    const Volts source = level_.value_or(settings_.nominal) * (1.0 + settings_.noise * wander_);
    const Volts sagged = std::max(0.0, source - settings_.feeder * (drawn_ + elsewhere_));
    return dip_.phase == Train::Phase::down ? sagged * dip_.down_to : sagged;
}

void Mains::start_dips(const Dips& dips, Instant now)
{
    constexpr std::int64_t milliseconds = 1000;
    const auto half =
        std::max<std::int64_t>(1, milliseconds / 2 / std::max<std::int64_t>(1, dips.per_second));
    dip_ = {.edge = now + Millis{half},
            .ends = now + Millis{static_cast<std::int64_t>(dips.lasts * 1000.0)},
            .half_period = Millis{half},
            .down_to = dips.down_to,
            .phase = Train::Phase::down};
}

void Mains::advance_to(Instant now)
{
    while (dip_.edge && now >= *dip_.edge) {
        if (*dip_.edge >= dip_.ends) {
            dip_ = {};
            return;
        }
        dip_.phase = dip_.phase == Train::Phase::down ? Train::Phase::up : Train::Phase::down;
        dip_.edge = *dip_.edge + dip_.half_period;
    }
}

void Mains::next_cycle(Amps drawn)
{
    drawn_ = drawn;
    wander_ = 0.8 * wander_ + 0.2 * random_.between(-1.0, 1.0);
}

}  // namespace ks::sim
