#include "firmware/protocol/names.hpp"
#include "sim/fleet/promises.hpp"
#include "sim/plant/overloaded.hpp"

#include <cmath>

// What a post writes down, held against itself and against the truth.
namespace ks::sim {

using hal::Relay;

namespace {

MilliwattHours energy_of(Joules energy)
{
    return MilliwattHours{std::llround(energy / joules_per_watt_hour * 1000.0)};
}

// I-09: half a percent and a watt-hour; after a loss of power also what was drawn since the last
// checkpoint, a watt-hour or ten seconds.
constexpr std::int64_t watt_hour{1'000};
constexpr std::int64_t checkpoint{10 * 3'500'000 / 3'600 + watt_hour};

}  // namespace

void PostPromises::take(const protocol::Record& record, const PlantPost& plant,
                        const SimBoard& board)
{
    now_ = plant.now();
    watch_head(record.head);
    std::visit(
        Overloaded{[&](const protocol::Tripped& is) { told(is); },
                   [&](const protocol::TripCleared& is) { told(is); },
                   [&](const protocol::SessionStarted& is) { told(is, plant, record.head.boot); },
                   [&](const protocol::SessionProgressed& is) { told(is); },
                   [&](const protocol::SessionEnded& is) { told(is, plant); },
                   [&](const protocol::CommandResult& is) { told(is, board); }, [](const auto&) {}},
        record.body);
}

void PostPromises::lost(protocol::Lane lane, std::uint64_t seq) const
{
    throw BrokenPromise{post_ +
                        " broke a promise: I-24: what was durable is there after a boot, "
                        "byte for byte: " +
                        std::string{protocol::name_of(lane)} + " " + std::to_string(seq)};
}

void PostPromises::watch_head(const protocol::RecordHead& head)
{
    auto& lane = lanes_.at(static_cast<std::size_t>(head.lane));
    must(Holds{lane.seq == 0 || head.seq == lane.seq + 1}, "I-11: sequences have no hole");
    must(Holds{head.boot >= lane.boot}, "I-11: boots only grow");
    must(Holds{head.boot <= boot_}, "I-29: a record names the boot in which it was made");
    // Of two records the later may tell of the earlier event, while the flash was slow.
    must(Holds{head.boot != boot_ || head.mono.since_boot() <= now_ - powered_at_},
         "I-29: no record is from the future");
    lane = {.seq = head.seq, .boot = head.boot};
}

void PostPromises::told(const protocol::Tripped& trip)
{
    if (trip.outlet == protocol::whole_post)
        whole_.insert(trip.cause);
    else
        book(trip.outlet).latched = {trip.cause};
}

void PostPromises::told(const protocol::TripCleared& cleared)
{
    if (cleared.outlet == protocol::whole_post) {
        whole_.erase(cleared.cause);
        return;
    }
    book(cleared.outlet).latched.erase(cleared.cause);
}

void PostPromises::told(const protocol::SessionStarted& started, const PlantPost& plant,
                        std::uint32_t in_boot)
{
    auto& is = book(started.outlet);
    must(Holds{sessions_.insert(started.session).second},
         "I-04: an authority is used up by its start", started.outlet);
    // What was written before the watch began is read lane by lane, not as it happened, and what
    // flowed then nobody knows here.
    if (in_boot < watched_from_) return;
    must(Holds{!is.session}, "I-10: an outlet has one session at a time", started.outlet);
    must(Holds{is.latched.empty() && whole_.empty()}, "I-03: no session begins on what has tripped",
         started.outlet);
    const auto& at = plant.outlet(started.outlet);
    is.session =
        Session{.id = started.session,
                .time_limit = started.time_limit,
                .energy_limit = started.energy_limit,
                .began_with = is.unexplained ? is.closed_with : at.truth().delivered,
                .told = {},
                .meter_resets = at.meter().resets(),
                .pulses_added = at.meter().pulses_added(),
                .meter = at.meter().fault() == MeterFault::none ? Session::Meter::sound
                                                                : Session::Meter::doubtful};
    is.unexplained = false;
}

void PostPromises::told(const protocol::SessionProgressed& step)
{
    auto& session = book(step.outlet).session;
    // Of an earlier run of the simulator we know nothing.
    if (!session) return;
    must(Holds{session->id == step.session}, "I-10: energy belongs to the session that runs",
         step.outlet);
    must(Holds{step.energy >= session->told}, "I-11: a session's energy only grows", step.outlet);
    session->told = step.energy;
}

void PostPromises::told(const protocol::SessionEnded& ended, const PlantPost& plant)
{
    auto& is = book(ended.outlet);
    if (!is.session) return;
    const auto session = *std::exchange(is.session, std::nullopt);
    must(Holds{session.id == ended.session}, "I-10: the session that ends is the one that ran",
         ended.outlet);
    must(Holds{ended.energy >= session.told}, "I-11: a session's energy only grows", ended.outlet);
    const auto& meter = plant.outlet(ended.outlet).meter();
    const bool told_true =
        session.meter == Session::Meter::sound && meter.fault() == MeterFault::none &&
        meter.resets() == session.meter_resets && meter.pulses_added() == session.pulses_added;
    // Through a welded relay it goes on when the session is over.
    if (!told_true || is.latched.contains(protocol::TripCause::relay_welded)) return;
    const auto truth =
        energy_of(plant.outlet(ended.outlet).truth().delivered - session.began_with).count();
    const bool cut_short = ended.reason == protocol::EndReason::power_lost;
    const auto margin = truth / 200 + watt_hour + (cut_short ? checkpoint : 0);
    must(Holds{std::abs(truth - ended.energy.count()) <= margin},
         "I-09: a session's energy is what flowed, within half a percent and a watt-hour",
         ended.outlet);
}

void PostPromises::told(const protocol::CommandResult& result, const SimBoard& board)
{
    if (result.action != protocol::CommandAction::stop ||
        result.outcome != protocol::CommandOutcome::done)
        return;
    // Who says one command again is given its old answer (I-19), which speaks of then.
    if (!stops_answered_.insert(result.command).second) return;
    for (std::uint8_t outlet = 1; outlet <= books_.size(); ++outlet)
        must(Holds{(result.outlet != protocol::whole_post && result.outlet != outlet) ||
                   board.relays.at(outlet - 1U) == Relay::open},
             "I-22: an outlet that was told to stop is open when that is written down", outlet);
}

}  // namespace ks::sim
