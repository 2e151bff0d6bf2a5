#include "firmware/protocol/names.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace ks::protocol;

namespace {

/// Every number of the word has a name of its own, the name leads back, and the next number has
/// none: an enumerator that was appended without moving the range is found here.
template <class Word>
void check_names()
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
        CHECK(word_from<Word>(name) == word);
    }

    CHECK(name_of(static_cast<Word>(last + 1)).empty());
    for (const std::string_view name : {"", "none", "IDLE", "stop ", "hard-overcurrent"})
        CHECK_FALSE(word_from<Word>(name));
}

}  // namespace

TEST_CASE("every word has one name and every name leads back to its word",
          "[protocol][names][unit]")
{
    check_names<Lane>();
    check_names<RecordKind>();
    check_names<OutletState>();
    check_names<TripCause>();
    check_names<EndReason>();
    check_names<ResetCause>();
    check_names<CommandAction>();
    check_names<Role>();
    check_names<CommandOutcome>();
    check_names<Severity>();
    check_names<StartMeans>();
    check_names<InputName>();
    check_names<InputCondition>();
    check_names<SelfTest>();
    check_names<BayState>();
    check_names<BayMatter>();
    check_names<PlaceKind>();
    check_names<LinkNoticed::Matter>();
}

TEST_CASE("names are the words that the code uses", "[protocol][names][unit]")
{
    CHECK(name_of(RecordKind::session_progressed) == "session_progressed");
    CHECK(name_of(TripCause::relay_welded) == "relay_welded");
    CHECK(name_of(CommandOutcome::not_authentic) == "not_authentic");
    CHECK(name_of(Refusal::not_deterministic) == "not_deterministic");
}
