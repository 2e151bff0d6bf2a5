#include "firmware/protocol/chain.hpp"
#include "firmware/protocol/fields.hpp"

namespace ks::protocol {

namespace {

// A braced list is read from left to right, so the fields are written here in the order in which
// they lie in the bytes.

WallTime wall_time(CborReader& in)
{
    in.array(2);
    return {.at = take<UnixMillis>(in), .error = take<Millis>(in)};
}

Booted booted(CborReader& in)
{
    in.array(4);
    return {.cause = take<ResetCause>(in),
            .outlets = take_outlet(in),
            .firmware = take_bytes<8>(in),
            .settings = take_bytes<8>(in)};
}

OutletChanged outlet_changed(CborReader& in)
{
    in.array(3);
    return {.outlet = take_outlet(in), .from = take<OutletState>(in), .to = take<OutletState>(in)};
}

SessionStarted session_started(CborReader& in)
{
    in.array(6);
    return {.session = take<SessionId>(in),
            .outlet = take_outlet(in),
            .card = take<CardToken>(in),
            .command = take_bytes<16>(in),
            .time_limit = take<Millis>(in),
            .energy_limit = take_limit<MilliwattHours>(in)};
}

SessionProgressed session_progressed(CborReader& in)
{
    in.array(7);
    return {.session = take<SessionId>(in),
            .outlet = take_outlet(in),
            .elapsed = take<Millis>(in),
            .energy = take<MilliwattHours>(in),
            .lowest = take<Milliwatts>(in),
            .mean = take<Milliwatts>(in),
            .highest = take<Milliwatts>(in)};
}

SessionEnded session_ended(CborReader& in)
{
    in.array(6);
    return {.session = take<SessionId>(in),
            .outlet = take_outlet(in),
            .reason = take<EndReason>(in),
            .elapsed = take<Millis>(in),
            .energy = take<MilliwattHours>(in),
            .peak = take<Milliwatts>(in)};
}

Tripped tripped(CborReader& in)
{
    in.array(7);
    return {.outlet = take_outlet(in),
            .cause = take<TripCause>(in),
            .session = take<SessionId>(in),
            .measured = take<std::int64_t>(in),
            .limit = take<std::int64_t>(in),
            .held_for = take<Millis>(in),
            .count = take<std::uint32_t>(in)};
}

TripCleared trip_cleared(CborReader& in)
{
    in.array(3);
    return {.outlet = take_outlet(in), .cause = take<TripCause>(in), .command = take_bytes<16>(in)};
}

OutletReading outlet_reading(CborReader& in)
{
    in.array(5);
    return {.state = take<OutletState>(in),
            .current = take<Milliamps>(in),
            .power = take<Milliwatts>(in),
            .energy = take<MilliwattHours>(in),
            .contact = take_optional<DeciCelsius, take<DeciCelsius>>(in)};
}

Telemetry telemetry(CborReader& in)
{
    in.array(2);
    Telemetry body{.mains = take<Millivolts>(in), .outlets = {}};
    const auto count = in.array_upto(outlet_limit);
    for (std::size_t i = 0; i < count && in.ok(); ++i)
        body.outlets.push_back(outlet_reading(in));
    return body;
}

Gap gap(CborReader& in)
{
    in.array(4);
    const Gap body{.from = take_seq(in),
                   .to = take_seq(in),
                   .before = take_bytes<16>(in),
                   .last = take_bytes<16>(in)};
    if (body.from > body.to) in.refuse(Refusal::out_of_range);
    return body;
}

CommandResult command_result(CborReader& in)
{
    in.array(4);
    return {.command = take_bytes<16>(in),
            .action = take<CommandAction>(in),
            .outlet = take_outlet(in),
            .outcome = take<CommandOutcome>(in)};
}

CommandsRefused commands_refused(CborReader& in)
{
    in.array(2);
    return {.outcome = take<CommandOutcome>(in), .count = take<std::uint32_t>(in)};
}

CardPresented card_presented(CborReader& in)
{
    in.array(2);
    return {.outlet = take_outlet(in), .card = take<CardToken>(in)};
}

SettingsChanged settings_changed(CborReader& in)
{
    in.array(3);
    return {.version = take<std::uint32_t>(in),
            .settings = take_bytes<8>(in),
            .command = take_bytes<16>(in)};
}

HeadsSigned heads_signed(CborReader& in)
{
    in.array(2);
    HeadsSigned body{};
    in.array(body.heads.size());
    for (auto& head : body.heads) {
        in.array(2);
        head = {.seq = take_count(in), .digest = take_bytes<16>(in)};
    }
    body.signature = take_bytes<64>(in);
    return body;
}

RecordBody body_of(RecordKind kind, CborReader& in)
{
    switch (kind) {
    case RecordKind::booted: return booted(in);
    case RecordKind::outlet_changed: return outlet_changed(in);
    case RecordKind::session_started: return session_started(in);
    case RecordKind::session_progressed: return session_progressed(in);
    case RecordKind::session_ended: return session_ended(in);
    case RecordKind::tripped: return tripped(in);
    case RecordKind::trip_cleared: return trip_cleared(in);
    case RecordKind::telemetry: return telemetry(in);
    case RecordKind::gap: return gap(in);
    case RecordKind::command_result: return command_result(in);
    case RecordKind::commands_refused: return commands_refused(in);
    case RecordKind::card_presented: return card_presented(in);
    case RecordKind::settings_changed: return settings_changed(in);
    case RecordKind::heads_signed: return heads_signed(in);
    }
    in.refuse(Refusal::unknown_value);
    return {};
}

}  // namespace

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
