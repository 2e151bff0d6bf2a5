#include "firmware/core/recorder/session_book.hpp"

#include <algorithm>
#include <limits>

namespace ks::core {

void SessionBook::open(protocol::OutletNumber outlet, const RunningSession& session)
{
    check(outlet >= 1 && outlet <= entries_.size());
    entries_[outlet - 1U] = Entry{.session = session, .power = {}, .step = {}};
}

void SessionBook::close(protocol::OutletNumber outlet)
{
    check(outlet >= 1 && outlet <= entries_.size());
    entries_[outlet - 1U].reset();
}

std::optional<protocol::SessionProgressed> SessionBook::observe(protocol::OutletNumber outlet,
                                                                const Readings& readings)
{
    check(outlet >= 1 && outlet <= readings.frame.outlets.size());
    auto& entry = entries_[outlet - 1U];
    if (!entry || entry->session.session != readings.sessions[outlet - 1U]) return std::nullopt;

    const auto power = readings.frame.outlets[outlet - 1U].power;
    if (power > Milliwatts{}) {
        entry->session.drew = std::max(entry->power, power);
        entry->power = power;
    }
    const auto& course = readings.courses[outlet - 1U];
    auto& gathered = entry->step;
    const bool first = gathered.over == Millis{};
    gathered.lowest = first ? course.lowest : std::min(gathered.lowest, course.lowest);
    gathered.highest = std::max(gathered.highest, course.highest);
    gathered.milliwatt_millis += course.mean.count() * course.over.count();
    gathered.over += course.over;
    if (gathered.over < step) return std::nullopt;

    const auto mean = gathered.milliwatt_millis / gathered.over.count();
    check(mean <= std::numeric_limits<std::int32_t>::max());
    const protocol::SessionProgressed progressed{
        .session = entry->session.session,
        .outlet = outlet,
        .elapsed = course.elapsed,
        .energy = readings.frame.outlets[outlet - 1U].energy,
        .lowest = gathered.lowest,
        .mean = Milliwatts{static_cast<std::int32_t>(mean)},
        .highest = gathered.highest,
    };
    entry->step = {};
    return progressed;
}

}  // namespace ks::core
