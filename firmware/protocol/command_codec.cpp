#include "firmware/crypto/hmac.hpp"
#include "firmware/protocol/fields.hpp"
#include "firmware/protocol/settings_codec.hpp"

namespace ks::protocol {

namespace {

/// `[version, post, id, nonce, role, issuer, issued, good_for, action, body, code]`
constexpr std::size_t command_items = 11;

using Code = crypto::Digest;

constexpr std::size_t longest_id = 32;

void put(CborWriter& out, const StartOutlet& body)
{
    put_all(out, body.outlet, body.card, body.time_limit, body.energy_limit);
}

void put(CborWriter& out, const StopOutlet& body) { put_all(out, body.outlet); }

void put(CborWriter& out, const ClearTrip& body) { put_all(out, body.outlet, body.cause); }

void put(CborWriter& out, const LocateOutlet& body) { put_all(out, body.outlet, body.duration); }

void put(CborWriter& out, const SetSettings& body)
{
    put_all(out, body.settings, body.approval_a, body.approval_b);
}

void put(CborWriter& out, const TestOutlet& body) { put_all(out, body.outlet, body.duration); }

void put(CborWriter& out, const OfflineCard& card)
{
    put_all(out, card.card, card.expires, card.time_limit, card.energy_limit);
}

void put(CborWriter& out, const SetCards& body)
{
    out.array(5);
    put(out, body.version);
    put(out, body.good_until);
    put(out, body.first);
    put(out, body.total);
    out.array(body.cards.size());
    for (const auto& card : body.cards)
        put(out, card);
}

void put(CborWriter& out, const SilenceSounder& body) { put_all(out, body.duration); }

bool in_range(const StartOutlet& body)
{
    return is_outlet(body.outlet) && is_limit(body.time_limit) && is_limit(body.energy_limit);
}

bool in_range(const StopOutlet& body) { return is_outlet(body.outlet); }
bool in_range(const ClearTrip& body) { return is_outlet(body.outlet); }

bool in_range(const LocateOutlet& body)
{
    return is_outlet(body.outlet) && is_limit(body.duration);
}

bool in_range(const SetSettings& body) { return encodable(body.settings); }

bool in_range(const TestOutlet& body) { return is_outlet(body.outlet) && is_limit(body.duration); }

bool is_moment(UnixMillis at) { return at.count() >= -greatest && at.count() <= greatest; }

bool in_range(const OfflineCard& card)
{
    return card.card != 0 && is_moment(card.expires) && is_limit(card.time_limit) &&
           is_limit(card.energy_limit);
}

/// A part lies within its list, and only an empty list has an empty part.
bool is_part(const SetCards& body)
{
    return body.total <= offline_cards_most && body.first <= body.total &&
           body.cards.size() <= body.total - body.first && body.cards.empty() == (body.total == 0);
}

bool in_range(const SetCards& body)
{
    return is_part(body) && is_moment(body.good_until) &&
           std::all_of(body.cards.begin(), body.cards.end(),
                       [](const OfflineCard& card) { return in_range(card); });
}

bool in_range(const SilenceSounder& body) { return is_limit(body.duration); }

/// All but the code.
void put_signed_part(CborWriter& out, const Command& command)
{
    check(encodable(command));
    out.array(command_items);
    put(out, version);
    out.text(command.post.text());
    put(out, command.id);
    put(out, command.nonce);
    put(out, command.role);
    put(out, command.issuer);
    put(out, command.issued);
    put(out, command.good_for);
    put(out, action_of(command.body));
    std::visit([&out](const auto& body) { put(out, body); }, command.body);
}

OfflineCard offline_card(CborReader& in)
{
    in.array(4);
    const OfflineCard card{.card = take<CardToken>(in),
                           .expires = take<UnixMillis>(in),
                           .time_limit = take<Millis>(in),
                           .energy_limit = take_limit<MilliwattHours>(in)};
    // No card at all would otherwise be on the list.
    if (card.card == 0) in.refuse(Refusal::out_of_range);
    return card;
}

SetCards set_cards(CborReader& in)
{
    in.array(5);
    const SetCards body{.version = take<std::uint32_t>(in),
                        .good_until = take<UnixMillis>(in),
                        .first = take_card_count(in),
                        .total = take_card_count(in),
                        .cards = take_list<OfflineCard, cards_per_part, offline_card>(in)};
    if (!is_part(body)) in.refuse(Refusal::out_of_range);
    return body;
}

/// The three items of the body, which a record has behind its version.
SetSettings approved_settings(CborReader& in)
{
    return {.settings = take_settings(in),
            .approval_a = take_optional<Signature, take_bytes<64>>(in),
            .approval_b = take_optional<Signature, take_bytes<64>>(in)};
}

CommandBody body_of(CommandAction action, CborReader& in)
{
    switch (action) {
    case CommandAction::start:
        in.array(4);
        return StartOutlet{.outlet = take_outlet(in),
                           .card = take<CardToken>(in),
                           .time_limit = take<Millis>(in),
                           .energy_limit = take_limit<MilliwattHours>(in)};
    case CommandAction::stop: in.array(1); return StopOutlet{.outlet = take_outlet(in)};
    case CommandAction::clear_trip:
        in.array(2);
        return ClearTrip{.outlet = take_outlet(in), .cause = take<TripCause>(in)};
    case CommandAction::locate:
        in.array(2);
        return LocateOutlet{.outlet = take_outlet(in), .duration = take<Millis>(in)};
    case CommandAction::set_settings: in.array(3); return approved_settings(in);
    case CommandAction::test_outlet:
        in.array(2);
        return TestOutlet{.outlet = take_outlet(in), .duration = take<Millis>(in)};
    case CommandAction::set_cards: return set_cards(in);
    case CommandAction::silence_sounder:
        in.array(1);
        return SilenceSounder{.duration = take<Millis>(in)};
    }
    in.refuse(Refusal::unknown_value);
    return {};
}

struct Opened {
    Command command;
    /// How many bytes the code covers.
    std::size_t covered;
    std::optional<Code> code;
};

Result<Opened, Refusal> open(Bytes bytes)
{
    if (bytes.size() > command_limit) return Failure{Refusal::wrong_length};

    CborReader in{bytes};
    in.message(command_items);
    const auto post = PostId::from(in.text(longest_id));
    if (in.ok() && !post) in.refuse(Refusal::unknown_value);
    if (!in.ok()) return Failure{in.refusal()};

    Opened opened{.command = {.post = *post,
                              .id = take_bytes<16>(in),
                              .nonce = take_optional<Nonce, take_bytes<16>>(in),
                              .role = take<Role>(in),
                              .issuer = take_bytes<8>(in),
                              .issued = take<UnixMillis>(in),
                              .good_for = take<Millis>(in),
                              .body = body_of(take<CommandAction>(in), in)},
                  .covered = in.taken(),
                  .code = take_optional<Code, take_bytes<crypto::digest_size>>(in)};
    in.end();
    if (!in.ok()) return Failure{in.refusal()};
    return opened;
}

}  // namespace

bool encodable(const Command& command)
{
    return is_moment(command.issued) && is_limit(command.good_for) &&
           std::visit([](const auto& body) { return in_range(body); }, command.body);
}

CommandBytes encode(const Command& command, const CommandKey& key)
{
    CommandBytes bytes;
    CborWriter out{bytes.raw()};
    put_signed_part(out, command);
    put(out, crypto::hmac_sha256(key, out.written()));
    check(out.ok());
    bytes.resize(out.written().size());
    return bytes;
}

CommandBytes encode_bare(const Command& command)
{
    CommandBytes bytes;
    CborWriter out{bytes.raw()};
    put_signed_part(out, command);
    out.null();
    check(out.ok());
    bytes.resize(out.written().size());
    return bytes;
}

SettingsRecordBytes encode(const SetSettings& record)
{
    SettingsRecordBytes bytes;
    CborWriter out{bytes.raw()};
    put_message(out, record.settings, record.approval_a, record.approval_b);
    check(out.ok());
    bytes.resize(out.written().size());
    return bytes;
}

Result<SetSettings, Refusal> decode_settings_record(Bytes bytes)
{
    CborReader in{bytes};
    in.message(4);
    const auto record = approved_settings(in);
    in.end();
    if (!in.ok()) return Failure{in.refusal()};
    return record;
}

Result<Command, Refusal> decode_command(Bytes bytes)
{
    const auto opened = open(bytes);
    if (!opened) return Failure{opened.reason()};
    return opened->command;
}

Authenticity authenticity(Bytes command, const CommandKey& key)
{
    const auto opened = open(command);
    if (!opened) return Authenticity::wrong;
    if (!opened->code) return Authenticity::absent;

    const auto right = crypto::hmac_sha256(key, command.first(opened->covered));
    return crypto::equal_in_constant_time(right, *opened->code) ? Authenticity::proven
                                                                : Authenticity::wrong;
}

}  // namespace ks::protocol
