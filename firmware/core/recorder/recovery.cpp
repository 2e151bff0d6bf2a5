#include "firmware/core/recorder/recovery.hpp"

#include "firmware/protocol/codec.hpp"

#include <algorithm>

namespace ks::core {

namespace {

using protocol::Lane;
using protocol::Record;

enum class Search : std::uint8_t { go_on, found };

/// Everything gathered about one session while the journal is read backwards.
struct Traces {
    protocol::OutletNumber outlet;
    protocol::SessionId session;
    LastKnown known{};
    /// Of `known.started`.
    Instant began{};

    [[nodiscard]] std::uint32_t boot() const { return static_cast<std::uint32_t>(session >> 32); }

    Search learn_event(const Record& record)
    {
        if (const auto* step = std::get_if<protocol::SessionProgressed>(&record.body)) {
            if (step->session != session) return Search::go_on;
            known.elapsed = std::max(known.elapsed, step->elapsed);
            known.energy = std::max(known.energy, step->energy);
            known.peak = std::max(known.peak, step->highest);
        } else if (const auto* end = std::get_if<protocol::SessionEnded>(&record.body)) {
            if (end->session == session) known.end = LastKnown::End::recorded;
        } else if (const auto* start = std::get_if<protocol::SessionStarted>(&record.body)) {
            if (start->session == session) {
                began = record.head.mono;
                known.started = *start;
            }
        }
        return known.started ? Search::found : Search::go_on;
    }

    Search learn_frame(const Record& record)
    {
        const auto* frame = std::get_if<protocol::Telemetry>(&record.body);
        if (frame == nullptr || record.head.boot != boot() || frame->outlets.size() < outlet)
            return Search::go_on;
        // A frame from before the start speaks of the session before.
        if (known.started && record.head.mono < began) return Search::found;
        const auto& reading = frame->outlets[outlet - 1U];
        known.energy = std::max(known.energy, reading.energy);
        known.peak = std::max(known.peak, reading.power);
        known.power = reading.power;
        known.wall = record.head.wall;
        if (known.started) known.elapsed = std::max(known.elapsed, record.head.mono - began);
        return Search::found;
    }
};

template <class Look>
void read_backwards(Journal& journal, Lane lane, std::uint64_t depth, std::uint32_t boot, Look look)
{
    std::array<std::byte, protocol::record_limit> room;
    const auto next = journal.next_seq(lane);
    const auto lowest = std::max(next > depth ? next - depth : 1, journal.oldest(lane));
    for (auto seq = next; seq > lowest;) {
        const auto size = journal.read(lane, --seq, room);
        if (!size) continue;
        const auto record = protocol::decode_record(lane, Bytes{room}.first(*size));
        if (!record) continue;
        if (record->head.boot < boot || look(*record) == Search::found) return;
    }
}

}  // namespace

LastKnown last_known(Journal& journal, protocol::OutletNumber outlet, protocol::SessionId session)
{
    check(outlet >= 1 && outlet <= protocol::outlet_limit && session != 0);
    Traces traces{.outlet = outlet, .session = session};
    read_backwards(journal, Lane::event, recovery_depth_events, traces.boot(),
                   [&](const Record& record) { return traces.learn_event(record); });
    read_backwards(journal, Lane::tele, recovery_depth_frames, traces.boot(),
                   [&](const Record& record) { return traces.learn_frame(record); });
    return traces.known;
}

}  // namespace ks::core
