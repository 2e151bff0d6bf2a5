#include "firmware/protocol/fields.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::protocol;

// The room that the limits of the contract promise is the room that the longest message needs.

namespace {

/// With the longest head a record can have.
std::size_t longest(Lane lane, RecordBody body)
{
    const Record record{
        .head = {.lane = lane,
                 .seq = static_cast<std::uint64_t>(greatest),
                 .boot = UINT32_MAX,
                 .mono = Instant{Millis{greatest}},
                 .wall = WallTime{.at = UnixMillis{-greatest}, .error = Millis{greatest}}},
        .body = body};
    const auto bytes = encode(record, ChainDigest{});
    CHECK(*decode_record(lane, bytes.view()) == record);
    return bytes.size();
}

/// Every limit in its longest form.
template <class Owner>
Owner longest_limits()
{
    Owner made{};
    each_limit_of<Owner>([&](const auto& row) {
        using Value = typename std::remove_cvref_t<decltype(row)>::Value;
        if constexpr (std::same_as<Value, std::uint32_t>)
            made.*row.field = UINT32_MAX;
        else
            made.*row.field = Value{static_cast<typename Value::rep>(
                std::min<std::int64_t>(std::numeric_limits<typename Value::rep>::max(), greatest))};
    });
    return made;
}

Settings longest_settings()
{
    Calibration calibration{};
    calibration.fill({.voltage = Gain{UINT16_MAX}, .current = Gain{UINT16_MAX}});
    return {.version = UINT32_MAX,
            .profile = ProfileName{bytes_of("twenty letters, all.")},
            .types = {longest_limits<Limits>(), longest_limits<Limits>()},
            .type_of = {},
            .post = longest_limits<PostLimits>(),
            .calibration = calibration};
}

Command longest_command(CommandBody body)
{
    return {.post = *PostId::from("POST-0001-POST-0001-POST-0001-PO"),
            .id = {},
            .nonce = Nonce{},
            .role = Role::edge,
            .issuer = {},
            .issued = UnixMillis{greatest},
            .good_for = Millis{greatest},
            .body = body};
}

}  // namespace

TEST_CASE("the longest telemetry of twelve outlets fits into a record", "[protocol][record][unit]")
{
    Telemetry body{.mains = Millivolts{INT32_MIN}, .outlets = {}};
    while (!body.outlets.full())
        body.outlets.push_back({.state = OutletState::locked_out,
                                .current = Milliamps{INT32_MIN},
                                .power = Milliwatts{INT32_MIN},
                                .energy = MilliwattHours{-greatest},
                                .contact = DeciCelsius{INT32_MIN}});

    CHECK(longest(Lane::tele, body) == 381);
}

TEST_CASE("the longest trace of a trip fits into a record", "[protocol][record][unit]")
{
    TripTrace body{
        .outlet = 12, .cause = range_of<TripCause>.last, .session = UINT64_MAX, .points = {}};
    while (!body.points.full())
        body.points.push_back({.before = trace_span_most,
                               .current = Milliamps{INT32_MIN},
                               .power = Milliwatts{INT32_MIN},
                               .contact = trace_contact_least});

    CHECK(longest(Lane::event, body) == 509);
}

TEST_CASE("the longest reading of a post fits into a record", "[protocol][record][unit]")
{
    PostReading body{.cabinet = DeciCelsius{INT32_MIN},
                     .rail = Millivolts{INT32_MIN},
                     .residual = {},
                     .inputs = {},
                     .current = Milliamps{INT32_MIN},
                     .power = Milliwatts{INT32_MIN}};
    while (!body.residual.full())
        body.residual.push_back(Milliamps{INT32_MIN});
    while (!body.inputs.full())
        body.inputs.push_back(InputCondition::absent);

    CHECK(longest(Lane::tele, body) == 113);
}

TEST_CASE("the longest settings are as long as their room", "[protocol][settings][unit]")
{
    const auto bytes = encode(longest_settings());

    CHECK(bytes.size() == settings_limit);
    CHECK(*decode_settings(bytes.view()) == longest_settings());

    const SetSettings record{
        .settings = longest_settings(), .approval_a = Signature{}, .approval_b = Signature{}};
    CHECK(encode(record).size() == SettingsRecordBytes::capacity());
    CHECK(*decode_settings_record(encode(record).view()) == record);
}

TEST_CASE(
    "the longest settings with two approvals and the fullest list of cards fit into a command",
    "[protocol][command][unit]")
{
    const auto settings = longest_command(SetSettings{
        .settings = longest_settings(), .approval_a = Signature{}, .approval_b = Signature{}});
    SetCards list{.version = UINT32_MAX,
                  .good_until = UnixMillis{greatest},
                  .first = offline_cards_most - cards_per_part,
                  .total = offline_cards_most,
                  .cards = {}};
    while (!list.cards.full())
        list.cards.push_back({.card = UINT64_MAX,
                              .expires = UnixMillis{greatest},
                              .time_limit = Millis{greatest},
                              .energy_limit = MilliwattHours{greatest}});
    const auto cards = longest_command(list);

    for (const auto& command : {settings, cards}) {
        const auto bytes = encode(command, CommandKey{});
        CHECK(bytes.size() <= command_limit);
        CHECK(*decode_command(bytes.view()) == command);
    }
    CHECK(encode(settings, CommandKey{}).size() == 891);
    CHECK(encode(cards, CommandKey{}).size() == 597);
}
