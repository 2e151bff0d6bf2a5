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

template <class Word>
Word RandomValues::word()
{
    return static_cast<Word>(number(static_cast<std::int64_t>(range_of<Word>.first),
                                    static_cast<std::int64_t>(range_of<Word>.last)));
}

template <class T>
T RandomValues::measured()
{
    using Rep = typename T::rep;
    const auto least = std::max<std::int64_t>(std::numeric_limits<Rep>::min(), -greatest);
    const auto most = std::min<std::int64_t>(std::numeric_limits<Rep>::max(), greatest);
    return T{static_cast<Rep>(number(least, most))};
}

template <class T>
T RandomValues::limit()
{
    using Rep = typename T::rep;
    const auto most = std::min<std::int64_t>(std::numeric_limits<Rep>::max(), greatest);
    return T{static_cast<Rep>(number(0, most))};
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

Telemetry RandomValues::telemetry()
{
    Telemetry made{.mains = measured<Millivolts>(), .outlets = {}};
    const auto outlets = outlet();
    for (int i = 0; i < outlets; ++i)
        made.outlets.push_back(
            {.state = word<OutletState>(),
             .current = measured<Milliamps>(),
             .power = measured<Milliwatts>(),
             .energy = measured<MilliwattHours>(),
             .contact = coin() ? std::optional{measured<DeciCelsius>()} : std::nullopt});
    return made;
}

HeadsSigned RandomValues::heads_signed()
{
    HeadsSigned made{.heads = {}, .signature = bytes<64>()};
    for (auto& head : made.heads)
        head = {.seq = static_cast<std::uint64_t>(number(0, greatest)), .digest = bytes<16>()};
    return made;
}

RecordBody RandomValues::session_body(std::size_t kind)
{
    switch (kind) {
    case 2:
        return SessionStarted{.session = u64(),
                              .outlet = outlet(),
                              .card = u64(),
                              .command = bytes<16>(),
                              .time_limit = limit<Millis>(),
                              .energy_limit = limit<MilliwattHours>()};
    case 3:
        return SessionProgressed{.session = u64(),
                                 .outlet = outlet(),
                                 .elapsed = limit<Millis>(),
                                 .energy = measured<MilliwattHours>(),
                                 .lowest = measured<Milliwatts>(),
                                 .mean = measured<Milliwatts>(),
                                 .highest = measured<Milliwatts>()};
    default:
        return SessionEnded{.session = u64(),
                            .outlet = outlet(),
                            .reason = word<EndReason>(),
                            .elapsed = limit<Millis>(),
                            .energy = measured<MilliwattHours>(),
                            .peak = measured<Milliwatts>()};
    }
}

RecordBody RandomValues::body(std::size_t kind)
{
    switch (kind) {
    case 0:
        return Booted{.cause = word<ResetCause>(),
                      .outlets = outlet(),
                      .firmware = bytes<8>(),
                      .settings = bytes<8>()};
    case 1:
        return OutletChanged{
            .outlet = outlet(), .from = word<OutletState>(), .to = word<OutletState>()};
    case 5:
        return Tripped{.outlet = outlet(),
                       .cause = word<TripCause>(),
                       .session = u64(),
                       .measured = number(-greatest, greatest),
                       .limit = number(-greatest, greatest),
                       .held_for = limit<Millis>(),
                       .count = u32()};
    case 6:
        return TripCleared{.outlet = outlet(), .cause = word<TripCause>(), .command = bytes<16>()};
    case 7: return telemetry();
    case 8: {
        const auto [from, to] = std::minmax({seq(), seq()});
        return Gap{.from = from, .to = to, .before = bytes<16>(), .last = bytes<16>()};
    }
    case 9:
        return CommandResult{.command = bytes<16>(),
                             .action = word<CommandAction>(),
                             .outlet = outlet(),
                             .outcome = word<CommandOutcome>()};
    case 10: return CommandsRefused{.outcome = word<CommandOutcome>(), .count = u32()};
    case 11: return CardPresented{.outlet = outlet(), .card = u64()};
    case 12:
        return SettingsChanged{.version = u32(), .settings = bytes<8>(), .command = bytes<16>()};
    case 13: return heads_signed();
    default: return session_body(kind);
    }
}

Record RandomValues::record()
{
    const auto kinds = static_cast<std::int64_t>(std::variant_size_v<RecordBody>);
    const auto made = body(static_cast<std::size_t>(number(0, kinds - 1)));
    auto lane = word<Lane>();
    while (!travels_in(made, lane))
        lane = word<Lane>();

    std::optional<WallTime> wall;
    if (coin())
        wall = WallTime{.at = UnixMillis{number(-greatest, greatest)}, .error = limit<Millis>()};
    return {.head = {.lane = lane,
                     .seq = seq(),
                     .boot = u32(),
                     .mono = Instant{limit<Millis>()},
                     .wall = wall},
            .body = made};
}

Settings RandomValues::settings()
{
    return {.version = u32(),
            .hard_overcurrent = limit<Milliamps>(),
            .overload_pickup = limit<Milliamps>(),
            .overload_tms_permille = static_cast<std::uint32_t>(number(0, whole_permille)),
            .contact_limit = limit<DeciCelsius>(),
            .session_cap = limit<Millis>(),
            .energy_cap = limit<MilliwattHours>(),
            .full_below = limit<Milliwatts>(),
            .full_permille_of_peak = static_cast<std::uint32_t>(number(0, whole_permille)),
            .full_hold = limit<Millis>(),
            .unplugged_below = limit<Milliwatts>(),
            .unplugged_hold = limit<Millis>(),
            .no_load_wait = limit<Millis>()};
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
            .issued = UnixMillis{number(-greatest, greatest)},
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
