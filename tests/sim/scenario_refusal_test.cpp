#include "sim/fleet/scenario.hpp"
#include "tests/sim/one_bike.hpp"
#include "tests/support/toml_rows.hpp"

#include <catch2/catch.hpp>

#include <initializer_list>

using namespace ks;
using namespace ks::sim;

namespace {

/// The same, with one line (from 1) replaced.
std::string with_line(std::size_t line, std::string_view other)
{
    const auto text = one_bike_and("");
    std::string result;
    std::size_t number = 1;
    for (std::size_t at = 0; at < text.size(); ++number) {
        const auto end = text.find('\n', at);
        result += number == line ? std::string{other} : text.substr(at, end - at);
        result += '\n';
        at = end + 1;
    }
    return result;
}

void check_refused(std::initializer_list<test::TomlSlip> slips)
{
    for (const auto& slip : slips) {
        CAPTURE(slip.text);
        const auto reading = read_scenario(slip.text);
        CHECK(test::refused(reading, slip.key, slip.what).line == slip.line);
        // One slip, one fault; an empty table lacks everything it needs.
        CHECK((reading.faults().size() == 1 || slip.text == "[[fault]]\n"));
    }
}

}  // namespace

TEST_CASE("a file that is no scenario, or asks for the impossible, is refused by line and key",
          "[sim][scenario][unit]")
{
    check_refused({
        {"posts = ", 1, "", "is no TOML"},
        {with_line(3, "post = 1 1"), 3, "", "is no TOML"},
        {"\xFF\xFE", 1, "", "is no TOML"},
        {"colour = 1\n", 1, "colour", "is not known here; known are bike"},
        {"posts = 0\n", 1, "posts", "a whole number from 1 to 10000"},
        {"posts = \"3\"\n", 1, "posts", "a whole number"},
        {"posts_of_a_group = 0\n", 1, "posts_of_a_group", "a whole number from 1 to 10000"},
        {"posts = 1.0\n", 1, "posts", "a whole number"},
        {"seed = -1\n", 1, "seed", "a whole number from 0"},
        {"outlets = 11\n", 1, "outlets", "from 1 to 10"},
        {"title = 7\n", 1, "title", "a text in quotes"},
        {"bike = 1\n", 1, "bike", "[[bike]]"},
        {"bike = [1]\n", 1, "bike[1]", "must be a table"},
        {"[bike]\npost = 1\n", 1, "bike", "[[bike]]"},
        {one_bike_and("[commissioned]\nfull_hold = 6\n"), 11, "commissioned.full_hold", "\"12s\""},
        {one_bike_and("[commissioned]\nhard_overcurrent = \"17A\"\n"), 11,
         "commissioned.hard_overcurrent", "is out of range"},
        {one_bike_and("[commissioned]\nsession_cap = \"0s\"\n"), 11, "commissioned.session_cap",
         "is out of range"},
        {one_bike_and("[commissioned]\nnonsense = 1\n"), 11, "commissioned.nonsense",
         "is not known here"},
    });
}

TEST_CASE("a bike at no place or no time is refused by line and key", "[sim][scenario][unit]")
{
    check_refused({
        {with_line(3, "post = 3"), 3, "bike[1].post", "from 1 to 2"},
        {with_line(3, ""), 2, "bike[1].post", "is missing"},
        {with_line(4, "outlet = 0"), 4, "bike[1].outlet", "from 1 to 10"},
        {with_line(4, "outlet = 11"), 4, "bike[1].outlet", "from 1 to 10"},
        {with_line(4, "outlet = true"), 4, "bike[1].outlet", "from 1 to 10"},
        {with_line(5, "at = 12"), 5, "bike[1].at", "\"12s\""},
        {with_line(5, "at = \"12\""), 5, "bike[1].at", "\"12\" is no time"},
        {with_line(5, "at = \"12 sec\""), 5, "bike[1].at", "is no time"},
        {with_line(5, "at = \"12Wh\""), 5, "bike[1].at", "is no time"},
        {with_line(5, "at = \"1e3s\""), 5, "bike[1].at", "is no time"},
        {with_line(5, "at = \"nans\""), 5, "bike[1].at", "is no time"},
        {with_line(5, "at = \"-1s\""), 5, "bike[1].at", "out of range: from 0s"},
        {with_line(5, "at = \"200h\""), 5, "bike[1].at", "out of range"},
        {with_line(5, "at = \"99999999999999999h\""), 5, "bike[1].at", "is no time"},
        {one_bike_and("[[bike]]\npost = 1\noutlet = 3\nat = \"59s\"\n"
                      "battery = { kind = \"lithium\", capacity = \"1Wh\", charge = \"0%\" }\n"
                      "charger = \"li-48v-13s\"\n"),
         12, "bike[2].outlet", "still taken by the bike of line 4"},
    });
}

TEST_CASE("a bike with a wrong battery, charger or card is refused by line and key",
          "[sim][scenario][unit]")
{
    check_refused({
        {with_line(6, "battery = 5"), 6, "bike[1].battery", "must be a table"},
        {with_line(6, "battery = { kind = \"nimh\", capacity = \"2Wh\", charge = \"4%\" }"), 6,
         "bike[1].battery.kind", "\"lead_acid\" or \"lithium\""},
        {with_line(6, "battery = { kind = \"lead_acid\", capacity = \"20Ah\", charge = \"4%\" }"),
         6, "bike[1].battery.capacity", "as in \"2.5Wh\""},
        {with_line(6, "battery = { kind = \"lead_acid\", capacity = \"0Wh\", charge = \"4%\" }"), 6,
         "bike[1].battery.capacity", "out of range"},
        {with_line(6, "battery = { kind = \"lead_acid\", capacity = \"2Wh\", charge = \"101%\" }"),
         6, "bike[1].battery.charge", "out of range"},
        {with_line(6, "battery = { kind = \"lead_acid\", capacity = \"2Wh\", charge = 0.4 }"), 6,
         "bike[1].battery.charge", "as in \"40%\""},
        {with_line(6, "battery = { kind = \"lead_acid\", capacity = \"2Wh\", charge = \"4%\", "
                      "age = 3 }"),
         6, "bike[1].battery.age", "is not known here"},
        {with_line(7, "charger = \"pb-52v\""), 7, "bike[1].charger", "known are pb-48v-12ah"},
        {with_line(7, "charger = \"li-48v-13s\""), 7, "bike[1].charger", "the other kind"},
        {with_line(8, "card = 12345"), 8, "bike[1].card", "a text in quotes"},
        {with_line(8, "card = \"12345\""), 8, "bike[1].card", "hexadecimal"},
        {with_line(8, "card = \"0x11112222333344445\""), 8, "bike[1].card", "hexadecimal"},
        {with_line(8, "card = \"0x12G4\""), 8, "bike[1].card", "hexadecimal"},
        {with_line(8, "taps_after = \"1s\""), 8, "bike[1].taps_after", "needs a card"},
        {with_line(9, "leaves_at = \"12s\""), 9, "bike[1].leaves_at", "later than bike[1].at"},
        {with_line(9, "leaves = \"1min\""), 9, "bike[1].leaves", "is not known here"},
    });
}

TEST_CASE("a fault that is none, or says too much, is refused by line and key",
          "[sim][scenario][unit]")
{
    check_refused({
        {"[[fault]]\n", 1, "fault[1].at", "is missing; it is a time"},
        {one_bike_and("[[fault]]\npost = 1\noutlet = 1\nat = \"1s\"\nkind = \"gremlin\"\n"), 14,
         "fault[1].kind", "known are short"},
        {one_bike_and("[[fault]]\npost = 1\nat = \"1s\"\nkind = \"short\"\n"), 10,
         "fault[1].outlet", "is missing"},
        {one_bike_and("[[fault]]\npost = 1\noutlet = 1\nat = \"1s\"\nkind = \"mains_off\"\n"), 12,
         "fault[1].outlet", "is not known here"},
        {one_bike_and(
             "[[fault]]\npost = 1\noutlet = 1\nat = \"1s\"\nkind = \"short\"\ncurrent = 40\n"),
         15, "fault[1].current", "as in \"12A\""},
        {one_bike_and("[[fault]]\npost = 1\noutlet = 1\nat = \"1s\"\nkind = \"short\"\ncurrent = "
                      "\"900A\"\n"),
         15, "fault[1].current", "out of range"},
        {one_bike_and(
             "[[fault]]\npost = 1\noutlet = 1\nat = \"1s\"\nkind = \"meter_dead\"\nfactor = 2\n"),
         15, "fault[1].factor", "is not known here"},
        {one_bike_and(
             "[[fault]]\npost = 1\noutlet = 1\nat = \"1s\"\nkind = \"meter_lying\"\nfactor = "
             "0\n"),
         15, "fault[1].factor", "from 0.01 to 100"},
    });
}
