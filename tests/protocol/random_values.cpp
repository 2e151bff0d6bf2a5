#include "tests/protocol/random_values.hpp"

#include "firmware/protocol/fields.hpp"

#include <string>

namespace ks::protocol {

// The engine's numbers are the standard's, but a distribution's are the library's own; so that a
// seed means the same everywhere, numbers are cut to size here.
std::int64_t RandomValues::number(std::int64_t least, std::int64_t most)
{
    const auto width = static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least);
    const auto dice = engine_() % 16;
    if (dice < 2) return least;
    if (dice < 4) return most;
    // Small numbers are as likely as large ones, so that every length of head comes up.
    const auto drawn = engine_() >> (engine_() % 64);
    const auto step = width == UINT64_MAX ? drawn : drawn % (width + 1);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(least) + step);
}

std::uint64_t RandomValues::seq() { return static_cast<std::uint64_t>(number(1, greatest)); }

OutletNumber RandomValues::outlet()
{
    return static_cast<OutletNumber>(number(0, static_cast<std::int64_t>(outlet_limit)));
}

PostId RandomValues::post()
{
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    std::string text(static_cast<std::size_t>(number(8, 32)), ' ');
    for (auto& c : text)
        c = alphabet[static_cast<std::size_t>(number(0, static_cast<int>(alphabet.size()) - 1))];
    return *PostId::from(text);
}

template <class Owner>
Owner RandomValues::limits()
{
    Owner made{};
    each_limit_of<Owner>([&](const auto& row) {
        using Value = typename std::remove_cvref_t<decltype(row)>::Value;
        if constexpr (std::same_as<Value, std::uint32_t>)
            made.*row.field = u32();
        else
            made.*row.field = limit<Value>();
    });
    return made;
}

ProfileName RandomValues::profile()
{
    // Every printable character but the two that the diagnostic notation would have to escape.
    std::string text(static_cast<std::size_t>(number(0, 16)), ' ');
    for (auto& c : text)
        do
            c = static_cast<char>(number(0x20, 0x7E));
        while (c == '"' || c == '\\');
    return ProfileName{bytes_of(text)};
}

Settings RandomValues::settings()
{
    Settings made{.version = u32(),
                  .profile = profile(),
                  .types = {limits<Limits>(), limits<Limits>()},
                  .type_of = {},
                  .post = limits<PostLimits>(),
                  .calibration = {}};
    for (auto& type : made.type_of)
        type = static_cast<std::uint8_t>(number(0, outlet_types - 1));
    for (auto& gains : made.calibration)
        gains = {.voltage = Gain{static_cast<std::uint16_t>(number(0, 0xFFFF))},
                 .current = Gain{static_cast<std::uint16_t>(number(0, 0xFFFF))}};
    return made;
}

SetCards RandomValues::set_cards()
{
    const auto total = number(0, offline_cards_most);
    const auto first = number(0, std::max<std::int64_t>(total - 1, 0));
    const auto size =
        total == 0 ? 0 : number(1, std::min<std::int64_t>(total - first, cards_per_part));
    SetCards made{.version = u32(),
                  .good_until = moment(),
                  .first = static_cast<std::uint32_t>(first),
                  .total = static_cast<std::uint32_t>(total),
                  .cards = {}};
    for (int i = 0; i < size; ++i)
        made.cards.push_back({.card = std::max<std::uint64_t>(u64(), 1),
                              .expires = moment(),
                              .time_limit = limit<Millis>(),
                              .energy_limit = limit<MilliwattHours>()});
    return made;
}

CommandBody RandomValues::command_body()
{
    switch (word<CommandAction>()) {
    case CommandAction::start:
        return StartOutlet{.outlet = outlet(),
                           .card = u64(),
                           .time_limit = limit<Millis>(),
                           .energy_limit = limit<MilliwattHours>()};
    case CommandAction::stop: return StopOutlet{.outlet = outlet()};
    case CommandAction::clear_trip:
        return ClearTrip{.outlet = outlet(), .cause = word<TripCause>()};
    case CommandAction::locate:
        return LocateOutlet{.outlet = outlet(), .duration = limit<Millis>()};
    case CommandAction::test_outlet:
        return TestOutlet{.outlet = outlet(), .duration = limit<Millis>()};
    case CommandAction::set_cards: return set_cards();
    case CommandAction::silence_sounder: return SilenceSounder{.duration = limit<Millis>()};
    case CommandAction::set_settings: break;
    }
    return SetSettings{.settings = settings(),
                       .approval_a = coin() ? std::optional{bytes<64>()} : std::nullopt,
                       .approval_b = coin() ? std::optional{bytes<64>()} : std::nullopt};
}

Command RandomValues::command()
{
    return {.post = post(),
            .id = bytes<16>(),
            .nonce = coin() ? std::optional{bytes<16>()} : std::nullopt,
            .role = word<Role>(),
            .issuer = bytes<8>(),
            .issued = moment(),
            .good_for = limit<Millis>(),
            .body = command_body()};
}

Birth RandomValues::birth()
{
    Birth made{.boot = u32(),
               .mono = Instant{limit<Millis>()},
               .outlets = outlet(),
               .firmware = bytes<8>(),
               .settings = bytes<8>(),
               .settings_version = u32(),
               .lanes = {}};
    for (auto& lane : made.lanes) {
        const auto [oldest, next] = std::minmax({seq(), seq()});
        lane = {.oldest = oldest, .next = next, .before = bytes<16>()};
    }
    return made;
}

NonceOffer RandomValues::nonce_offer()
{
    return {.boot = u32(), .mono = Instant{limit<Millis>()}, .nonce = bytes<16>()};
}

Ack RandomValues::ack()
{
    Ack made{};
    for (auto& upto : made.upto)
        upto = static_cast<std::uint64_t>(number(0, greatest));
    return made;
}

TimeNotice RandomValues::time_notice()
{
    return {.echo = Instant{limit<Millis>()},
            .now = UnixMillis{number(earliest_time.count(), latest_time.count())}};
}

RangeRequest RandomValues::range_request()
{
    const auto [from, to] = std::minmax({seq(), seq()});
    return {.lane = word<Lane>(), .from = from, .to = to};
}

}  // namespace ks::protocol
