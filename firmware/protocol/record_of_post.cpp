#include "firmware/protocol/record_codec.hpp"

namespace ks::protocol {

void put(CborWriter& out, const Booted& body)
{
    check(is_outlet(body.outlets));
    put_all(out, body.cause, body.outlets, body.firmware, body.settings);
}

template <>
Booted take<Booted>(CborReader& in)
{
    in.array(4);
    return {.cause = take<ResetCause>(in),
            .outlets = take_outlet(in),
            .firmware = take_bytes<8>(in),
            .settings = take_bytes<8>(in)};
}

void put(CborWriter& out, const Gap& body)
{
    check(is_seq(body.from) && is_seq(body.to) && body.from <= body.to);
    put_all(out, body.from, body.to, body.before, body.last);
}

template <>
Gap take<Gap>(CborReader& in)
{
    in.array(4);
    const Gap body{.from = take_seq(in),
                   .to = take_seq(in),
                   .before = take_bytes<16>(in),
                   .last = take_bytes<16>(in)};
    if (body.from > body.to) in.refuse(Refusal::out_of_range);
    return body;
}

void put(CborWriter& out, const CommandResult& body)
{
    check(is_outlet(body.outlet));
    put_all(out, body.command, body.action, body.outlet, body.outcome);
}

template <>
CommandResult take<CommandResult>(CborReader& in)
{
    in.array(4);
    return {.command = take_bytes<16>(in),
            .action = take<CommandAction>(in),
            .outlet = take_outlet(in),
            .outcome = take<CommandOutcome>(in)};
}

void put(CborWriter& out, const CommandsRefused& body) { put_all(out, body.outcome, body.count); }

template <>
CommandsRefused take<CommandsRefused>(CborReader& in)
{
    in.array(2);
    return {.outcome = take<CommandOutcome>(in), .count = take<std::uint32_t>(in)};
}

void put(CborWriter& out, const SettingsChanged& body)
{
    put_all(out, body.version, body.settings, body.command);
}

template <>
SettingsChanged take<SettingsChanged>(CborReader& in)
{
    in.array(3);
    return {.version = take<std::uint32_t>(in),
            .settings = take_bytes<8>(in),
            .command = take_bytes<16>(in)};
}

void put(CborWriter& out, const HeadsSigned& body)
{
    out.array(2);
    out.array(body.heads.size());
    for (const auto& head : body.heads) {
        check(head.seq == 0 || is_seq(head.seq));
        put_all(out, head.seq, head.digest);
    }
    put(out, body.signature);
}

template <>
HeadsSigned take<HeadsSigned>(CborReader& in)
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

void put(CborWriter& out, const LinkNoticed& body) { put_all(out, body.matter, body.lasted); }

template <>
LinkNoticed take<LinkNoticed>(CborReader& in)
{
    in.array(2);
    return {.matter = take<LinkNoticed::Matter>(in), .lasted = take<Millis>(in)};
}

}  // namespace ks::protocol
