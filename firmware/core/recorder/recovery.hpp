#pragma once

#include "firmware/protocol/codec.hpp"

namespace ks::core {

/// What a session had come to when the power went, as far as the journal knows.
struct LastKnown {
    Millis elapsed;
    MilliwattHours energy;
    Milliwatts peak;
    /// Its end is in the journal already: the power went again before the vault knew.
    enum class End : std::uint8_t { missing, recorded } end;
};

/// How far back the journal is read for a session's last traces. A session of the absolute cap
/// writes one progress record a minute; beside nine busy neighbours its start lies deeper, and then
/// the elapsed time is counted from its last progress record.
inline constexpr std::uint64_t recovery_depth_events = 512;
inline constexpr std::uint64_t recovery_depth_frames = 4;

namespace detail {

inline void learn(const protocol::Record& record, protocol::SessionId session, LastKnown& known,
                  std::optional<Instant>& started)
{
    if (const auto* step = std::get_if<protocol::SessionProgressed>(&record.body)) {
        if (step->session != session) return;
        known.elapsed = std::max(known.elapsed, step->elapsed);
        known.energy = std::max(known.energy, step->energy);
        known.peak = std::max(known.peak, step->highest);
    } else if (const auto* start = std::get_if<protocol::SessionStarted>(&record.body)) {
        if (start->session == session) started = record.head.mono;
    } else if (const auto* end = std::get_if<protocol::SessionEnded>(&record.body)) {
        if (end->session == session) known.end = LastKnown::End::recorded;
    }
}

}  // namespace detail

/// Reads backwards through the newest events and telemetry frames of the boot that `session`
/// belongs to. What cannot be read is passed over: recovery never fails, it only knows less.
template <class Journal>
[[nodiscard]] LastKnown last_known(Journal& journal, protocol::OutletNumber outlet,
                                   protocol::SessionId session)
{
    LastKnown known{};
    std::optional<Instant> started;
    const auto boot = static_cast<std::uint32_t>(session >> 32);
    std::array<std::byte, protocol::record_limit> room;

    const auto visit = [&](protocol::Lane lane, std::uint64_t depth, auto&& look) {
        const auto next = journal.next_seq(lane);
        const auto lowest = next > depth ? next - depth : 1;
        for (auto seq = next; seq-- > std::max(lowest, journal.oldest(lane));) {
            const auto size = journal.read(lane, seq, room);
            if (!size) continue;
            const auto record = protocol::decode_record(lane, Bytes{room}.first(*size));
            if (!record) continue;
            if (record->head.boot < boot || !look(*record)) return;
        }
    };

    visit(protocol::Lane::event, recovery_depth_events, [&](const protocol::Record& record) {
        detail::learn(record, session, known, started);
        return !started;
    });
    visit(protocol::Lane::tele, recovery_depth_frames, [&](const protocol::Record& record) {
        const auto* frame = std::get_if<protocol::Telemetry>(&record.body);
        if (frame == nullptr || record.head.boot != boot || frame->outlets.size() < outlet)
            return true;
        const auto& reading = frame->outlets[outlet - 1U];
        known.energy = std::max(known.energy, reading.energy);
        known.peak = std::max(known.peak, reading.power);
        if (started && record.head.mono > *started)
            known.elapsed = std::max(known.elapsed, record.head.mono - *started);
        return false;
    });
    return known;
}

}  // namespace ks::core
