#include "firmware/protocol/cause_set.hpp"
#include "firmware/protocol/names.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace ks::protocol;

TEST_CASE("a set holds exactly the causes that were put into it", "[protocol][causes][unit]")
{
    for (const auto cause : all_causes) {
        CAPTURE(name_of(cause));
        const auto one = CauseSet{}.with(cause);
        CHECK_FALSE(one.empty());
        CHECK(one.known());
        for (const auto other : all_causes)
            CHECK(one.has(other) == (other == cause));
        CHECK(one.without(cause).empty());
        CHECK(one.with(cause) == one);
        CHECK(CauseSet{one.bits()} == one);
    }
}

TEST_CASE("taking out what is not in a set changes nothing", "[protocol][causes][unit]")
{
    const auto two = CauseSet{}.with(TripCause::smoke).with(TripCause::overload);
    CHECK(two.without(TripCause::heat) == two);
    CHECK(two.without(TripCause::smoke) == CauseSet{}.with(TripCause::overload));
    CHECK((two | CauseSet{}.with(TripCause::heat)).has(TripCause::heat));
}

TEST_CASE("every cause there is has a place of its own", "[protocol][causes][unit]")
{
    std::set<std::uint64_t> seen;
    CauseSet whole;
    for (const auto cause : all_causes) {
        CHECK(seen.insert(CauseSet{}.with(cause).bits()).second);
        whole = whole.with(cause);
    }
    CHECK(seen.size() == static_cast<std::size_t>(range_of<TripCause>.last));
    CHECK(whole.known());
}

TEST_CASE("bits that no cause has are known to be damage", "[protocol][causes][unit]")
{
    constexpr auto last = static_cast<unsigned>(range_of<TripCause>.last);
    CHECK(CauseSet{}.known());
    CHECK_FALSE(CauseSet{1}.known());
    CHECK_FALSE(CauseSet{std::uint64_t{1} << (last + 1)}.known());
    CHECK_FALSE(CauseSet{UINT64_MAX}.known());
}
