#include "tests/sim/fleet_rig.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>

using namespace ks;
using namespace ks::sim;

namespace {

struct Bench {
    std::unique_ptr<ProvisionedPost> who = rig_identity("POST-0001");
    std::unique_ptr<SimPost> post;
    Instant now{};
    std::vector<DurableRecord> records;

    explicit Bench(SimPost::Setup setup)
        : post{std::make_unique<SimPost>(who->identity, std::move(setup))}
    {
        post->power_up(protocol::ResetCause::power_on);
    }
    void run(Millis lasts)
    {
        const Instant until = now + lasts;
        while (now < until) {
            now = now + 5_ms;
            post->pass(now);
            for (const auto& record : post->take_records())
                records.push_back(record);
        }
    }
    [[nodiscard]] std::vector<std::uint64_t> sequences(protocol::Lane lane) const
    {
        std::vector<std::uint64_t> found;
        for (const auto& record : records)
            if (record.lane == lane) found.push_back(record.seq);
        return found;
    }
    /// A bike at an outlet whose relay is welded: current that nobody asked for.
    void weld_and_plug(std::uint8_t outlet)
    {
        post->plant().inject(outlet, RelayFault{ContactFault::welded});
        post->plant().plug(
            outlet,
            {.battery = {.chemistry = Chemistry::lead_acid, .capacity_wh = 50.0, .charge = 0.2},
             .charger = charger_profile("pb-48v-20ah").value()});
    }
};

/// From 1 on, each once.
bool is_without_holes(const std::vector<std::uint64_t>& sequences)
{
    for (std::size_t i = 0; i < sequences.size(); ++i)
        if (sequences[i] != i + 1) return false;
    return !sequences.empty();
}

}  // namespace

TEST_CASE("a post boots, closes its contactor and writes frames without any edge",
          "[sim][fleet][unit]")
{
    Bench bench{rig_setup()};
    bench.run(3_s);

    const auto life = bench.post->take_life();
    REQUIRE(life.size() == 1);
    CHECK(life[0].kind == LifeEvent::Kind::booted);
    CHECK(life[0].boot == 1);
    CHECK(bench.post->plant().contactor().closed());
    CHECK_FALSE(bench.post->linked());
    CHECK(is_without_holes(bench.sequences(protocol::Lane::event)));
    CHECK(is_without_holes(bench.sequences(protocol::Lane::tele)));
    for (const auto& record : bench.records)
        CHECK(record.digest.has_value());
}

TEST_CASE("current through an outlet that is off opens the contactor and becomes an alarm",
          "[sim][fleet][unit]")
{
    Bench bench{rig_setup()};
    bench.run(3_s);
    bench.weld_and_plug(4);
    bench.run(5_s);

    CHECK_FALSE(bench.post->plant().contactor().closed());
    CHECK(bench.post->plant().outlet(4).truth().amps == 0.0);
    CHECK(bench.sequences(protocol::Lane::alarm) == std::vector<std::uint64_t>{1});
}

TEST_CASE("a power cut opens every contact, and what was journalled is told once",
          "[sim][fleet][unit]")
{
    Bench bench{rig_setup()};
    bench.run(3_s);
    bench.weld_and_plug(4);
    bench.run(3_s);
    bench.post->power_cut();
    CHECK_FALSE(bench.post->powered());
    bench.run(2_s);
    CHECK_FALSE(bench.post->plant().contactor().closed());

    bench.post->power_up(protocol::ResetCause::power_on);
    bench.run(3_s);

    const auto life = bench.post->take_life();
    REQUIRE(life.size() == 3);
    CHECK(life[1].kind == LifeEvent::Kind::power_lost);
    CHECK(life[2].boot == 2);
    for (const auto lane : protocol::all_lanes)
        CHECK(is_without_holes(bench.sequences(lane)));
    // The welded relay is remembered: the contactor stays open without seeing it again.
    CHECK_FALSE(bench.post->plant().contactor().closed());
}

TEST_CASE("power that fails inside a flash write leaves a journal that goes on",
          "[sim][fleet][unit]")
{
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        CAPTURE(seed);
        auto setup = rig_setup();
        setup.seed = seed;
        Bench bench{setup};
        bench.run(3_s);
        bench.post->power_fails_at_next_write();
        bench.weld_and_plug(2);
        bench.run(5_s);
        REQUIRE_FALSE(bench.post->powered());

        bench.post->power_up(protocol::ResetCause::power_on);
        bench.run(4_s);

        CHECK(bench.post->powered());
        for (const auto lane : {protocol::Lane::alarm, protocol::Lane::event})
            CHECK(is_without_holes(bench.sequences(lane)));
        CHECK_FALSE(bench.sequences(protocol::Lane::alarm).empty());
    }
}

TEST_CASE("a post finds its journal again in the next process, and tells all of it",
          "[sim][fleet][unit]")
{
    const test::TempDir folder;
    auto setup = rig_setup();
    setup.nor_file = folder.path() / "POST-0001.nor";
    std::vector<DurableRecord> first;
    {
        Bench bench{setup};
        bench.run(3_s);
        first = bench.records;
    }
    Bench bench{setup};
    bench.run(3_s);

    CHECK(bench.post->take_life().front().boot == 2);
    std::map<std::pair<protocol::Lane, std::uint64_t>, protocol::ChainDigest> told;
    for (const auto& record : bench.records)
        told[{record.lane, record.seq}] = *record.digest;
    for (const auto& record : first)
        CHECK(told.at({record.lane, record.seq}) == *record.digest);
    CHECK(is_without_holes(bench.sequences(protocol::Lane::event)));
}

TEST_CASE("the installer's settings are in force from the first boot, and are set once",
          "[sim][fleet][unit]")
{
    const test::TempDir folder;
    auto setup = rig_setup();
    setup.nor_file = folder.path() / "POST-0001.nor";
    const auto full_hold_in_force = [&] {
        Bench bench{setup};
        bench.run(1_s);  // the self-tests come first
        return bench.post->settings().of(1).full_hold;
    };
    setup.commissioned.version = 1;
    setup.commissioned.types[0].full_hold = 6_s;
    CHECK(full_hold_in_force() == 6_s);
    setup.commissioned.types[0].full_hold = 9_s;
    CHECK(full_hold_in_force() == 6_s);
}

TEST_CASE("a simulator that is late for a moment bites no post", "[sim][fleet][unit]")
{
    Bench bench{rig_setup()};
    bench.run(1_s);
    for (int i = 0; i < 10; ++i) {
        bench.now = bench.now + 180_ms;
        bench.post->pass(bench.now);
    }
    for (const auto& event : bench.post->take_life())
        CHECK(event.kind == LifeEvent::Kind::booted);
}

TEST_CASE("a train of brown-outs holds a post in reset, and it comes back once, with all open",
          "[sim][fleet][unit]")
{
    Bench bench{rig_setup()};
    bench.run(3_s);
    bench.post->plant().inject(RailFedBy{RailFeed::mains});
    bench.weld_and_plug(1);
    static_cast<void>(bench.post->take_life());

    // The capacitors carry 20 ms; a dip of 50 ms is more, and the pauses are too short to start in.
    bench.post->plant().inject(BrownOuts{.dips = {.lasts = 10.0}});
    bench.run(9_s);
    CHECK_FALSE(bench.post->powered());
    CHECK_FALSE(bench.post->plant().contactor().closed());
    bench.run(3_s);

    const auto life = bench.post->take_life();
    REQUIRE(life.size() == 2);
    CHECK(life[0].kind == LifeEvent::Kind::power_lost);
    CHECK(life[1].kind == LifeEvent::Kind::booted);
    CHECK(life[1].at - life[0].at > 9_s);
    CHECK(bench.post->powered());
    for (std::uint8_t outlet = 2; outlet <= 10; ++outlet)
        CHECK_FALSE(bench.post->plant().outlet(outlet).truth().contact_closed);
}

TEST_CASE("a dip that the capacitors outlast leaves a post running", "[sim][fleet][unit]")
{
    Bench bench{rig_setup()};
    bench.run(3_s);
    bench.post->plant().inject(RailFedBy{RailFeed::mains});
    static_cast<void>(bench.post->take_life());
    bench.post->plant().inject(BrownOuts{.dips = {.per_second = 25, .lasts = 5.0}});
    bench.run(6_s);
    CHECK(bench.post->take_life().empty());
    CHECK(bench.post->powered());
}

TEST_CASE(
    "power that fails in the first write of a boot leaves a post dark, and the next boot counts "
    "on (F-050, I-11)",
    "[sim][fleet][unit]")
{
    Bench bench{rig_setup()};
    bench.run(1_s);
    bench.post->power_fails_at_next_write();
    bench.post->power_cut();
    bench.post->power_up(protocol::ResetCause::power_on);
    CHECK_FALSE(bench.post->powered());
    bench.run(100_ms);
    bench.post->power_up(protocol::ResetCause::power_on);
    CHECK(bench.post->powered());
    const auto life = bench.post->take_life();
    CHECK(life.back().boot > life.front().boot);
}
