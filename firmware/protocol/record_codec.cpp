#include "firmware/protocol/record_codec.hpp"

#include "firmware/protocol/chain.hpp"

namespace ks::protocol {

void put(CborWriter& out, const WallTime& wall) { put_all(out, wall.at, wall.error); }

namespace {

WallTime wall_time(CborReader& in)
{
    in.array(2);
    return {.at = take<UnixMillis>(in), .error = take<Millis>(in)};
}

RecordBody body_of(RecordKind kind, CborReader& in)
{
    switch (kind) {
    case RecordKind::booted: return take<Booted>(in);
    case RecordKind::outlet_changed: return take<OutletChanged>(in);
    case RecordKind::session_started: return take<SessionStarted>(in);
    case RecordKind::session_progressed: return take<SessionProgressed>(in);
    case RecordKind::session_ended: return take<SessionEnded>(in);
    case RecordKind::tripped: return take<Tripped>(in);
    case RecordKind::trip_cleared: return take<TripCleared>(in);
    case RecordKind::telemetry: return take<Telemetry>(in);
    case RecordKind::gap: return take<Gap>(in);
    case RecordKind::command_result: return take<CommandResult>(in);
    case RecordKind::commands_refused: return take<CommandsRefused>(in);
    case RecordKind::card_presented: return take<CardPresented>(in);
    case RecordKind::settings_changed: return take<SettingsChanged>(in);
    case RecordKind::heads_signed: return take<HeadsSigned>(in);
    case RecordKind::post_reading: return take<PostReading>(in);
    case RecordKind::input_changed: return take<InputChanged>(in);
    case RecordKind::relay_wear: return take<RelayWear>(in);
    case RecordKind::trip_trace: return take<TripTrace>(in);
    case RecordKind::authority_kept: return take<AuthorityKept>(in);
    case RecordKind::card_decided: return take<CardDecided>(in);
    case RecordKind::cards_changed: return take<CardsChanged>(in);
    case RecordKind::self_test_failed: return take<SelfTestFailed>(in);
    case RecordKind::bay_changed: return take<BayChanged>(in);
    case RecordKind::bay_noticed: return take<BayNoticed>(in);
    case RecordKind::link_noticed: return take<LinkNoticed>(in);
    }
    in.refuse(Refusal::unknown_value);
    return {};
}

}  // namespace

RecordBytes encode(const Record& record, const ChainDigest& before)
{
    const auto& [head, body] = record;
    check(travels_in(body, head.lane));
    check(is_seq(head.seq));

    RecordBytes bytes;
    CborWriter out{bytes.raw()};
    out.array(record_items);
    put(out, version);
    put(out, head.boot);
    put(out, head.seq);
    put(out, head.mono);
    put(out, head.wall);
    put(out, kind_of(body));
    std::visit([&out](const auto& of_kind) { put(out, of_kind); }, body);

    const auto digest = chain_digest(before, out.written());
    put(out, digest);
    check(out.ok());
    bytes.resize(out.written().size());
    return bytes;
}

Result<Record, Refusal> decode_record(Lane lane, Bytes bytes)
{
    if (bytes.size() > record_limit) return Failure{Refusal::wrong_length};

    CborReader in{bytes};
    in.message(record_items);
    const auto boot = take<std::uint32_t>(in);
    const RecordHead head{.lane = lane,
                          .seq = take_seq(in),
                          .boot = boot,
                          .mono = take<Instant>(in),
                          .wall = take_optional<WallTime, wall_time>(in)};
    const auto kind = take<RecordKind>(in);
    const Record record{.head = head, .body = body_of(kind, in)};
    (void)in.bytes(chain_digest_size);
    in.end();

    if (!in.ok()) return Failure{in.refusal()};
    if (!travels_in(record.body, lane)) return Failure{Refusal::wrong_lane};
    return record;
}

}  // namespace ks::protocol
