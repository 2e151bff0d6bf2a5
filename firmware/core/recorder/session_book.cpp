#include "firmware/core/recorder/session_book.hpp"

#include <algorithm>
#include <limits>

namespace ks::core {

namespace {

void begin_step(RunningSession& session, Instant at)
{
    session.step_from = at;
    session.lowest = Milliwatts{std::numeric_limits<std::int32_t>::max()};
    session.highest = Milliwatts{};
    session.power_sum = 0;
    session.readings = 0;
}

}  // namespace

RunningSession* SessionBook::find(protocol::OutletNumber outlet, protocol::SessionId session)
{
    check(outlet >= 1 && outlet <= sessions_.size());
    auto& running = sessions_[outlet - 1U];
    return running && running->session == session ? &*running : nullptr;
}

void SessionBook::open(protocol::OutletNumber outlet, const RunningSession& session)
{
    check(outlet >= 1 && outlet <= sessions_.size());
    auto& running = sessions_[outlet - 1U].emplace(session);
    begin_step(running, session.started);
}

void SessionBook::close(protocol::OutletNumber outlet)
{
    check(outlet >= 1 && outlet <= sessions_.size());
    sessions_[outlet - 1U].reset();
}

void SessionBook::observe(protocol::OutletNumber outlet, protocol::SessionId session,
                          const protocol::OutletReading& reading)
{
    auto* running = find(outlet, session);
    if (running == nullptr) return;
    running->energy = std::max(running->energy, reading.energy);
    running->lowest = std::min(running->lowest, reading.power);
    running->highest = std::max(running->highest, reading.power);
    running->power_sum += reading.power.count();
    ++running->readings;
}

std::optional<protocol::SessionProgressed> SessionBook::take_step(protocol::OutletNumber outlet,
                                                                  Instant now)
{
    check(outlet >= 1 && outlet <= sessions_.size());
    auto& running = sessions_[outlet - 1U];
    if (!running || now - running->step_from < step || running->readings == 0) return std::nullopt;

    const auto mean = running->power_sum / running->readings;
    const protocol::SessionProgressed progressed{
        .session = running->session,
        .outlet = outlet,
        .elapsed = now - running->started,
        .energy = running->energy,
        .lowest = running->lowest,
        .mean = Milliwatts{static_cast<std::int32_t>(mean)},
        .highest = running->highest,
    };
    begin_step(*running, now);
    return progressed;
}

}  // namespace ks::core
