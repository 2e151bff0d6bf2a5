#include "firmware/protocol/record_codec.hpp"

namespace ks::protocol {

void put(CborWriter& out, const OutletReading& reading)
{
    put_all(out, reading.state, reading.current, reading.power, reading.energy, reading.contact);
}

namespace {

OutletReading outlet_reading(CborReader& in)
{
    in.array(5);
    return {.state = take<OutletState>(in),
            .current = take<Milliamps>(in),
            .power = take<Milliwatts>(in),
            .energy = take<MilliwattHours>(in),
            .contact = take_optional<DeciCelsius, take<DeciCelsius>>(in)};
}

std::optional<Milliamps> residual(CborReader& in)
{
    return take_optional<Milliamps, take<Milliamps>>(in);
}

bool is_bay(BayNumber bay) { return bay >= 1 && bay <= bay_limit; }

BayNumber take_bay(CborReader& in)
{
    const auto bay = static_cast<BayNumber>(in.uint(bay_limit));
    if (bay == 0) in.refuse(Refusal::out_of_range);
    return bay;
}

constexpr bool is_place(PlaceKind kind, PlaceNumber place)
{
    return place <= place_limit && (place == 0) == (kind == PlaceKind::annunciator);
}
static_assert(is_place(PlaceKind::bay, 1) && !is_place(PlaceKind::bay, 0) &&
              is_place(PlaceKind::annunciator, 0) && !is_place(PlaceKind::annunciator, 1));

PlaceNumber take_place(CborReader& in, PlaceKind kind)
{
    const auto place = static_cast<PlaceNumber>(in.uint(place_limit));
    if (in.ok() && !is_place(kind, place)) in.refuse(Refusal::out_of_range);
    return place;
}

}  // namespace

void put(CborWriter& out, const Telemetry& body)
{
    out.array(2);
    put(out, body.mains);
    out.array(body.outlets.size());
    for (const auto& outlet : body.outlets)
        put(out, outlet);
}

template <>
Telemetry take<Telemetry>(CborReader& in)
{
    in.array(2);
    return {.mains = take<Millivolts>(in),
            .outlets = take_list<OutletReading, outlet_limit, outlet_reading>(in)};
}

void put(CborWriter& out, const PostReading& body)
{
    put_all(out, body.cabinet, body.rail, body.residual, body.inputs, body.current, body.power);
}

template <>
PostReading take<PostReading>(CborReader& in)
{
    in.array(6);
    return {.cabinet = take_optional<DeciCelsius, take<DeciCelsius>>(in),
            .rail = take<Millivolts>(in),
            .residual = take_list<std::optional<Milliamps>, circuit_limit, residual>(in),
            .inputs = take_list<InputCondition, input_limit, take<InputCondition>>(in),
            .current = take<Milliamps>(in),
            .power = take<Milliwatts>(in)};
}

void put(CborWriter& out, const BayChanged& body)
{
    check(is_bay(body.bay) && is_outlet(body.outlet));
    put_all(out, body.bay, body.from, body.to, body.tag, body.outlet, body.card, body.stayed);
}

template <>
BayChanged take<BayChanged>(CborReader& in)
{
    in.array(7);
    return {.bay = take_bay(in),
            .from = take<BayState>(in),
            .to = take<BayState>(in),
            .tag = take<TagToken>(in),
            .outlet = take_outlet(in),
            .card = take<CardToken>(in),
            .stayed = take_optional<Millis, take<Millis>>(in)};
}

void put(CborWriter& out, const BayNoticed& body)
{
    check(is_place(body.kind, body.place) && is_outlet(body.outlet));
    put_all(out, body.kind, body.place, body.matter, body.outlet, body.card, body.lasted);
}

template <>
BayNoticed take<BayNoticed>(CborReader& in)
{
    in.array(6);
    const auto kind = take<PlaceKind>(in);
    return {.kind = kind,
            .place = take_place(in, kind),
            .matter = take<BayMatter>(in),
            .outlet = take_outlet(in),
            .card = take<CardToken>(in),
            .lasted = take_optional<Millis, take<Millis>>(in)};
}

}  // namespace ks::protocol
