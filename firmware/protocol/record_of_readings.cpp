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
    check(is_bay(body.bay));
    put_all(out, body.bay, body.from, body.to, body.tag);
}

template <>
BayChanged take<BayChanged>(CborReader& in)
{
    in.array(4);
    return {.bay = take_bay(in),
            .from = take<BayState>(in),
            .to = take<BayState>(in),
            .tag = take<TagToken>(in)};
}

void put(CborWriter& out, const BayNoticed& body)
{
    check(is_bay(body.bay) && is_outlet(body.outlet));
    put_all(out, body.bay, body.matter, body.outlet, body.card, body.lasted);
}

template <>
BayNoticed take<BayNoticed>(CborReader& in)
{
    in.array(5);
    return {.bay = take_bay(in),
            .matter = take<BayMatter>(in),
            .outlet = take_outlet(in),
            .card = take<CardToken>(in),
            .lasted = take<Millis>(in)};
}

}  // namespace ks::protocol
