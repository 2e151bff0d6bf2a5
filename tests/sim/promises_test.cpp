#include "sim/fleet/promises.hpp"
#include "tests/sim/fleet_rig.hpp"

#include <catch2/catch.hpp>

// A post that misbehaves, over the real plant: every promise must be able to be broken.

using namespace ks;
using namespace ks::sim;
using hal::PostInput;
using hal::Relay;
using protocol::Lane;
using protocol::TripCause;

namespace {

/// No firmware: relays and records are what the test wants them to be.
struct Rogue {
    PostWorld world{{.seed = 1, .outlets = 3}, {}};
    NorFlash chip{hal::NorGeometry{.sector_size = 4'096, .sectors = 4, .page_size = 256}};
    SimBoard board{chip, "127.0.0.1", 1};  // its line is never opened
    protocol::Settings settings = protocol::factory_settings;
    PostPromises promises{"POST-0001", 3};
    std::array<std::uint64_t, protocol::lane_count> seqs{};
    std::uint32_t boot{1};
    protocol::SessionId session{0};
    Instant now{};

    Rogue()
    {
        world.return_power();
        promises.powered_up(1, world.plant());
        run(6_s);
        board.contactor = Relay::closed;
        run(100_ms);
    }
    void run(Millis lasts)
    {
        for (const auto until = now + lasts; now < until;) {
            now = now + 5_ms;
            world.advance_to(now);
            board.pins.fill(hal::OvercurrentPin::quiet);
            world.sense(board);
            promises.before_tick(world.plant(), board, settings);
            world.obey(board);
            promises.after_tick(world.plant(), board, settings);
            promises.after_turn(world.plant());
        }
    }
    void plug(std::uint8_t outlet)
    {
        world.plant().plug(
            outlet,
            {.battery = {.chemistry = Chemistry::lead_acid, .capacity_wh = 500.0, .charge = 0.2},
             .charger = charger_profile("pb-48v-20ah").value()});
    }
    Relay& relay(std::uint8_t outlet) { return board.relays.at(outlet - 1U); }
    void tell(Lane lane, protocol::RecordBody body)
    {
        auto& seq = seqs.at(static_cast<std::size_t>(lane));
        promises.take(
            {.head = {.lane = lane, .seq = ++seq, .boot = boot, .mono = now, .wall = std::nullopt},
             .body = std::move(body)},
            world.plant(), board);
    }
    void begin(std::uint8_t outlet, Millis time_limit, MilliwattHours energy_limit)
    {
        tell(Lane::event, protocol::SessionStarted{.session = ++session,
                                                   .outlet = outlet,
                                                   .means = protocol::StartMeans::command,
                                                   .card = {},
                                                   .command = {},
                                                   .time_limit = time_limit,
                                                   .energy_limit = energy_limit});
    }
    void charge(std::uint8_t outlet)
    {
        plug(outlet);
        begin(outlet, 1_h, 1000_Wh);
        relay(outlet) = Relay::closed;
        run(10_s);
    }
    void end(std::uint8_t outlet, protocol::SessionId which, MilliwattHours energy)
    {
        tell(Lane::event, protocol::SessionEnded{.session = which,
                                                 .outlet = outlet,
                                                 .reason = protocol::EndReason::stopped,
                                                 .elapsed = 10_s,
                                                 .energy = energy,
                                                 .peak = 100_W});
    }
    void trip(std::uint8_t outlet, TripCause cause)
    {
        tell(Lane::alarm, protocol::Tripped{.outlet = outlet,
                                            .cause = cause,
                                            .session = 0,
                                            .measured = 0,
                                            .limit = 0,
                                            .held_for = {},
                                            .count = 1});
    }
};

/// What is broken by it; empty when every promise holds.
template <class Act>
std::string broken_by(Act act)
{
    try {
        act();
    } catch (const BrokenPromise& broken) {
        return broken.what();
    }
    return "";
}

auto says(const char* promise) { return Catch::Contains(promise); }

}  // namespace

TEST_CASE("a post that keeps its promises is let alone", "[sim][promises][unit]")
{
    Rogue rogue;
    rogue.charge(1);
    rogue.run(60_s);
    rogue.relay(1) = Relay::open;
    rogue.run(1_s);
    const auto truth = rogue.world.plant().outlet(1).truth().delivered / joules_per_watt_hour;
    rogue.end(1, 1, MilliwattHours{static_cast<std::int64_t>(truth * 1000.0)});
    rogue.run(10_s);
    rogue.charge(1);
    rogue.promises.powered_down(rogue.world.plant());
    rogue.world.lose_power();
    CHECK(broken_by([&] { rogue.promises.watch_dark(rogue.world.plant()); }).empty());
}

TEST_CASE("I-01: an outlet that stays closed in spite of danger is found out in its budget",
          "[sim][promises][unit]")
{
    struct Danger {
        const char* promise;
        Millis harmless;  // so long nothing may be said
        void (*happens)(Rogue& rogue);
    };
    const Danger dangers[] = {
        {"what says fire", 45_ms,
         [](Rogue& is) {
             is.world.plant().inject(InputIs{PostInput::smoke, LoopIs::active});
         }},
        {"a leak", 50_ms, [](Rogue& is) { is.world.plant().inject(1, Leak{}); }},
        {"hot or unknown", 990_ms,
         [](Rogue& is) { is.world.plant().inject(1, SensorFaulty{SensorFault::open}); }},
        {"a silent meter", 1'000_ms,
         [](Rogue& is) { is.world.plant().inject(1, MeterFaulty{MeterFault::dead}); }},
        {"hard over-current", 700_ms,
         [](Rogue& is) { is.world.plant().inject(1, ShortCircuit{.amps = 14.0}); }},
    };
    for (const auto& danger : dangers) {
        CAPTURE(danger.promise);
        Rogue rogue;
        rogue.charge(1);
        danger.happens(rogue);
        CHECK(broken_by([&] { rogue.run(danger.harmless); }).empty());
        CHECK_THAT(broken_by([&] { rogue.run(200_ms); }), says(danger.promise));
    }
}

TEST_CASE("I-01: the chip's pin is obeyed within 30 ms", "[sim][promises][unit]")
{
    Rogue rogue;
    rogue.charge(1);
    const auto tick = [&] {
        rogue.now = rogue.now + 5_ms;
        rogue.world.advance_to(rogue.now);
        rogue.world.sense(rogue.board);
        rogue.board.pins[0] = hal::OvercurrentPin::raised;
        rogue.promises.before_tick(rogue.world.plant(), rogue.board, rogue.settings);
        rogue.promises.after_tick(rogue.world.plant(), rogue.board, rogue.settings);
    };
    for (int i = 0; i < 6; ++i)
        CHECK(broken_by(tick).empty());
    CHECK_THAT(broken_by(tick), says("I-01: the over-current pin"));
}

TEST_CASE("I-02: a coil that pulls without power, or right after a boot, is found out",
          "[sim][promises][unit]")
{
    Rogue rogue;
    rogue.charge(1);
    CHECK_THAT(broken_by([&] { rogue.promises.watch_dark(rogue.world.plant()); }),
               says("I-02: without power no coil pulls"));
    rogue.relay(1) = Relay::open;
    rogue.run(6_s);
    rogue.promises.powered_down(rogue.world.plant());
    rogue.promises.powered_up(2, rogue.world.plant());
    rogue.relay(2) = Relay::closed;
    CHECK_THAT(broken_by([&] { rogue.run(5_ms); }), says("I-0"));
}

TEST_CASE("I-03: what tripped is neither closed nor given a session", "[sim][promises][unit]")
{
    for (const auto of : {protocol::whole_post, protocol::OutletNumber{1}}) {
        CAPTURE(of);
        const auto tripped = [&] {
            auto rogue = std::make_unique<Rogue>();
            rogue->trip(of, TripCause::smoke);
            return rogue;
        };
        auto closes = tripped();
        closes->relay(1) = Relay::closed;
        CHECK_THAT(broken_by([&] { closes->run(5_ms); }), says("I-03"));
        auto begins = tripped();
        CHECK_THAT(broken_by([&] { begins->begin(1, 1_h, 100_Wh); }), says("I-03"));
        auto cleared = tripped();
        cleared->tell(Lane::alarm, protocol::TripCleared{
                                       .outlet = of, .cause = TripCause::smoke, .command = {}});
        CHECK(broken_by([&] { cleared->charge(1); }).empty());
    }
}

TEST_CASE("I-04: a closing without a session, and an authority used twice, are found out",
          "[sim][promises][unit]")
{
    Rogue rogue;
    rogue.relay(1) = Relay::closed;
    CHECK(broken_by([&] { rogue.run(1_s); }).empty());
    CHECK_THAT(broken_by([&] { rogue.run(10_ms); }), says("I-04: each closing"));

    Rogue again;
    again.begin(1, 1_h, 100_Wh);
    again.end(1, again.session, {});
    --again.session;
    CHECK_THAT(broken_by([&] { again.begin(1, 1_h, 100_Wh); }), says("I-04: an authority"));
}

TEST_CASE("a flash kept from an earlier run tells of sessions nobody here has seen flow",
          "[sim][promises][unit]")
{
    Rogue rogue;
    PostPromises afterwards{"POST-0001", 3};
    afterwards.powered_up(2, rogue.world.plant());
    std::swap(rogue.promises, afterwards);
    // It tripped after its session, but the lane of alarms is read first.
    rogue.trip(1, TripCause::hard_overcurrent);
    rogue.begin(1, 1_h, 100_Wh);
    rogue.boot = 2;
    rogue.now = {};
    CHECK(broken_by([&] { rogue.end(1, rogue.session, 50_Wh); }).empty());
    --rogue.session;
    CHECK_THAT(broken_by([&] { rogue.begin(1, 1_h, 100_Wh); }), says("I-04: an authority"));
}

TEST_CASE("I-05: neither time nor energy goes beyond what was granted or is capped",
          "[sim][promises][unit]")
{
    const auto goes_on = [](Millis time_limit, MilliwattHours energy_limit, Millis cap) {
        Rogue rogue;
        rogue.settings.types[0].session_cap = cap;
        rogue.plug(1);
        rogue.begin(1, time_limit, energy_limit);
        rogue.relay(1) = Relay::closed;
        return broken_by([&] { rogue.run(4_min); });
    };
    CHECK_THAT(goes_on(1_min, 100_Wh, 1_h), says("I-05: the time"));
    CHECK_THAT(goes_on(1_h, 100_Wh, 1_min), says("I-05: the cap on time"));
    CHECK_THAT(goes_on(1_h, 1_Wh, 1_h), says("I-05: the energy"));
}

TEST_CASE("I-07: current through an open relay calls for the second breaker in 1.5 s",
          "[sim][promises][unit]")
{
    Rogue rogue;
    rogue.charge(1);
    rogue.world.plant().inject(1, RelayFault{ContactFault::welded});
    rogue.relay(1) = Relay::open;
    CHECK(broken_by([&] { rogue.run(1'500_ms); }).empty());
    CHECK_THAT(broken_by([&] { rogue.run(10_ms); }), says("I-07"));
    rogue.board.contactor = Relay::open;
    CHECK(broken_by([&] { rogue.run(5_s); }).empty());
}

TEST_CASE("I-08: closings keep their distance", "[sim][promises][unit]")
{
    Rogue rests;
    rests.charge(1);
    rests.relay(1) = Relay::open;
    rests.run(4_s);
    rests.end(1, 1, {});
    rests.begin(1, 1_h, 100_Wh);
    rests.relay(1) = Relay::closed;
    CHECK_THAT(broken_by([&] { rests.run(5_ms); }), says("five seconds"));

    Rogue crowd;
    crowd.charge(1);
    crowd.begin(2, 1_h, 100_Wh);
    crowd.begin(3, 1_h, 100_Wh);
    crowd.relay(2) = Relay::closed;
    crowd.run(195_ms);
    crowd.relay(3) = Relay::closed;
    CHECK_THAT(broken_by([&] { crowd.run(5_ms); }), says("staggered"));

    Rogue often;
    const auto once_more = [&] {
        often.begin(1, 1_h, 100_Wh);
        often.relay(1) = Relay::closed;
        often.run(1_s);
        often.relay(1) = Relay::open;
        often.run(6_s);
        often.end(1, often.session, {});
    };
    for (int i = 0; i < 3; ++i)
        CHECK(broken_by(once_more).empty());
    CHECK_THAT(broken_by(once_more), says("three closings"));
}

TEST_CASE("I-09: a session's energy is compared with what really flowed, unless its meter lies",
          "[sim][promises][unit]")
{
    const auto tells = [](MilliwattHours energy, const Fault& fault) {
        Rogue rogue;
        rogue.charge(1);
        rogue.world.plant().inject(1, fault);
        rogue.run(60_s);
        rogue.relay(1) = Relay::open;
        rogue.run(1_s);
        return broken_by([&] { rogue.end(1, 1, energy); });
    };
    CHECK_THAT(tells(100_Wh, RelayBounces{}), says("I-09"));
    CHECK_THAT(tells({}, RelayBounces{}), says("I-09"));
    CHECK(tells({}, MeterFaulty{MeterFault::lying, 0.0}).empty());
    CHECK(tells({}, MeterReset{}).empty());
}

TEST_CASE("I-10, I-11: sessions do not overlap, and nothing goes back", "[sim][promises][unit]")
{
    Rogue rogue;
    rogue.begin(1, 1_h, 100_Wh);
    CHECK_THAT(broken_by([&] { rogue.begin(1, 1_h, 100_Wh); }), says("I-10"));
    CHECK_THAT(broken_by([&] { rogue.end(1, 7, {}); }), says("I-10"));
    rogue.begin(2, 1_h, 100_Wh);
    const auto told = [&](protocol::SessionId session, MilliwattHours energy) {
        return broken_by([&] {
            rogue.tell(Lane::event, protocol::SessionProgressed{.session = session,
                                                                .outlet = 2,
                                                                .elapsed = 1_s,
                                                                .energy = energy,
                                                                .lowest = {},
                                                                .mean = {},
                                                                .highest = {}});
        });
    };
    const auto running = rogue.session;
    CHECK(told(running, 5_Wh).empty());
    CHECK_THAT(told(running, 4_Wh), says("I-11"));
    CHECK_THAT(told(running + 1, 6_Wh), says("I-10"));
    ++rogue.seqs[static_cast<std::size_t>(Lane::event)];
    CHECK_THAT(told(running, 6_Wh), says("I-11: sequences"));
    CHECK_THAT(broken_by([&] { rogue.promises.powered_up(1, rogue.world.plant()); }),
               says("I-11: the count of boots"));
}

TEST_CASE("I-22, I-23, I-24, I-29: stops, closings, durable records and their heads",
          "[sim][promises][unit]")
{
    Rogue rogue;
    rogue.charge(1);
    for (const auto outlet : {protocol::whole_post, protocol::OutletNumber{1}})
        CHECK_THAT(broken_by([&] {
                       rogue.tell(Lane::event, protocol::CommandResult{
                                                   .command = {std::byte{outlet}},
                                                   .action = protocol::CommandAction::stop,
                                                   .outlet = outlet,
                                                   .outcome = protocol::CommandOutcome::done});
                   }),
                   says("I-22"));
    CHECK_THAT(broken_by([&] { rogue.promises.lost(Lane::alarm, 7); }),
               says("I-24: what was durable is there after a boot, byte for byte: alarm 7"));
    const auto from_the_future = [&] {
        rogue.now = rogue.now + 1_h;
        rogue.trip(2, TripCause::overload);
    };
    CHECK_THAT(broken_by(from_the_future), says("I-29"));

    for (const auto which : {PostInput::smoke, PostInput::tilt, PostInput::group}) {
        Rogue onto;
        onto.world.plant().inject(InputIs{which, LoopIs::active});
        onto.run(20_ms);
        onto.begin(1, 1_h, 100_Wh);
        onto.relay(1) = Relay::closed;
        CHECK_THAT(broken_by([&] { onto.run(5_ms); }), says("I-23: no input"));
    }
    Rogue hot;
    hot.world.plant().inject(1, SensorFaulty{SensorFault::open});
    hot.begin(1, 1_h, 100_Wh);
    hot.relay(1) = Relay::closed;
    CHECK_THAT(broken_by([&] { hot.run(5_ms); }), says("I-23: the contact"));
}
