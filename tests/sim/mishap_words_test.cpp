#include "sim/fleet/mishap_words.hpp"
#include "sim/fleet/scenario.hpp"
#include "tests/sim/one_bike.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace ks;
using namespace ks::sim;

namespace {

/// A scenario's line for the word, with the extra word it takes.
std::string parameter_line(MishapParameter parameter)
{
    switch (parameter) {
    case MishapParameter::none: return "";
    case MishapParameter::current: return "current = \"13A\"\n";
    case MishapParameter::leak: return "current = \"30mA\"\n";
    case MishapParameter::factor: return "factor = 0.4\n";
    case MishapParameter::voltage: return "voltage = \"160V\"\n";
    case MishapParameter::power: return "power = \"120W\"\n";
    case MishapParameter::input: return "input = \"tilt\"\n";
    case MishapParameter::circuit: return "circuit = 2\n";
    case MishapParameter::place: return "place = 2\n";
    case MishapParameter::address: return "address = 3\n";
    }
    return "";
}

/// One sensor of each kind, all of place 2.
std::string mounted()
{
    std::string text;
    int address = 0;
    for (const auto* kind : {"bay", "zone", "barrier", "smoke", "temperature"})
        text += "[[sensor]]\naddress = " + std::to_string(++address) + "\nkind = \"" + kind +
                "\"\nplace = 2\n";
    return text;
}

std::string fault_of(const MishapWord& word, std::string_view parameter)
{
    return mounted() + "[[fault]]\npost = 1\nat = \"1s\"\nkind = \"" + std::string{word.word} +
           "\"\n" + (word.place == MishapPlace::outlet ? "outlet = 3\n" : "") +
           std::string{parameter};
}

/// The fault of an action that injects one into an outlet.
template <class Kind>
Kind injected(std::string_view word, std::optional<double> value)
{
    return std::get<Kind>(std::get<Inject>(mishap(mishap_word(word).value(), value)).fault);
}
template <class Kind>
Kind injected_in_post(std::string_view word, std::optional<double> value)
{
    return std::get<Kind>(std::get<InjectPost>(mishap(mishap_word(word).value(), value)).fault);
}

}  // namespace

TEST_CASE("every mishap has one word, and a person can write it with what it takes",
          "[sim][scenario][unit]")
{
    std::set<std::string_view> seen;
    for (const auto& word : mishap_words()) {
        CAPTURE(word.word);
        CHECK(seen.insert(word.word).second);
        const auto reading = read_scenario(fault_of(word, parameter_line(word.parameter)));
        for (const auto& fault : reading.faults())
            WARN(told(fault, "file"));
        REQUIRE(reading.ok());
        REQUIRE(reading.scenario().deeds.size() == 1);
        const auto outlet = reading.scenario().deeds.front().deed.outlet;
        CHECK(outlet == (word.place == MishapPlace::outlet ? 3 : 0));
    }
    CHECK(seen.size() >= 80);
}

TEST_CASE("every word without what it takes means its default, or says what is missing",
          "[sim][scenario][unit]")
{
    for (const auto& word : mishap_words()) {
        CAPTURE(word.word);
        const auto reading = read_scenario(fault_of(word, ""));
        const bool must = word.parameter == MishapParameter::input ||
                          word.parameter == MishapParameter::circuit ||
                          word.parameter == MishapParameter::place ||
                          word.parameter == MishapParameter::address;
        CHECK(reading.ok() == !must);
        if (must) CHECK(reading.faults().front().what.find("is missing") == 0);
    }
}

TEST_CASE("every word refuses what belongs to another, and says what it knows",
          "[sim][scenario][unit]")
{
    for (const auto& word : mishap_words()) {
        CAPTURE(word.word);
        const auto* stray =
            word.parameter == MishapParameter::factor ? "voltage = \"1V\"\n" : "factor = 0.5\n";
        const auto reading = read_scenario(fault_of(word, parameter_line(word.parameter) + stray));
        REQUIRE_FALSE(reading.ok());
        CHECK(reading.faults().front().what.find("is not known here; known are a") == 0);
    }
}

TEST_CASE("a mishap's number out of range, or its place unknown, is refused with what is right",
          "[sim][scenario][unit]")
{
    struct Row {
        std::string_view word;
        std::string_view line;
        std::string_view what;
    };
    for (const auto& row : {
             Row{"leak", "current = \"0A\"\n", "out of range; as in \"30mA\""},
             Row{"leak", "current = 30\n", "as in \"30mA\""},
             Row{"mains_volts", "voltage = \"900V\"\n", "out of range; as in \"160V\""},
             Row{"mains_volts", "voltage = \"160\"\n", "as in \"160V\""},
             Row{"cabinet_heated", "power = \"9kW\"\n", "as in \"100W\""},
             Row{"input_active", "input = \"fog\"\n",
                 "known are smoke, heat, water, emergency, "
                 "extinguisher, enclosure, tilt"},
             Row{"input_active", "input = 3\n", "a text in quotes"},
             Row{"residual_failed", "circuit = 0\n", "from 1 to 4"},
             Row{"residual_failed", "circuit = 5\n", "from 1 to 4"},
             Row{"no_taper", "factor = 0\n", "from 0.01 to 100"},
             Row{"bike_in_bay", "place = 0\n", "from 1 to 16"},
             Row{"bike_in_bay", "place = 17\n", "from 1 to 16"},
             Row{"bike_in_bay", "place = 3\n", "has no such sensor"},
             Row{"bike_in_zone", "place = 1\n", "has no such sensor"},
             Row{"slave_silent", "address = 0\n", "from 1 to 247"},
             Row{"slave_silent", "address = 248\n", "from 1 to 247"},
             Row{"slave_silent", "address = 99\n", "has no such sensor"},
         }) {
        CAPTURE(row.word, row.line);
        const auto reading = read_scenario(fault_of(mishap_word(row.word).value(), row.line));
        REQUIRE_FALSE(reading.ok());
        CHECK(reading.faults().size() == 1);
        CHECK(reading.faults().front().what.find(row.what) != std::string::npos);
    }
}

TEST_CASE("the words mean what they say", "[sim][scenario][unit]")
{
    CHECK(injected<Leak>("leak", 0.03).amps == 0.03);
    CHECK(injected<NoTaper>("no_taper", 0.7).share == 0.7);
    CHECK(injected<ChargerFails>("half_failed_charger", 0.3).defect.current == 0.3);
    CHECK(injected<ChargerFails>("wrong_charger", std::nullopt).defect.voltage > 1.1);
    CHECK(injected<CoilFaulty>("coil_shorted", std::nullopt).kind == CoilFault::shorted);
    CHECK(injected<SensorFaulty>("sensor_frozen", std::nullopt).kind == SensorFault::frozen);
    CHECK(injected<MeterFaulty>("meter_drifting", 0.6).factor == 0.6);
    CHECK(injected_in_post<MainsLevel>("mains_volts", 300.0).volts == 300.0);
    CHECK_FALSE(injected_in_post<MainsLevel>("mains_volts", std::nullopt).volts.has_value());
    CHECK(injected_in_post<ResidualFaulty>("residual_failed", 2.0).circuit == 1);
    for (const auto word : post_input_words()) {
        const auto which = post_input(word).value();
        const auto is = injected_in_post<InputIs>("input_flapping", static_cast<double>(which));
        CHECK(is.input == which);
        CHECK(is.is == LoopIs::flapping);
    }
    const auto sees = std::get<SensorSees>(mishap(mishap_word("detector_faulty").value(), 4.0));
    CHECK(sees.kind == hal::SensorKind::smoke);
    CHECK(int{sees.place} == 4);
    CHECK(sees.finding == hal::Finding::faulty);
    const auto dies = std::get<SlaveSuffers>(mishap(mishap_word("slave_silent").value(), 9.0));
    CHECK(int{dies.address} == 9);
    CHECK(dies.fault == SlaveFault::silent);
    CHECK(post_input("water") == hal::PostInput::water);
    CHECK(post_input("tilt") == hal::PostInput::tilt);
}

TEST_CASE("whatever can break in a processor has a word of its own", "[sim][scenario][unit]")
{
    using enum ProcessorFault;
    constexpr std::pair<std::string_view, ProcessorFault> words[] = {
        {"register_stuck", register_stuck},
        {"ram_stuck", ram_stuck},
        {"image_damaged", image_damaged},
        {"clock_slow", clock_slow},
        {"timer_lost", timer_lost},
        {"rest_hangs", rest_hangs},
        {"stack_overruns", stack_overruns},
        {"interrupt_storm", interrupt_storm},
        {"adc_stuck", adc_stuck},
        {"reference_drifts", reference_drifts},
        {"outputs_altered", outputs_altered},
        {"noise_stuck", noise_stuck},
        {"check_fails", check_fails},
    };
    static_assert(std::size(words) == processor_faults);
    for (const auto& [word, fault] : words) {
        CAPTURE(word);
        const auto action = mishap(mishap_word(word).value(), std::nullopt);
        CHECK(std::get<BreakProcessor>(action).fault == fault);
    }
}

TEST_CASE("a bike's charger has habits with names", "[sim][scenario][unit]")
{
    const auto bike = [](std::string_view line) { return read_scenario(one_bike_and(line)); };
    for (const auto& known : charger_habit_words()) {
        const auto reading = bike("habit = \"" + std::string{known.word} + "\"\n");
        REQUIRE(reading.ok());
        CHECK(std::get<Plug>(reading.scenario().deeds.front().deed.action).bike.habit ==
              known.habit);
    }
    const auto reading = bike("habit = \"humming\"\n");
    REQUIRE_FALSE(reading.ok());
    CHECK(reading.faults().front().what.find("known are plain, fan") != std::string::npos);
}
