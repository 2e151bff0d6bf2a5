#include "tests/sim/plant_bench.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::sim;

TEST_CASE("a shorted coil driver closes the contact, and the read-back shows it",
          "[sim][plant][unit]")
{
    PlantPost plant{{.seed = 61, .outlets = 2}};
    plant.drive(1, hal::Relay::open);
    plant.inject(1, CoilFaulty{CoilFault::shorted});
    CHECK(plant.coil(1) == hal::Relay::closed);
    CHECK(plant.coil(2) == hal::Relay::open);
    plant.advance(20_ms);
    CHECK(plant.outlet(1).relay().closed());
    CHECK(plant.outlet(1).relay().commanded() == hal::Relay::open);
    CHECK(plant.sensed_outlet(1).coil == hal::Relay::closed);

    // Without the coils' supply even that one lets go, and pulls again when it returns.
    plant.release_coils();
    plant.advance(20_ms);
    CHECK_FALSE(plant.outlet(1).relay().closed());
    plant.return_coil_supply();
    plant.advance(20_ms);
    CHECK(plant.outlet(1).relay().closed());

    plant.clear_faults(1);
    plant.advance(20_ms);
    CHECK_FALSE(plant.outlet(1).relay().closed());
}

TEST_CASE("a broken coil driver never closes, and the read-back shows that too",
          "[sim][plant][unit]")
{
    PlantPost plant{{.seed = 62, .outlets = 1}};
    plant.inject(1, CoilFaulty{CoilFault::broken});
    plant.drive(1, hal::Relay::closed);
    plant.advance(40_ms);
    CHECK(plant.coil(1) == hal::Relay::open);
    CHECK_FALSE(plant.outlet(1).relay().closed());
}

TEST_CASE("the contactor's coil is read back as well", "[sim][plant][unit]")
{
    PlantPost plant{{.seed = 63, .outlets = 1}};
    CHECK(plant.contactor_coil() == hal::Relay::open);
    plant.drive_contactor(hal::Relay::closed);
    CHECK(plant.sensed_post_inputs().contactor_coil == hal::Relay::closed);
    plant.inject(ContactorCoilFaulty{CoilFault::shorted});
    plant.drive_contactor(hal::Relay::open);
    plant.advance(50_ms);
    CHECK(plant.contactor_coil() == hal::Relay::closed);
    CHECK(plant.contactor().closed());
}

TEST_CASE("a worn relay bounces a few times and then rests closed", "[sim][plant][unit]")
{
    PlantBench bench{{.seed = 64, .outlets = 1}};
    bench.plant.drive(1, hal::Relay::open);
    bench.plug(1, "pb-48v-20ah", 50.0, 0.3);
    bench.plant.inject(1, RelayBounces{});
    bench.plant.advance(50_ms);
    static_cast<void>(bench.plant.take_events());

    bench.plant.drive(1, hal::Relay::closed);
    bench.plant.advance(50_ms);
    int closings = 0;
    for (const auto& event : bench.plant.take_events())
        closings += event.kind == PlantEvent::Kind::contact_closed ? 1 : 0;
    CHECK(closings == 7);
    CHECK(bench.plant.outlet(1).relay().closed());

    // A bounce is too short for the charger to notice: it does not start afresh.
    bench.plant.advance(5_s);
    CHECK(bench.truth(1).watts > 100.0);
}

TEST_CASE("a coil that lets go in the middle of a bounce opens the contact", "[sim][plant][unit]")
{
    Contact contact{{.operate = 10_ms, .release = 5_ms}};
    contact.set_bounce({.times = 4, .each = 2_ms});
    contact.drive(hal::Relay::closed, Instant{0_ms});
    contact.advance_to(Instant{13_ms});
    contact.drive(hal::Relay::open, Instant{13_ms});
    contact.advance_to(Instant{18_ms});
    CHECK_FALSE(contact.closed());
    CHECK_FALSE(contact.moves_at().has_value());
}
