#include "tests/protocol/random_values.hpp"

namespace ks::protocol {

Telemetry RandomValues::telemetry()
{
    Telemetry made{.mains = measured<Millivolts>(), .outlets = {}};
    const auto outlets = outlet();
    for (int i = 0; i < outlets; ++i)
        made.outlets.push_back({.state = word<OutletState>(),
                                .current = measured<Milliamps>(),
                                .power = measured<Milliwatts>(),
                                .energy = measured<MilliwattHours>(),
                                .contact = maybe_measured<DeciCelsius>()});
    return made;
}

PostReading RandomValues::post_reading()
{
    PostReading made{.cabinet = maybe_measured<DeciCelsius>(),
                     .rail = measured<Millivolts>(),
                     .residual = {},
                     .inputs = {},
                     .current = measured<Milliamps>(),
                     .power = measured<Milliwatts>()};
    for (auto left = number(0, circuit_limit); left > 0; --left)
        made.residual.push_back(maybe_measured<Milliamps>());
    for (auto left = number(0, input_limit); left > 0; --left)
        made.inputs.push_back(word<InputCondition>());
    return made;
}

TripTrace RandomValues::trip_trace()
{
    TripTrace made{.outlet = outlet(), .cause = word<TripCause>(), .session = u64(), .points = {}};
    for (auto left = number(0, trace_limit); left > 0; --left) {
        const DeciCelsius contact{static_cast<std::int32_t>(
            number(trace_contact_least.count(), trace_contact_most.count()))};
        made.points.push_back({.before = Millis{number(0, trace_span_most.count())},
                               .current = measured<Milliamps>(),
                               .power = measured<Milliwatts>(),
                               .contact = coin() ? std::optional{contact} : std::nullopt});
    }
    return made;
}

HeadsSigned RandomValues::heads_signed()
{
    HeadsSigned made{.heads = {}, .signature = bytes<64>()};
    for (auto& head : made.heads)
        head = {.seq = static_cast<std::uint64_t>(number(0, greatest)), .digest = bytes<16>()};
    return made;
}

RecordBody RandomValues::session_body(RecordKind kind)
{
    if (kind == RecordKind::session_started)
        return SessionStarted{.session = u64(),
                              .outlet = outlet(),
                              .means = word<StartMeans>(),
                              .card = u64(),
                              .command = bytes<16>(),
                              .time_limit = limit<Millis>(),
                              .energy_limit = limit<MilliwattHours>()};
    if (kind == RecordKind::session_progressed)
        return SessionProgressed{.session = u64(),
                                 .outlet = outlet(),
                                 .elapsed = limit<Millis>(),
                                 .energy = measured<MilliwattHours>(),
                                 .lowest = measured<Milliwatts>(),
                                 .mean = measured<Milliwatts>(),
                                 .highest = measured<Milliwatts>()};
    if (kind == RecordKind::session_ended)
        return SessionEnded{.session = u64(),
                            .outlet = outlet(),
                            .reason = word<EndReason>(),
                            .elapsed = limit<Millis>(),
                            .energy = measured<MilliwattHours>(),
                            .peak = measured<Milliwatts>()};
    return AuthorityKept{.session = u64(),
                         .outlet = outlet(),
                         .means = word<StartMeans>(),
                         .card = u64(),
                         .time_limit = limit<Millis>(),
                         .energy_limit = limit<MilliwattHours>(),
                         .good_for = limit<Millis>()};
}

RecordBody RandomValues::alarm_body(RecordKind kind)
{
    if (kind == RecordKind::tripped)
        return Tripped{.outlet = outlet(),
                       .cause = word<TripCause>(),
                       .session = u64(),
                       .measured = number(-greatest, greatest),
                       .limit = number(-greatest, greatest),
                       .held_for = limit<Millis>(),
                       .count = u32()};
    if (kind == RecordKind::trip_cleared)
        return TripCleared{.outlet = outlet(), .cause = word<TripCause>(), .command = bytes<16>()};
    if (kind == RecordKind::input_changed)
        return InputChanged{.input = word<InputName>(),
                            .from = word<InputCondition>(),
                            .to = word<InputCondition>()};
    return SelfTestFailed{.test = word<SelfTest>(), .detail = u32(), .strikes = u32()};
}

RecordBody RandomValues::bay_body(RecordKind kind)
{
    const auto bay = static_cast<BayNumber>(number(1, bay_limit));
    if (kind == RecordKind::bay_changed)
        return BayChanged{.bay = bay,
                          .from = word<BayState>(),
                          .to = word<BayState>(),
                          .tag = u64(),
                          .outlet = outlet(),
                          .card = u64(),
                          .stayed = coin() ? std::optional{limit<Millis>()} : std::nullopt};
    const auto place = word<PlaceKind>();
    return BayNoticed{.kind = place,
                      .place = place == PlaceKind::annunciator ? PlaceNumber{0} : bay,
                      .matter = word<BayMatter>(),
                      .outlet = outlet(),
                      .card = u64(),
                      .lasted = coin() ? std::optional{limit<Millis>()} : std::nullopt};
}

RecordBody RandomValues::post_body(RecordKind kind)
{
    if (kind == RecordKind::booted)
        return Booted{.cause = word<ResetCause>(),
                      .outlets = outlet(),
                      .firmware = bytes<8>(),
                      .settings = bytes<8>()};
    if (kind == RecordKind::gap) {
        const auto [from, to] = std::minmax({seq(), seq()});
        return Gap{.from = from, .to = to, .before = bytes<16>(), .last = bytes<16>()};
    }
    if (kind == RecordKind::command_result)
        return CommandResult{.command = bytes<16>(),
                             .action = word<CommandAction>(),
                             .outlet = outlet(),
                             .outcome = word<CommandOutcome>()};
    return RelayWear{.outlet = outlet(),
                     .closings = u32(),
                     .hot_openings = u32(),
                     .left_permille = static_cast<std::uint32_t>(number(0, 1'000))};
}

RecordBody RandomValues::body(RecordKind kind)
{
    switch (kind) {
        using enum RecordKind;
    case booted:
    case gap:
    case command_result:
    case relay_wear: return post_body(kind);
    case session_started:
    case session_progressed:
    case session_ended:
    case authority_kept: return session_body(kind);
    case tripped:
    case trip_cleared:
    case input_changed:
    case self_test_failed: return alarm_body(kind);
    case bay_changed:
    case bay_noticed: return bay_body(kind);
    case outlet_changed:
        return OutletChanged{
            .outlet = outlet(), .from = word<OutletState>(), .to = word<OutletState>()};
    case RecordKind::telemetry: return this->telemetry();
    case commands_refused:
        return CommandsRefused{.outcome = word<CommandOutcome>(), .count = u32()};
    case card_presented: return CardPresented{.outlet = outlet(), .card = u64()};
    case settings_changed:
        return SettingsChanged{.version = u32(), .settings = bytes<8>(), .command = bytes<16>()};
    case RecordKind::heads_signed: return this->heads_signed();
    case RecordKind::post_reading: return this->post_reading();
    case RecordKind::trip_trace: return this->trip_trace();
    case card_decided:
        return CardDecided{.outlet = outlet(), .card = u64(), .outcome = word<CommandOutcome>()};
    case cards_changed:
        return CardsChanged{.version = u32(),
                            .cards = static_cast<std::uint32_t>(number(0, offline_cards_most)),
                            .command = bytes<16>()};
    case link_noticed:
        return LinkNoticed{.matter = word<LinkNoticed::Matter>(), .lasted = limit<Millis>()};
    }
    return {};
}

Record RandomValues::record()
{
    const auto made = body(word<RecordKind>());
    auto lane = word<Lane>();
    while (!travels_in(made, lane))
        lane = word<Lane>();

    std::optional<WallTime> wall;
    if (coin()) wall = WallTime{.at = moment(), .error = limit<Millis>()};
    return {.head = {.lane = lane,
                     .seq = seq(),
                     .boot = u32(),
                     .mono = Instant{limit<Millis>()},
                     .wall = wall},
            .body = made};
}

}  // namespace ks::protocol
