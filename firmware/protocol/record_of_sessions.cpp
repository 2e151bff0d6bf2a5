#include "firmware/protocol/record_codec.hpp"

namespace ks::protocol {

void put(CborWriter& out, const OutletChanged& body)
{
    check(is_outlet(body.outlet));
    put_all(out, body.outlet, body.from, body.to);
}

template <>
OutletChanged take<OutletChanged>(CborReader& in)
{
    in.array(3);
    return {.outlet = take_outlet(in), .from = take<OutletState>(in), .to = take<OutletState>(in)};
}

void put(CborWriter& out, const SessionStarted& body)
{
    check(is_outlet(body.outlet) && is_limit(body.energy_limit));
    put_all(out, body.session, body.outlet, body.means, body.card, body.command, body.time_limit,
            body.energy_limit);
}

template <>
SessionStarted take<SessionStarted>(CborReader& in)
{
    in.array(7);
    return {.session = take<SessionId>(in),
            .outlet = take_outlet(in),
            .means = take<StartMeans>(in),
            .card = take<CardToken>(in),
            .command = take_bytes<16>(in),
            .time_limit = take<Millis>(in),
            .energy_limit = take_limit<MilliwattHours>(in)};
}

void put(CborWriter& out, const SessionProgressed& body)
{
    check(is_outlet(body.outlet));
    put_all(out, body.session, body.outlet, body.elapsed, body.energy, body.lowest, body.mean,
            body.highest);
}

template <>
SessionProgressed take<SessionProgressed>(CborReader& in)
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

void put(CborWriter& out, const SessionEnded& body)
{
    check(is_outlet(body.outlet));
    put_all(out, body.session, body.outlet, body.reason, body.elapsed, body.energy, body.peak);
}

template <>
SessionEnded take<SessionEnded>(CborReader& in)
{
    in.array(6);
    return {.session = take<SessionId>(in),
            .outlet = take_outlet(in),
            .reason = take<EndReason>(in),
            .elapsed = take<Millis>(in),
            .energy = take<MilliwattHours>(in),
            .peak = take<Milliwatts>(in)};
}

void put(CborWriter& out, const AuthorityKept& body)
{
    check(is_outlet(body.outlet) && is_limit(body.energy_limit));
    put_all(out, body.session, body.outlet, body.means, body.card, body.time_limit,
            body.energy_limit, body.good_for);
}

template <>
AuthorityKept take<AuthorityKept>(CborReader& in)
{
    in.array(7);
    return {.session = take<SessionId>(in),
            .outlet = take_outlet(in),
            .means = take<StartMeans>(in),
            .card = take<CardToken>(in),
            .time_limit = take<Millis>(in),
            .energy_limit = take_limit<MilliwattHours>(in),
            .good_for = take<Millis>(in)};
}

void put(CborWriter& out, const CardPresented& body)
{
    check(is_outlet(body.outlet));
    put_all(out, body.outlet, body.card);
}

template <>
CardPresented take<CardPresented>(CborReader& in)
{
    in.array(2);
    return {.outlet = take_outlet(in), .card = take<CardToken>(in)};
}

void put(CborWriter& out, const CardDecided& body)
{
    check(is_outlet(body.outlet));
    put_all(out, body.outlet, body.card, body.outcome);
}

template <>
CardDecided take<CardDecided>(CborReader& in)
{
    in.array(3);
    return {.outlet = take_outlet(in),
            .card = take<CardToken>(in),
            .outcome = take<CommandOutcome>(in)};
}

void put(CborWriter& out, const CardsChanged& body)
{
    check(body.cards <= offline_cards_most);
    put_all(out, body.version, body.cards, body.command);
}

template <>
CardsChanged take<CardsChanged>(CborReader& in)
{
    in.array(3);
    return {.version = take<std::uint32_t>(in),
            .cards = take_card_count(in),
            .command = take_bytes<16>(in)};
}

}  // namespace ks::protocol
