#include "firmware/protocol/record_codec.hpp"

namespace ks::protocol {

void put(CborWriter& out, const Tripped& body)
{
    check(is_outlet(body.outlet));
    put_all(out, body.outlet, body.cause, body.session, body.measured, body.limit, body.held_for,
            body.count);
}

template <>
Tripped take<Tripped>(CborReader& in)
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

void put(CborWriter& out, const TripCleared& body)
{
    check(is_outlet(body.outlet));
    put_all(out, body.outlet, body.cause, body.command);
}

template <>
TripCleared take<TripCleared>(CborReader& in)
{
    in.array(3);
    return {.outlet = take_outlet(in), .cause = take<TripCause>(in), .command = take_bytes<16>(in)};
}

namespace {

/// The points stand flat, one behind the other, without an array each: with it 24 of them would not
/// fit a record.
constexpr std::size_t items_per_point = 4;

bool is_point(const TracePoint& point)
{
    return point.before >= Millis{0} && point.before <= trace_span_most &&
           (!point.contact ||
            (*point.contact >= trace_contact_least && *point.contact <= trace_contact_most));
}

DeciCelsius trace_contact(CborReader& in)
{
    return DeciCelsius{static_cast<std::int32_t>(
        in.integer(trace_contact_least.count(), trace_contact_most.count()))};
}

TracePoint trace_point(CborReader& in)
{
    return {.before = Millis{in.integer(0, trace_span_most.count())},
            .current = take<Milliamps>(in),
            .power = take<Milliwatts>(in),
            .contact = take_optional<DeciCelsius, trace_contact>(in)};
}

}  // namespace

void put(CborWriter& out, const TripTrace& body)
{
    check(is_outlet(body.outlet));
    out.array(4);
    put(out, body.outlet);
    put(out, body.cause);
    put(out, body.session);
    out.array(items_per_point * body.points.size());
    for (const auto& point : body.points) {
        check(is_point(point));
        put(out, point.before);
        put(out, point.current);
        put(out, point.power);
        put(out, point.contact);
    }
}

template <>
TripTrace take<TripTrace>(CborReader& in)
{
    in.array(4);
    TripTrace body{.outlet = take_outlet(in),
                   .cause = take<TripCause>(in),
                   .session = take<SessionId>(in),
                   .points = {}};
    const auto items = in.array_upto(items_per_point * trace_limit);
    if (items % items_per_point != 0) in.refuse(Refusal::wrong_length);
    for (std::size_t i = 0; i < items / items_per_point && in.ok(); ++i)
        body.points.push_back(trace_point(in));
    return body;
}

void put(CborWriter& out, const InputChanged& body)
{
    put_all(out, body.input, body.from, body.to);
}

template <>
InputChanged take<InputChanged>(CborReader& in)
{
    in.array(3);
    return {.input = take<InputName>(in),
            .from = take<InputCondition>(in),
            .to = take<InputCondition>(in)};
}

void put(CborWriter& out, const SelfTestFailed& body)
{
    put_all(out, body.test, body.detail, body.strikes);
}

template <>
SelfTestFailed take<SelfTestFailed>(CborReader& in)
{
    in.array(3);
    return {.test = take<SelfTest>(in),
            .detail = take<std::uint32_t>(in),
            .strikes = take<std::uint32_t>(in)};
}

void put(CborWriter& out, const RelayWear& body)
{
    check(is_outlet(body.outlet) && body.left_permille <= whole_permille);
    put_all(out, body.outlet, body.closings, body.hot_openings, body.left_permille);
}

template <>
RelayWear take<RelayWear>(CborReader& in)
{
    in.array(4);
    return {.outlet = take_outlet(in),
            .closings = take<std::uint32_t>(in),
            .hot_openings = take<std::uint32_t>(in),
            .left_permille = take_permille(in)};
}

}  // namespace ks::protocol
