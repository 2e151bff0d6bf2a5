#include "tests/sim/plant_bench.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::sim;

namespace {

/// What went out of the wall since the plug is in the battery, or has become heat, to a joule in a
/// billion.
void check_conserved(const PlantBench& bench, const OutletTruth& before)
{
    const auto after = bench.truth(1);
    const Joules found = after.battery_stored - before.battery_stored + after.battery_heat -
                         before.battery_heat + after.other_heat - before.other_heat +
                         after.contact_heat - before.contact_heat;
    CHECK(after.delivered - before.delivered == Approx(found).epsilon(1e-9));
}

}  // namespace

TEST_CASE("no joule is lost or made, whatever the charger's habit", "[sim][plant][unit]")
{
    for (const auto& known : charger_habit_words()) {
        CAPTURE(known.word);
        for (const auto* charger : {"pb-48v-20ah", "li-60v-17s"}) {
            PlantBench bench{{.seed = 5, .outlets = 1}};
            bench.plug(1, charger, 3.0, 0.6, known.habit);
            const auto before = bench.truth(1);
            bench.plant.advance(60_s);
            CHECK(bench.truth(1).delivered > 1000.0);
            check_conserved(bench, before);
        }
    }
}

TEST_CASE("no joule is lost or made, whatever is wrong", "[sim][plant][unit]")
{
    const std::vector<Fault> faults{
        ShortCircuit{},
        Overload{},
        Leak{},
        RelayBounces{},
        LoosePlug{},
        Arcing{},
        ChargerFails{{.current = 0.5}},
        ChargerFails{{.voltage = 1.25}},
        NoTaper{},
        LeadRunaway{},
        LithiumRunaway{},
        SecondBike{},
    };
    for (std::size_t i = 0; i < faults.size(); ++i) {
        CAPTURE(i);
        PlantBench bench{{.seed = 6, .outlets = 1}};
        bench.plug(1, "pb-48v-20ah", 3.0, 0.6);
        bench.plant.advance(5_s);
        REQUIRE(bench.plant.inject(1, faults[i]) == PlantPost::Injected::done);
        const auto before = bench.truth(1);

        bench.plant.advance(30_s);
        bench.plant.set_mains(Supply::off);
        bench.plant.advance(1_s);
        bench.plant.set_mains(Supply::on);
        bench.plant.advance(10_s);

        CHECK(bench.truth(1).delivered - before.delivered > 100.0);
        check_conserved(bench, before);
    }
}

TEST_CASE("no joule is lost or made while the mains sag, dip and swell", "[sim][plant][unit]")
{
    const std::vector<PostFault> faults{MainsLevel{160.0}, MainsLevel{300.0}, BrownOuts{},
                                        DrawnElsewhere{60.0}};
    for (std::size_t i = 0; i < faults.size(); ++i) {
        CAPTURE(i);
        PlantBench bench{{.seed = 7, .outlets = 1, .mains = {.feeder = 0.3}}};
        bench.plug(1, "pb-48v-20ah", 3.0, 0.3);
        bench.plant.inject(1, Overload{.amps = 2.0});
        const auto before = bench.truth(1);
        bench.plant.inject(faults[i]);
        bench.plant.advance(20_s);
        CHECK(bench.truth(1).delivered > 100.0);
        check_conserved(bench, before);
    }
}
