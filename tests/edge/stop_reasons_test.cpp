#include "edge/domain/names.hpp"
#include "edge/domain/stop_reasons.hpp"
#include "firmware/protocol/names.hpp"
#include "firmware/protocol/word_range.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>
#include <toml++/toml.h>

using namespace ks::edge;
using namespace ks::protocol;

namespace {

template <class Word>
std::vector<Word> all()
{
    std::vector<Word> words;
    for (auto number = static_cast<unsigned>(range_of<Word>.first);
         number <= static_cast<unsigned>(range_of<Word>.last); ++number)
        words.push_back(static_cast<Word>(number));
    return words;
}

const toml::table& catalogue()
{
    static const auto read = toml::parse_file("config/text/words.toml");
    return read;
}

/// Both languages have a text, and not the same one by oversight.
bool is_said(std::string_view section, std::string_view key)
{
    const auto zh = catalogue()[section][key]["zh"].value_or(std::string{});
    const auto en = catalogue()[section][key]["en"].value_or(std::string{});
    return !zh.empty() && !en.empty() && zh != en;
}

/// The section has every word of the contract. One that is said and means nothing is an old one.
template <class Word>
void check_section(std::string_view section, const std::set<std::string_view>& beside)
{
    std::set<std::string_view> names{beside};
    for (const auto word : all<Word>()) {
        CAPTURE(section, name_of(word));
        CHECK(is_said(section, name_of(word)));
        names.insert(name_of(word));
    }
    const auto* table = catalogue()[section].as_table();
    REQUIRE(table);
    for (const auto& [key, text] : *table) {
        CAPTURE(section, std::string{key.str()});
        CHECK(names.contains(key.str()));
    }
}

std::size_t rows_of(const OwnReason& ours)
{
    return static_cast<std::size_t>(
        std::count_if(stop_reasons.begin(), stop_reasons.end(),
                      [&](const auto& row) { return row.ours == ours; }));
}

std::set<std::string_view> own_names()
{
    std::set<std::string_view> names;
    for (const auto& row : own_alarms)
        names.insert(row.name);
    return names;
}

}  // namespace

TEST_CASE("every way charging can end has one row", "[edge][stop]")
{
    for (const auto reason : all<EndReason>()) {
        CAPTURE(name_of(reason));
        CHECK(rows_of(reason) == 1);
        CHECK(stop_reason(reason).has_value());
    }
    for (const auto cause : all<TripCause>()) {
        CAPTURE(name_of(cause));
        CHECK(rows_of(cause) == 1);
        CHECK(stop_reason(cause).has_value());
    }
    CHECK(stop_reasons.size() == all<EndReason>().size() + all<TripCause>().size());
}

TEST_CASE("every way charging can end is told in both languages, with what to do about it",
          "[edge][stop]")
{
    for (const auto& row : stop_reasons) {
        const auto sections = sections_of(row.ours);
        CAPTURE(name_of(row.ours));
        CHECK(is_said(sections.text, name_of(row.ours)));
        CHECK(is_said(sections.advice, name_of(row.ours)));
    }
}

TEST_CASE("others are told in their own words only", "[edge][stop]")
{
    const std::set<std::string_view> ocpp16{
        "EmergencyStop", "EVDisconnected", "HardReset",    "Local",
        "Other",         "PowerLoss",      "Reboot",       "Remote",
        "SoftReset",     "UnlockCommand",  "DeAuthorized",
    };
    const std::set<std::string_view> ocpp201{
        "DeAuthorized",     "EmergencyStop", "EnergyLimitReached", "EVDisconnected", "GroundFault",
        "ImmediateReset",   "Local",         "LocalOutOfCredit",   "MasterPass",     "Other",
        "OvercurrentFault", "PowerLoss",     "PowerQuality",       "Reboot",         "Remote",
        "SOCLimitReached",  "StoppedByEV",   "TimeLimitReached",   "Timeout",
    };
    for (const auto& row : stop_reasons) {
        CAPTURE(name_of(row.ours));
        CHECK(ocpp16.contains(row.ocpp16));
        CHECK(ocpp201.contains(row.ocpp201));
        CHECK(row.china_tower.value_or(0) <= 24);
        CHECK(row.ap3000.value_or(1) >= 1);
        CHECK(row.ap3000.value_or(1) <= 0x1C);
        CHECK((row.mrec.empty() || (row.mrec.size() == 5 && row.mrec.starts_with("CX0"))));
    }
}

TEST_CASE("what ended well is told as well ended, and what was cut is not", "[edge][stop]")
{
    CHECK(stop_reason(EndReason::full)->ap3000 == 1);
    CHECK(stop_reason(EndReason::unplugged)->ocpp16 == "EVDisconnected");
    CHECK(stop_reason(EndReason::power_lost)->ocpp201 == "PowerLoss");
    CHECK(stop_reason(EndReason::shed)->china_tower == 14);
    CHECK(stop_reason(TripCause::residual_current)->ocpp201 == "GroundFault");
    CHECK(stop_reason(TripCause::emergency)->ocpp16 == "EmergencyStop");
    for (const auto cause : all<TripCause>()) {
        CAPTURE(name_of(cause));
        // 0 and 9 are China Tower's words for a session as planned and a full battery.
        CHECK(stop_reason(cause)->china_tower != 0);
        CHECK(stop_reason(cause)->china_tower != 9);
    }
}

TEST_CASE("no number of theirs is given to a number we do not know", "[edge][stop]")
{
    CHECK_FALSE(stop_reason(static_cast<EndReason>(200)));
    CHECK_FALSE(stop_reason(static_cast<TripCause>(200)));
    CHECK(name_of(OwnReason{static_cast<EndReason>(200)}).empty());
}

TEST_CASE("the catalogue has every word of the contract, and no other", "[edge][texts]")
{
    const auto own = own_names();
    check_section<TripCause>("cause", own);
    check_section<TripCause>("advice", own);
    check_section<EndReason>("end_reason", {});
    check_section<EndReason>("end_advice", {});
    check_section<CommandOutcome>("command_outcome", {});
    check_section<StartMeans>("start_means", {});
    check_section<InputName>("input_name", {});
    check_section<InputCondition>("input_condition", {});
    check_section<SelfTest>("self_test", {});
    check_section<BayState>("bay_state", {});
    check_section<BayMatter>("bay_matter", {});
    check_section<PlaceKind>("place_kind", {});
    check_section<LinkNoticed::Matter>("link_matter", {});
    check_section<Severity>("severity", {});
    check_section<OutletState>("outlet_state", {"unknown"});
}

TEST_CASE("the edge's own alarms are told in both languages", "[edge][texts]")
{
    for (const auto& row : own_alarms) {
        CAPTURE(row.name);
        CHECK(is_said("cause", row.name));
        CHECK(is_said("advice", row.name));
    }
}
