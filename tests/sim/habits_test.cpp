#include "tests/sim/plant_bench.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ks;
using namespace ks::sim;

// What sound chargers do by right. A full-size charger alone takes steps of a second.
namespace {

struct Course {
    std::vector<Watts> seconds;

    [[nodiscard]] Watts mean(std::size_t from, std::size_t count) const
    {
        Watts sum = 0.0;
        for (std::size_t i = from; i < from + count; ++i)
            sum += seconds.at(i);
        return sum / static_cast<double>(count);
    }
    [[nodiscard]] Watts peak() const { return *std::max_element(seconds.begin(), seconds.end()); }
};

Course charge(std::string_view charger, double capacity_wh, double from, ChargerHabit habit,
              std::uint64_t seed)
{
    const auto profile = charger_profile(charger).value();
    Battery battery{{.chemistry = profile.chemistry, .capacity_wh = capacity_wh, .charge = from},
                    20.0};
    Charger brick{profile, habit, Random{seed}};
    static_cast<void>(brick.energise());
    Course course;
    while (course.seconds.size() < 60'000 && brick.stage() != Charger::Stage::done)
        course.seconds.push_back(brick.run(battery, 1.0, 20.0).watts);
    return course;
}

}  // namespace

TEST_CASE("some chargers jump by more than 80 W after half an hour, by right", "[sim][plant][unit]")
{
    int jumps = 0;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        const auto course = charge("pb-72v-32ah", 2'300.0, 0.1, ChargerHabit::fast_stage, seed);
        for (std::size_t at = 1'800; at + 30 < 7'200; ++at)
            if (course.seconds[at] > course.seconds[at - 1] + 80.0) {
                ++jumps;
                break;
            }
    }
    CHECK(jumps >= 10);
}

TEST_CASE("an equalising charger draws more once more before it floats", "[sim][plant][unit]")
{
    const auto course = charge("pb-48v-20ah", 960.0, 0.6, ChargerHabit::equalising, 3);
    const auto plain = charge("pb-48v-20ah", 960.0, 0.6, ChargerHabit::plain, 3);
    CHECK(course.seconds.size() > plain.seconds.size() + 1'700);
    // Somewhere behind the knee the power steps up and stays so for half an hour.
    std::size_t step = 0;
    for (std::size_t at = 3'600; at + 1 < course.seconds.size(); ++at)
        if (course.seconds[at + 1] > course.seconds[at] + 10.0) step = at + 1;
    REQUIRE(step > 0);
    CHECK(course.mean(step, 1'700) > course.mean(step - 60, 50) * 1.2);
}

TEST_CASE("a pulsing charger never rests for as long as an unplugged one", "[sim][plant][unit]")
{
    const auto course = charge("pb-48v-20ah", 960.0, 0.6, ChargerHabit::pulsing, 8);
    int changes = 0;
    for (std::size_t at = 100; at < 700; ++at) {
        if (std::abs(course.seconds[at] - course.seconds[at - 1]) > 40.0) ++changes;
        CHECK(course.seconds[at] > 5.0);
    }
    CHECK(changes > 60);  // in ten minutes
}

TEST_CASE("a balancing battery pauses near its end and goes on", "[sim][plant][unit]")
{
    const auto course = charge("li-60v-17s", 1'200.0, 0.85, ChargerHabit::balancing, 5);
    int pauses = 0;
    for (std::size_t at = 1; at < course.seconds.size(); ++at)
        if (course.seconds[at] < 5.0 && course.seconds[at - 1] > 15.0) ++pauses;
    CHECK(pauses >= 2);
}

TEST_CASE("fans and power-factor stages move the power by a little only", "[sim][plant][unit]")
{
    for (const auto habit : {ChargerHabit::fan, ChargerHabit::pfc_stages}) {
        const auto course = charge("pb-60v-20ah", 1'200.0, 0.3, habit, 9);
        const auto plain = charge("pb-60v-20ah", 1'200.0, 0.3, ChargerHabit::plain, 9);
        CHECK(course.peak() < plain.peak() + 20.0);
        bool differs = false;
        for (std::size_t at = 600; at < 20'000; ++at)
            differs = differs || std::abs(course.seconds[at] - plain.seconds[at]) > 1.0;
        CHECK(differs);
    }
}

TEST_CASE("a plain charge steps nowhere", "[sim][plant][unit]")
{
    const auto course = charge("pb-48v-20ah", 960.0, 0.2, ChargerHabit::plain, 1);
    for (std::size_t at = 10; at + 8'000 < course.seconds.size(); ++at)
        CHECK(std::abs(course.seconds[at] - course.seconds[at - 1]) < 25.0);
}
