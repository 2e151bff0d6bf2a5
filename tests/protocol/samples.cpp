#include "tests/protocol/samples.hpp"

#include "firmware/protocol/names.hpp"

namespace ks::protocol::samples {

PostId post() { return *PostId::from("POST-0001"); }
SiteId site() { return *SiteId::from("SITE-0001"); }

namespace {

/// 2026-03-01 08:00 UTC.
constexpr UnixMillis morning{1'772'352'000'000};

constexpr CommandId command_id = counting<16>(0xA0);
constexpr SessionId session = std::uint64_t{3} << 32 | 7;
constexpr CardToken card = 0x1122'3344'5566'7788;

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

Command command(CommandBody body)
{
    return {.post = post(),
            .id = command_id,
            .nonce = counting<16>(0xC0),
            .role = Role::staff,
            .issuer = counting<8>(0x10),
            .issued = morning,
            .good_for = Millis{15'000},
            .body = body};
}

}  // namespace

std::vector<Record> records()
{
    const LaneHead lane_head{.seq = 41, .digest = counting<16>(0x40)};
    auto booted_head = head(Lane::event, 1);
    booted_head.wall = std::nullopt;
    std::vector<Record> made;
    const auto add = [&made](RecordHead at, RecordBody body) { made.push_back({at, body}); };
    add(booted_head, Booted{.cause = ResetCause::brown_out,
                            .outlets = 10,
                            .firmware = counting<8>(0x20),
                            .settings = counting<8>(0x30)});
    add(head(Lane::event, 2),
        OutletChanged{.outlet = 3, .from = OutletState::idle, .to = OutletState::closing});
    add(head(Lane::event, 3), SessionStarted{.session = session,
                                             .outlet = 3,
                                             .card = card,
                                             .command = command_id,
                                             .time_limit = Millis{4 * 3'600'000},
                                             .energy_limit = MilliwattHours{500'000}});
    add(head(Lane::event, 24), SessionProgressed{.session = session,
                                                 .outlet = 3,
                                                 .elapsed = Millis{600'000},
                                                 .energy = MilliwattHours{66'000},
                                                 .lowest = Milliwatts{390'000},
                                                 .mean = Milliwatts{396'000},
                                                 .highest = Milliwatts{401'000}});
    add(head(Lane::event, 256), SessionEnded{.session = session,
                                             .outlet = 3,
                                             .reason = EndReason::full,
                                             .elapsed = Millis{9'000'000},
                                             .energy = MilliwattHours{480'123},
                                             .peak = Milliwatts{412'000}});
    add(head(Lane::alarm, 1), Tripped{.outlet = 3,
                                      .cause = TripCause::hard_overcurrent,
                                      .session = session,
                                      .measured = 23'400,
                                      .limit = 10'000,
                                      .held_for = Millis{40},
                                      .count = 1});
    add(head(Lane::alarm, 2),
        TripCleared{.outlet = 3, .cause = TripCause::hard_overcurrent, .command = command_id});
    add(head(Lane::tele, 65'536), telemetry());
    add(head(Lane::tele, 65'537),
        Gap{.from = 12, .to = 511, .before = counting<16>(0x50), .last = counting<16>(0x60)});
    add(head(Lane::event, 257), CommandResult{.command = command_id,
                                              .action = CommandAction::start,
                                              .outlet = 3,
                                              .outcome = CommandOutcome::outlet_locked});
    add(head(Lane::event, 258),
        CommandsRefused{.outcome = CommandOutcome::not_authentic, .count = 17});
    add(head(Lane::event, 259), CardPresented{.outlet = 4, .card = card});
    add(head(Lane::event, 260),
        SettingsChanged{.version = 9, .settings = counting<8>(0x30), .command = command_id});
    add(head(Lane::event, 4'294'967'296),
        HeadsSigned{.heads = {lane_head, lane_head, lane_head}, .signature = counting<64>(0x80)});
    return made;
}

// Written out and not taken from `factory_settings`: examples outlive defaults.
Settings settings()
{
    return {.version = 9,
            .hard_overcurrent = Milliamps{10'000},
            .overload_pickup = Milliamps{6'000},
            .overload_tms_permille = 100,
            .contact_limit = DeciCelsius{700},
            .session_cap = Millis{36'000'000},
            .energy_cap = MilliwattHours{6'000'000},
            .full_below = Milliwatts{15'000},
            .full_permille_of_peak = 200,
            .full_hold = Millis{120'000},
            .unplugged_below = Milliwatts{500},
            .unplugged_hold = Millis{10'000},
            .no_load_wait = Millis{120'000}};
}

std::vector<Command> commands()
{
    auto stop = command(StopOutlet{.outlet = whole_post});
    stop.nonce = std::nullopt;
    auto locate = command(LocateOutlet{.outlet = 4, .duration = Millis{10'000}});
    locate.nonce = std::nullopt;
    return {
        command(StartOutlet{.outlet = 3,
                            .card = card,
                            .time_limit = Millis{4 * 3'600'000},
                            .energy_limit = MilliwattHours{500'000}}),
        stop,
        command(ClearTrip{.outlet = 3, .cause = TripCause::contact_overheated}),
        locate,
        command(SetSettings{
            .settings = settings(), .approval_a = counting<64>(0x01), .approval_b = std::nullopt}),
    };
}

Birth birth()
{
    return {.boot = 3,
            .mono = Instant{Millis{61'000}},
            .outlets = 10,
            .firmware = counting<8>(0x20),
            .settings = counting<8>(0x30),
            .settings_version = 9,
            .lanes = {LaneState{.oldest = 1, .next = 3, .before = counting<16>(0x40)},
                      LaneState{.oldest = 200, .next = 261, .before = counting<16>(0x50)},
                      LaneState{.oldest = 65'538, .next = 65'538, .before = counting<16>(0x60)}}};
}

NonceOffer nonce_offer()
{
    return {.boot = 3, .mono = Instant{Millis{62'000}}, .nonce = counting<16>(0xC0)};
}

Will will() { return {.boot = 3}; }
Ack ack() { return {.upto = {2, 260, 65'537}}; }
TimeNotice time_notice() { return {.echo = Instant{Millis{61'000}}, .now = morning}; }
RangeRequest range_request() { return {.lane = Lane::event, .from = 200, .to = 260}; }

std::vector<Example> examples()
{
    std::vector<Example> made;
    const auto add = [&made](std::string name, Subject subject, Bytes bytes) {
        made.push_back({std::move(name), subject, FixedBytes<record_limit>{bytes}});
    };
    for (const auto& record : records())
        add("record_" + std::string{name_of(kind_of(record.body))},
            static_cast<Subject>(record.head.lane),
            encode(record, genesis(post(), record.head.lane)).view());
    for (const auto& command : commands())
        add("command_" + std::string{name_of(action_of(command.body))}, Subject::command,
            encode(command, key).view());
    add("command_stop_bare", Subject::command, encode_bare(commands()[1]).view());
    add("settings", Subject::settings, encode(settings()).view());
    add("birth", Subject::birth, encode(birth()).view());
    add("nonce_offer", Subject::nonce_offer, encode(nonce_offer()).view());
    add("will", Subject::will, encode(will()).view());
    add("ack", Subject::ack, encode(ack()).view());
    add("time_notice", Subject::time_notice, encode(time_notice()).view());
    add("range_request", Subject::range_request, encode(range_request()).view());
    add("nonce_request", Subject::nonce_request, encode(NonceRequest{}).view());
    return made;
}

}  // namespace ks::protocol::samples
