#include "firmware/protocol/names.hpp"
#include "firmware/protocol/word_range.hpp"
#include "tests/protocol/peer.hpp"
#include "tests/protocol/samples.hpp"
#include "tests/protocol/spec_page.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace ks;
using namespace ks::protocol;

namespace {

const std::string& page()
{
    static const auto text = spec::text_of_file("firmware/protocol/SPEC.md");
    return text;
}

/// The page's list has the code's names and numbers, all of them and no other.
template <class Word>
void check_list(const std::string& name)
{
    std::vector<std::string> code;
    for (auto number = static_cast<unsigned>(range_of<Word>.first);
         number <= static_cast<unsigned>(range_of<Word>.last); ++number)
        code.push_back(std::to_string(number) + " " +
                       std::string{name_of(static_cast<Word>(number))});
    CAPTURE(name);
    CHECK(spec::word_lists(page())[name] == code);
}

constexpr std::string_view unit_of(Milliamps /*tag*/) { return "mA"; }
constexpr std::string_view unit_of(Millivolts /*tag*/) { return "mV"; }
constexpr std::string_view unit_of(Milliwatts /*tag*/) { return "mW"; }
constexpr std::string_view unit_of(MilliwattHours /*tag*/) { return "mWh"; }
constexpr std::string_view unit_of(DeciCelsius /*tag*/) { return "0.1 °C"; }
constexpr std::string_view unit_of(Millis /*tag*/) { return "ms"; }
constexpr std::string_view unit_of(std::uint32_t /*tag*/) { return ""; }

template <class T>
std::string number(T value)
{
    return std::to_string(value.count());
}
std::string number(std::uint32_t value) { return std::to_string(value); }

/// The code's rows as the page writes them.
template <class Owner>
void add_rows(std::vector<std::string>& rows)
{
    each_limit_of<Owner>([&](const auto& row) {
        const std::string way = row.loosens == Loosens::upwards ? "upwards" : "downwards";
        rows.push_back("| `" + std::string{row.name} + "` | " + std::string{unit_of(row.least)} +
                       " | " + number(row.least) + " | " + number(row.factory) + " | " +
                       number(row.most) + " | " + way + " |");
    });
}

}  // namespace

TEST_CASE("the page lists the limits of the code with their bounds", "[protocol][spec][golden]")
{
    std::vector<std::string> code;
    add_rows<Limits>(code);
    add_rows<PostLimits>(code);

    const auto shown = spec::limit_rows(page());
    for (std::size_t i = 0; i < std::min(code.size(), shown.size()); ++i)
        CHECK(shown[i] == code[i]);
    CHECK(shown.size() == code.size());
}

TEST_CASE("the page shows one example of everything there is", "[protocol][spec][golden]")
{
    std::vector<std::string> shown;
    for (const auto& example : spec::examples(page()))
        shown.push_back(example.name);
    std::vector<std::string> known;
    for (const auto& example : samples::examples())
        known.push_back(example.name);

    std::sort(shown.begin(), shown.end());
    std::sort(known.begin(), known.end());
    CHECK(shown == known);
}

TEST_CASE("each example's bytes are those of the values beside it", "[protocol][spec][golden]")
{
    for (const auto& shown : spec::examples(page())) {
        CAPTURE(shown.name);
        const auto theirs = peer::bytes_of_notation(shown.notation);
        REQUIRE(theirs);
        CHECK(peer::hex(*theirs) == peer::hex(shown.bytes));
        CHECK(peer::notation_of_bytes(shown.bytes) == peer::notation_of_bytes(*theirs));
    }
}

TEST_CASE("our encoder makes each example and our decoder takes it", "[protocol][spec][golden]")
{
    std::map<std::string, samples::Example> ours;
    for (const auto& example : samples::examples())
        ours.emplace(example.name, example);

    for (const auto& shown : spec::examples(page())) {
        CAPTURE(shown.name);
        REQUIRE(ours.contains(shown.name));
        const auto& example = ours.at(shown.name);
        CHECK(peer::hex(example.bytes.view()) == peer::hex(shown.bytes));
        REQUIRE_FALSE(refusal_of(example.subject, shown.bytes));
        CHECK(comes_back(example.subject, shown.bytes));
    }
}

TEST_CASE("the page lists the words of the code, all and no other", "[protocol][spec][golden]")
{
    check_list<Lane>("lane");
    check_list<RecordKind>("record_kind");
    check_list<OutletState>("outlet_state");
    check_list<TripCause>("trip_cause");
    check_list<EndReason>("end_reason");
    check_list<ResetCause>("reset_cause");
    check_list<CommandAction>("command_action");
    check_list<Role>("role");
    check_list<CommandOutcome>("command_outcome");
    check_list<StartMeans>("start_means");
    check_list<InputName>("input_name");
    check_list<InputCondition>("input_condition");
    check_list<SelfTest>("self_test");
    check_list<BayState>("bay_state");
    check_list<BayMatter>("bay_matter");
    check_list<PlaceKind>("place_kind");
    check_list<LinkNoticed::Matter>("link_matter");
    check_list<Severity>("severity");
    CHECK(spec::word_lists(page()).size() == 18);
}

// What was released stays readable. These files are never rewritten: a new version gets a folder of
// its own, and the old one must go on decoding.
TEST_CASE("released messages still decode and are still ours", "[protocol][golden]")
{
    std::size_t seen = 0;
    for (const auto& entry : std::filesystem::directory_iterator{"tests/golden/protocol-1"}) {
        const auto name = entry.path().stem().string();
        CAPTURE(name);
        const auto bytes = peer::from_hex(spec::text_of_file(entry.path().string()));
        REQUIRE(bytes);

        std::size_t takers = 0;
        for (const auto subject : all_subjects) {
            if (refusal_of(subject, *bytes)) continue;
            ++takers;
            CHECK(comes_back(subject, *bytes));
        }
        CHECK(takers == (name == "record_gap" ? lane_count : 1));
        ++seen;
    }
    CHECK(seen == 43);
}
