#include "tests/protocol/samples.hpp"

#include "firmware/protocol/names.hpp"

namespace ks::protocol::samples {

PostId post() { return *PostId::from("POST-0001"); }
SiteId site() { return *SiteId::from("SITE-0001"); }

namespace {

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

namespace {

/// Numbers in the order of the rows.
template <class Owner>
Owner limits_of(std::initializer_list<std::int64_t> numbers)
{
    check(numbers.size() == limit_count<Owner>());
    Owner made{};
    const auto* next = numbers.begin();
    each_limit_of<Owner>([&](const auto& row) {
        using Value = typename std::remove_cvref_t<decltype(row)>::Value;
        if constexpr (std::same_as<Value, std::uint32_t>)
            made.*row.field = static_cast<Value>(*next++);
        else
            made.*row.field = Value{static_cast<typename Value::rep>(*next++)};
    });
    return made;
}

}  // namespace

// Written out and not taken from `factory_settings`: examples outlive defaults.
Settings settings()
{
    const auto standard = limits_of<Limits>(
        {10'000,    6'000,  100,       1'200'000,  10'000, 700,     120,     36'000'000,
         6'000'000, 15'000, 200,       120'000,    500,    10'000,  120'000, 10'000,
         1'800'000, 300,    9'000'000, 32'400'000, 100,    900'000, 6,       350,
         80'000,    30'000, 1'800'000, 250,        0});
    const auto fast = limits_of<Limits>(
        {12'000,    8'000,  90,        1'500'000,  5'000,  650,     100,    14'400'000,
         4'000'000, 20'000, 150,       90'000,     400,    15'000,  60'000, 50'000,
         600'000,   280,    7'200'000, 18'000'000, 80,     600'000, 5,      300,
         120'000,   20'000, 1'200'000, 200,        300'000});
    auto calibration = factory_calibration;
    calibration[2] = {.voltage = Gain{10'044}, .current = Gain{9'871}};
    calibration[9] = {.voltage = Gain{9'990}, .current = Gain{10'215}};
    const auto post =
        limits_of<PostLimits>({264'000, 176'000, 1'000, 16'000, 3'500'000, 200'000, 1'800'000, 24,
                               700, 10'000, 200, 30'000, 60'000, 86'400'000, 1});
    return {.version = 9,
            .profile = ProfileName{bytes_of("shed-10+2")},
            .types = {standard, fast},
            .type_of = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0},
            .post = post,
            .calibration = calibration};
}

namespace {

SetCards set_cards()
{
    SetCards made{.version = 4,
                  .good_until = UnixMillis{morning.count() + 7 * 86'400'000LL},
                  .first = 12,
                  .total = 14,
                  .cards = {}};
    made.cards.push_back({.card = card,
                          .expires = UnixMillis{morning.count() + 86'400'000},
                          .time_limit = Millis{4 * 3'600'000},
                          .energy_limit = MilliwattHours{500'000}});
    made.cards.push_back({.card = 0x99AA,
                          .expires = UnixMillis{morning.count() + 2 * 86'400'000},
                          .time_limit = Millis{3'600'000},
                          .energy_limit = MilliwattHours{100'000}});
    return made;
}

}  // namespace

std::vector<Command> commands()
{
    auto stop = command(StopOutlet{.outlet = whole_post});
    stop.nonce = std::nullopt;
    auto locate = command(LocateOutlet{.outlet = 4, .duration = Millis{10'000}});
    locate.nonce = std::nullopt;
    auto silence = command(SilenceSounder{.duration = Millis{600'000}});
    silence.nonce = std::nullopt;
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
        command(TestOutlet{.outlet = 3, .duration = Millis{60'000}}),
        command(set_cards()),
        silence,
    };
}

SetSettings settings_record()
{
    return {
        .settings = settings(), .approval_a = counting<64>(0x01), .approval_b = counting<64>(0x81)};
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
        made.push_back({std::move(name), subject, ExampleBytes{bytes}});
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
    add("settings_record", Subject::settings_record, encode(settings_record()).view());
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
