#include "tests/protocol/samples.hpp"

namespace ks::protocol::samples {

namespace {

constexpr SessionId session = std::uint64_t{3} << 32 | 7;

RecordHead head(Lane lane, std::uint64_t seq)
{
    return {.lane = lane,
            .seq = seq,
            .boot = 3,
            .mono = Instant{Millis{60'000 + static_cast<std::int64_t>(seq)}},
            .wall = WallTime{.at = morning, .error = Millis{40}}};
}

Telemetry telemetry()
{
    Telemetry made{.mains = Millivolts{228'400}, .outlets = {}};
    made.outlets.push_back({.state = OutletState::charging,
                            .current = Milliamps{1'820},
                            .power = Milliwatts{401'250},
                            .energy = MilliwattHours{123'456},
                            .contact = DeciCelsius{412}});
    made.outlets.push_back({.state = OutletState::idle,
                            .current = Milliamps{0},
                            .power = Milliwatts{-12},
                            .energy = MilliwattHours{0},
                            .contact = std::nullopt});
    return made;
}

PostReading post_reading()
{
    PostReading made{.cabinet = DeciCelsius{384},
                     .rail = Millivolts{12'060},
                     .residual = {},
                     .inputs = {},
                     .current = Milliamps{3'640},
                     .power = Milliwatts{802'500}};
    made.residual.push_back(Milliamps{2});
    made.residual.push_back(std::nullopt);
    made.inputs.push_back(InputCondition::quiet);
    made.inputs.push_back(InputCondition::fault);
    made.inputs.push_back(InputCondition::absent);
    return made;
}

TripTrace trip_trace()
{
    TripTrace made{
        .outlet = 3, .cause = TripCause::contact_rising, .session = session, .points = {}};
    made.points.push_back({.before = Millis{60'000},
                           .current = Milliamps{1'815},
                           .power = Milliwatts{401'000},
                           .contact = DeciCelsius{412}});
    made.points.push_back({.before = Millis{30'000},
                           .current = Milliamps{1'816},
                           .power = Milliwatts{401'250},
                           .contact = DeciCelsius{467}});
    made.points.push_back({.before = Millis{0},
                           .current = Milliamps{1'814},
                           .power = Milliwatts{400'750},
                           .contact = std::nullopt});
    return made;
}

/// What a session is made of.
void add_sessions(std::vector<Record>& made)
{
    made.push_back(
        {head(Lane::event, 2),
         OutletChanged{.outlet = 3, .from = OutletState::idle, .to = OutletState::closing}});
    made.push_back({head(Lane::event, 3), SessionStarted{.session = session,
                                                         .outlet = 3,
                                                         .means = StartMeans::command,
                                                         .card = card,
                                                         .command = command_id,
                                                         .time_limit = Millis{4 * 3'600'000},
                                                         .energy_limit = MilliwattHours{500'000}}});
    made.push_back({head(Lane::event, 24), SessionProgressed{.session = session,
                                                             .outlet = 3,
                                                             .elapsed = Millis{600'000},
                                                             .energy = MilliwattHours{66'000},
                                                             .lowest = Milliwatts{390'000},
                                                             .mean = Milliwatts{396'000},
                                                             .highest = Milliwatts{401'000}}});
    made.push_back({head(Lane::event, 256), SessionEnded{.session = session,
                                                         .outlet = 3,
                                                         .reason = EndReason::full,
                                                         .elapsed = Millis{9'000'000},
                                                         .energy = MilliwattHours{480'123},
                                                         .peak = Milliwatts{412'000}}});
    made.push_back({head(Lane::event, 261), AuthorityKept{.session = session,
                                                          .outlet = 3,
                                                          .means = StartMeans::resumed,
                                                          .card = card,
                                                          .time_limit = Millis{7'200'000},
                                                          .energy_limit = MilliwattHours{250'000},
                                                          .good_for = Millis{300'000}}});
    made.push_back({head(Lane::event, 259), CardPresented{.outlet = 4, .card = card}});
    made.push_back(
        {head(Lane::event, 262),
         CardDecided{.outlet = 4, .card = card, .outcome = CommandOutcome::card_expired}});
    made.push_back(
        {head(Lane::event, 263), CardsChanged{.version = 4, .cards = 31, .command = command_id}});
}

/// What the post's protection tells.
void add_protection(std::vector<Record>& made)
{
    made.push_back({head(Lane::alarm, 1), Tripped{.outlet = 3,
                                                  .cause = TripCause::hard_overcurrent,
                                                  .session = session,
                                                  .measured = 23'400,
                                                  .limit = 10'000,
                                                  .held_for = Millis{40},
                                                  .count = 1}});
    made.push_back(
        {head(Lane::alarm, 2),
         TripCleared{.outlet = 3, .cause = TripCause::hard_overcurrent, .command = command_id}});
    made.push_back({head(Lane::event, 264), trip_trace()});
    made.push_back({head(Lane::alarm, 3), InputChanged{.input = InputName::smoke,
                                                       .from = InputCondition::quiet,
                                                       .to = InputCondition::active}});
    made.push_back({head(Lane::alarm, 4),
                    SelfTestFailed{.test = SelfTest::ram, .detail = 4'096, .strikes = 2}});
    made.push_back(
        {head(Lane::event, 265),
         RelayWear{.outlet = 3, .closings = 18'250, .hot_openings = 412, .left_permille = 87}});
}

void add_readings(std::vector<Record>& made)
{
    made.push_back({head(Lane::tele, 65'536), telemetry()});
    made.push_back({head(Lane::tele, 65'538), post_reading()});
    made.push_back({head(Lane::event, 266), BayChanged{.bay = 7,
                                                       .from = BayState::taken,
                                                       .to = BayState::free,
                                                       .tag = 0x0102'0304'0506'0708,
                                                       .outlet = 3,
                                                       .card = card,
                                                       .stayed = Millis{1'800'000}}});
    made.push_back({head(Lane::event, 267), BayNoticed{.kind = PlaceKind::bay,
                                                       .place = 7,
                                                       .matter = BayMatter::overstay,
                                                       .outlet = 3,
                                                       .card = card,
                                                       .lasted = Millis{7'200'000}}});
}

/// What the post tells of itself.
void add_post(std::vector<Record>& made)
{
    const LaneHead lane_head{.seq = 41, .digest = counting<16>(0x40)};
    auto booted_head = head(Lane::event, 1);
    booted_head.wall = std::nullopt;

    made.push_back({booted_head, Booted{.cause = ResetCause::brown_out,
                                        .outlets = 10,
                                        .firmware = counting<8>(0x20),
                                        .settings = counting<8>(0x30)}});
    made.push_back(
        {head(Lane::tele, 65'537),
         Gap{.from = 12, .to = 511, .before = counting<16>(0x50), .last = counting<16>(0x60)}});
    made.push_back(
        {head(Lane::event, 257), CommandResult{.command = command_id,
                                               .action = CommandAction::start,
                                               .outlet = 3,
                                               .outcome = CommandOutcome::outlet_locked}});
    made.push_back({head(Lane::event, 258),
                    CommandsRefused{.outcome = CommandOutcome::not_authentic, .count = 17}});
    made.push_back(
        {head(Lane::event, 260),
         SettingsChanged{.version = 9, .settings = counting<8>(0x30), .command = command_id}});
    made.push_back(
        {head(Lane::event, 4'294'967'296),
         HeadsSigned{.heads = {lane_head, lane_head, lane_head}, .signature = counting<64>(0x80)}});
    made.push_back({head(Lane::event, 268),
                    LinkNoticed{.matter = LinkNoticed::Matter::silent, .lasted = Millis{60'000}}});
}

}  // namespace

std::vector<Record> records()
{
    std::vector<Record> made;
    add_sessions(made);
    add_protection(made);
    add_readings(made);
    add_post(made);
    std::sort(made.begin(), made.end(),
              [](const Record& a, const Record& b) { return a.body.index() < b.body.index(); });
    return made;
}

}  // namespace ks::protocol::samples
