#include "firmware/protocol/names.hpp"
#include "firmware/protocol/severity.hpp"
#include "firmware/protocol/word_range.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <vector>

using namespace ks::protocol;

namespace {

/// All causes there are.
std::vector<TripCause> causes()
{
    std::vector<TripCause> all;
    for (auto number = static_cast<unsigned>(range_of<TripCause>.first);
         number <= static_cast<unsigned>(range_of<TripCause>.last); ++number)
        all.push_back(static_cast<TripCause>(number));
    return all;
}

}  // namespace

TEST_CASE("somebody goes at once to current that nothing stops and to what detectors call fire",
          "[protocol][severity][unit]")
{
    std::map<Severity, std::size_t> seen;
    for (const auto cause : causes())
        ++seen[severity_of(cause)];

    CHECK(seen[Severity::fire] == 7);
    CHECK(seen[Severity::hazard] == 11);
    CHECK(seen[Severity::warning] == 17);
    CHECK(seen[Severity::notice] == 2);
    CHECK(causes().size() == 37);
}

TEST_CASE("whatever cuts its whole group is at least a hazard", "[protocol][severity][unit]")
{
    for (const auto cause : causes()) {
        CAPTURE(name_of(cause));
        if (cuts_group(cause)) CHECK(severity_of(cause) >= Severity::hazard);
    }
}

TEST_CASE("a post that was cut by its group does not cut the group again",
          "[protocol][severity][unit]")
{
    CHECK_FALSE(cuts_group(TripCause::group_cut));
    CHECK(severity_of(TripCause::group_cut) == Severity::fire);
}

TEST_CASE("what only concerns one outlet's load cuts nobody else", "[protocol][severity][unit]")
{
    for (const auto cause : {TripCause::hard_overcurrent, TripCause::overload, TripCause::no_taper,
                             TripCause::late_rise, TripCause::arcing, TripCause::contact_overheated,
                             TripCause::relay_welded, TripCause::meter_silent})
        CHECK_FALSE(cuts_group(cause));
}

TEST_CASE("a cause that no table knows is taken for the gravest", "[protocol][severity][unit]")
{
    CHECK(severity_of(static_cast<TripCause>(250)) == Severity::fire);
}
