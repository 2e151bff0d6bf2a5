#include "firmware/protocol/chain.hpp"
#include "firmware/protocol/fields.hpp"

namespace ks::protocol {

namespace {

bool is_outlet(OutletNumber outlet) { return outlet <= outlet_limit; }

void put(CborWriter& out, const std::optional<WallTime>& wall)
{
    if (wall)
        put_all(out, wall->at, wall->error);
    else
        out.null();
}

void put(CborWriter& out, const Booted& body)
{
    check(is_outlet(body.outlets));
    put_all(out, body.cause, body.outlets, body.firmware, body.settings);
}

void put(CborWriter& out, const OutletChanged& body)
{
    check(is_outlet(body.outlet));
    put_all(out, body.outlet, body.from, body.to);
}

void put(CborWriter& out, const SessionStarted& body)
{
    check(is_outlet(body.outlet) && body.energy_limit >= MilliwattHours{0});
    put_all(out, body.session, body.outlet, body.card, body.command, body.time_limit,
            body.energy_limit);
}

void put(CborWriter& out, const SessionProgressed& body)
{
    check(is_outlet(body.outlet));
    put_all(out, body.session, body.outlet, body.elapsed, body.energy, body.lowest, body.mean,
            body.highest);
}

void put(CborWriter& out, const SessionEnded& body)
{
    check(is_outlet(body.outlet));
    put_all(out, body.session, body.outlet, body.reason, body.elapsed, body.energy, body.peak);
}

void put(CborWriter& out, const Tripped& body)
{
    check(is_outlet(body.outlet));
    put_all(out, body.outlet, body.cause, body.session, body.measured, body.limit, body.held_for,
            body.count);
}

void put(CborWriter& out, const TripCleared& body)
{
    check(is_outlet(body.outlet));
    put_all(out, body.outlet, body.cause, body.command);
}

void put(CborWriter& out, const OutletReading& reading)
{
    put_all(out, reading.state, reading.current, reading.power, reading.energy, reading.contact);
}

void put(CborWriter& out, const Telemetry& body)
{
    out.array(2);
    put(out, body.mains);
    out.array(body.outlets.size());
    for (const auto& outlet : body.outlets)
        put(out, outlet);
}

void put(CborWriter& out, const Gap& body)
{
    check(is_seq(body.from) && is_seq(body.to) && body.from <= body.to);
    put_all(out, body.from, body.to, body.before, body.last);
}

void put(CborWriter& out, const CommandResult& body)
{
    check(is_outlet(body.outlet));
    put_all(out, body.command, body.action, body.outlet, body.outcome);
}

void put(CborWriter& out, const CommandsRefused& body) { put_all(out, body.outcome, body.count); }

void put(CborWriter& out, const CardPresented& body)
{
    check(is_outlet(body.outlet));
    put_all(out, body.outlet, body.card);
}

void put(CborWriter& out, const SettingsChanged& body)
{
    put_all(out, body.version, body.settings, body.command);
}

void put(CborWriter& out, const LaneHead& head)
{
    check(head.seq == 0 || is_seq(head.seq));
    put_all(out, head.seq, head.digest);
}

void put(CborWriter& out, const HeadsSigned& body)
{
    out.array(2);
    out.array(body.heads.size());
    for (const auto& head : body.heads)
        put(out, head);
    put(out, body.signature);
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

}  // namespace ks::protocol
