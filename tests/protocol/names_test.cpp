#include "firmware/protocol/names.hpp"
#include "firmware/protocol/word_range.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace ks::protocol;

namespace {

/// Every number of the word has a name of its own, the name leads back, and the next number has
/// none: an enumerator that was appended without moving the range is found here.
template <class Word, class From>
void check_names(From from)
{
    constexpr auto first = static_cast<int>(range_of<Word>.first);
    constexpr auto last = static_cast<int>(range_of<Word>.last);
    std::set<std::string_view> seen;

    for (int number = first; number <= last; ++number) {
        const auto word = static_cast<Word>(number);
        const auto name = name_of(word);
        CAPTURE(number, name);
        CHECK_FALSE(name.empty());
        CHECK(seen.insert(name).second);
        CHECK(from(name) == word);
    }

    CHECK(name_of(static_cast<Word>(last + 1)).empty());
    for (const std::string_view name : {"", "none", "IDLE", "stop ", "hard-overcurrent"})
        CHECK_FALSE(from(name));
}

}  // namespace

TEST_CASE("every word has one name and every name leads back to its word",
          "[protocol][names][unit]")
{
    check_names<Lane>(lane_from);
    check_names<RecordKind>(record_kind_from);
    check_names<OutletState>(outlet_state_from);
    check_names<TripCause>(trip_cause_from);
    check_names<EndReason>(end_reason_from);
    check_names<ResetCause>(reset_cause_from);
    check_names<CommandAction>(command_action_from);
    check_names<Role>(role_from);
    check_names<CommandOutcome>(command_outcome_from);
    check_names<Severity>(severity_from);
    check_names<StartMeans>(start_means_from);
    check_names<InputName>(input_name_from);
    check_names<InputCondition>(input_condition_from);
    check_names<SelfTest>(self_test_from);
    check_names<BayState>(bay_state_from);
    check_names<BayMatter>(bay_matter_from);
    check_names<PlaceKind>(place_kind_from);
    check_names<LinkNoticed::Matter>(link_matter_from);
}

TEST_CASE("names are the words that the code uses", "[protocol][names][unit]")
{
    CHECK(name_of(RecordKind::session_progressed) == "session_progressed");
    CHECK(name_of(TripCause::relay_welded) == "relay_welded");
    CHECK(name_of(CommandOutcome::not_authentic) == "not_authentic");
    CHECK(name_of(Refusal::not_deterministic) == "not_deterministic");
}
