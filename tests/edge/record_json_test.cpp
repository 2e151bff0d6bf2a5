#include "edge/ctl/message_json.hpp"
#include "firmware/protocol/names.hpp"
#include "tests/protocol/samples.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

namespace ks::edge {

namespace json = boost::json;
using namespace protocol;

namespace {

const Record& sample(RecordKind kind)
{
    static const auto all = samples::records();
    return all.at(static_cast<std::size_t>(kind) - 1);
}

/// A record's own fields, without those of its head.
std::string own_fields(RecordKind kind)
{
    auto object = json_of(sample(kind));
    for (const auto* of_head : {"kind", "seq", "boot", "mono_ms", "wall_unix_ms", "wall_error_ms"})
        CHECK(object.stable_erase(of_head) == 1);
    return json::serialize(object);
}

}  // namespace

TEST_CASE("every record can be read with its fields by name", "[edge][tail]")
{
    for (const auto& record : samples::records()) {
        const auto object = json_of(record);
        CAPTURE(json::serialize(object));
        CHECK(object.at("kind").as_string() ==
              json::string_view{name_of(kind_of(record.body)).data()});
        const std::size_t head = record.head.wall ? 6 : 4;
        CHECK(object.size() > head);
    }
}

TEST_CASE("what a post tells of its protection is read in full", "[edge][tail]")
{
    CHECK(own_fields(RecordKind::input_changed) ==
          R"({"input":"smoke","from":"quiet","to":"active"})");
    CHECK(own_fields(RecordKind::self_test_failed) ==
          R"({"test":"ram","detail":4096,"strikes":2})");
    CHECK(own_fields(RecordKind::relay_wear) ==
          R"({"outlet":3,"closings":18250,"hot_openings":412,"left_permille":87})");
    const auto trace = json_of(sample(RecordKind::trip_trace));
    CHECK(trace.at("cause").as_string() == "contact_rising");
    REQUIRE(trace.at("points").as_array().size() == 3);
    CHECK(json::serialize(trace.at("points").at(0)) ==
          R"({"before_ms":60000,"current_ma":1815,"power_mw":401000,"contact_dc":412})");
    // What the sensor did not tell is not there.
    CHECK_FALSE(trace.at("points").at(2).as_object().contains("contact_dc"));
}

TEST_CASE("what a post tells of itself is read in full", "[edge][tail]")
{
    const auto reading = json_of(sample(RecordKind::post_reading));
    CHECK(json::serialize(reading.at("residual_ma")) == "[2,null]");
    CHECK(json::serialize(reading.at("inputs")) ==
          R"({"smoke":"quiet","heat":"fault","water":"absent"})");
    CHECK(reading.at("cabinet_dc").as_int64() == 384);
    CHECK(own_fields(RecordKind::link_noticed) == R"({"matter":"silent","lasted_ms":60000})");
    const auto bay = json_of(sample(RecordKind::bay_noticed));
    CHECK(bay.at("matter").as_string() == "overstay");
    CHECK(bay.at("lasted_ms").as_int64() == 7'200'000);
    CHECK(bay.at("place_kind").as_string() == "bay");
    CHECK(bay.at("place").to_number<int>() == 7);
    const auto left = json_of(sample(RecordKind::bay_changed));
    CHECK(left.at("tag").as_string() == "72623859790382856");
    CHECK(left.at("outlet").to_number<int>() == 3);
    CHECK(left.at("stayed_ms").as_int64() == 1'800'000);
}

TEST_CASE("what a post decided about cards and later closings is read in full", "[edge][tail]")
{
    const auto kept = json_of(sample(RecordKind::authority_kept));
    CHECK(kept.at("means").as_string() == "resumed");
    CHECK(kept.at("good_for_ms").as_int64() == 300'000);
    CHECK(json_of(sample(RecordKind::card_decided)).at("outcome").as_string() == "card_expired");
    CHECK(json_of(sample(RecordKind::cards_changed)).at("cards").to_number<int>() == 31);
    CHECK(json_of(sample(RecordKind::session_started)).at("means").as_string() == "command");
}

TEST_CASE("settings are read limit by limit", "[edge][tail]")
{
    const auto settings = settings_json(samples::settings());

    CHECK(settings.at("profile").as_string() == "shed-10+2");
    REQUIRE(settings.at("types").as_array().size() == 2);
    CHECK(settings.at("types").at(0).as_object().size() == limit_count<Limits>());
    CHECK(settings.at("types").at(1).at("hard_overcurrent").to_number<int>() == 12'000);
    CHECK(settings.at("type_of").at(8).to_number<int>() == 1);
    CHECK(settings.at("post").as_object().size() == limit_count<PostLimits>());
    CHECK(settings.at("post").at("residual_limit").to_number<int>() == 24);
}

TEST_CASE("a command is read with what it is about, and no card is told", "[edge][tail]")
{
    for (const auto& command : samples::commands()) {
        const auto bytes = encode(command, samples::key);
        const auto line = line_of_message("ks/1/SITE-TEST/POST-0001/down/command", bytes.view());
        CAPTURE(line);
        const auto message = json::parse(line).at("message").as_object();
        const auto action = action_of(command.body);
        CHECK(message.at("action").as_string() == json::string_view{name_of(action).data()});
        const bool whole = action == CommandAction::set_settings ||
                           action == CommandAction::set_cards ||
                           action == CommandAction::silence_sounder;
        CHECK(message.contains("outlet") == !whole);
        CHECK(line.find("1234605616436508552") == std::string::npos);
        if (action == CommandAction::set_cards) {
            CHECK(message.at("part").to_number<int>() == 2);
            CHECK(message.at("total").to_number<int>() == 14);
        }
        if (action == CommandAction::set_settings)
            CHECK(message.at("settings").at("version").to_number<int>() == 9);
    }
}

}  // namespace ks::edge
