#include "firmware/app/bay_side.hpp"
#include "tests/support/wire_board.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using hal::Finding;
using hal::SensorKind;
using protocol::OutletState;
using protocol::TripCause;

namespace {

/// A bay at outlet 1, a smoke detector and a thermometer, and the guard's news as they would come.
struct Rig {
    static constexpr std::size_t bay = 0;
    static constexpr std::size_t smoke = 1;
    static constexpr std::size_t heat = 2;

    test::WireBoard board;
    app::BaySide<test::WireBoard> side;
    core::SessionBook book;
    Instant now{};
    std::vector<core::BayEvent> events;
    std::vector<core::WishFault> faults;

    Rig() : side{board, fittings()}
    {
        for (const auto& row : fittings().slaves.rows)
            static_cast<void>(board.wire.attach(sim::modbus_sensor(row.kind, row.address)));
    }
    static app::Fittings fittings()
    {
        auto made = app::no_fittings;
        made.bays.bays = 1;
        drivers::SlaveAddress address = 0;
        for (const auto kind : {SensorKind::bay, SensorKind::smoke, SensorKind::temperature})
            made.slaves.rows.push_back({.address = ++address, .kind = kind, .place = 1, .map = 0});
        return made;
    }
    void run_for(Millis time)
    {
        for (const auto until = now + time; now < until;) {
            now = now + 5_ms;
            board.wire.advance_to(now);
            side.turn(now);
            while (const auto fault = side.fault())
                faults.push_back(*fault);
            while (const auto news = side.bays().take())
                if (const auto* event = std::get_if<core::BayEvent>(&*news))
                    events.push_back(*event);
        }
    }
    void tell(const core::News& news) { side.follow(news, book); }
    void outlet_is(OutletState state)
    {
        tell(core::NewsState{.at = now, .outlet = 1, .from = OutletState::idle, .to = state});
    }
    void begin(protocol::CardToken card)
    {
        core::RunningSession session{};
        session.session = 9;
        session.card = card;
        book.open(1, session);
        tell(core::NewsStarted{
            .at = now, .outlet = 1, .session = 9, .means = protocol::StartMeans::card});
        outlet_is(OutletState::charging);
    }
    void end(protocol::EndReason reason)
    {
        outlet_is(OutletState::opening);
        outlet_is(OutletState::idle);
        tell(core::NewsEnded{.at = now,
                             .outlet = 1,
                             .session = 9,
                             .reason = reason,
                             .elapsed = {},
                             .energy = {},
                             .peak = {}});
        book.close(1);
    }
    void cut(TripCause cause)
    {
        tell(core::NewsTripped{.at = now,
                               .trip = {.outlet = protocol::whole_post,
                                        .cause = cause,
                                        .session = 0,
                                        .measured = 0,
                                        .limit = 0,
                                        .held_for = {},
                                        .count = 1}});
    }
    void clear(TripCause cause)
    {
        tell(core::NewsCleared{
            .at = now, .outlet = protocol::whole_post, .cause = cause, .ticket = 0});
    }
    void park()
    {
        run_for(20_s);
        sim::show(board.wire.slave(bay), SensorKind::bay, Finding::active);
        run_for(10_s);
        REQUIRE(side.bays().state(1) == core::BayState::taken);
    }
};

}  // namespace

TEST_CASE("the bay learns from the guard's news whose bike charges and when it is done",
          "[app][bays][unit]")
{
    Rig rig;
    rig.park();
    rig.begin(0xCAFE);
    CHECK(rig.side.bays().card(1) == 0xCAFE);
    rig.run_for(60_s);
    rig.end(protocol::EndReason::full);
    rig.run_for(1_s);
    REQUIRE(rig.events.size() == 1);
    CHECK(rig.events[0].matter == core::BayMatter::finished);
    CHECK(rig.events[0].card == 0xCAFE);
}

TEST_CASE("nobody is told to charge at a post that is cut", "[app][bays][unit]")
{
    Rig rig;
    rig.park();
    rig.cut(TripCause::smoke);
    rig.cut(TripCause::water);
    rig.run_for(20_min);
    CHECK(rig.events.empty());
    // One of two causes gone is still cut.
    rig.clear(TripCause::smoke);
    rig.run_for(20_min);
    CHECK(rig.events.empty());

    rig.clear(TripCause::water);
    rig.run_for(20_min);
    REQUIRE_FALSE(rig.events.empty());
    CHECK(rig.events[0].matter == core::BayMatter::not_charging);
}

TEST_CASE("what was latched before the boot cuts the post for its bays too", "[app][bays][unit]")
{
    Rig rig;
    core::WishRestore memory{.settings = protocol::factory_settings,
                             .latched = {},
                             .whole = protocol::CauseSet{}.with(TripCause::smoke),
                             .memory = core::WishRestore::Memory::good};
    rig.side.begin(memory, rig.now);
    rig.park();
    rig.run_for(20_min);
    CHECK(rig.events.empty());
}

TEST_CASE("a detector's fire is told to the guard once, and that it is gone once",
          "[app][bays][unit]")
{
    Rig rig;
    rig.run_for(5_s);
    CHECK(rig.faults.empty());
    const auto detector = GENERATE(Rig::smoke, Rig::heat);
    auto& slave = rig.board.wire.slave(detector);
    const bool of_smoke = detector == Rig::smoke;
    if (of_smoke)
        sim::show(slave, SensorKind::smoke, Finding::active);
    else
        sim::show_temperature(slave, DeciCelsius{950});
    rig.run_for(30_s);
    REQUIRE(rig.faults.size() == 1);
    CHECK(rig.faults[0].cause == (of_smoke ? TripCause::smoke : TripCause::heat));
    CHECK(rig.faults[0].measured == 1);
    CHECK(rig.faults[0].lasts == core::WishFault::Lasts::standing);

    // Burnt, or its wire: nobody says that it is over.
    slave.suffer(sim::SlaveFault::silent);
    rig.run_for(2_min);
    CHECK(rig.faults.size() == 1);
    slave.suffer(sim::SlaveFault::none);
    if (of_smoke)
        sim::show(slave, SensorKind::smoke, Finding::quiet);
    else
        sim::show_temperature(slave, DeciCelsius{200});
    rig.run_for(2_min);
    REQUIRE(rig.faults.size() == 2);
    CHECK(rig.faults[1].lasts == core::WishFault::Lasts::gone);
}

TEST_CASE("the rest is called for every question of the bus in time", "[app][bays][unit]")
{
    Rig rig;
    rig.run_for(2_s);
    // Whoever sleeps until then polls as often as whoever never sleeps.
    int turns = 0;
    for (const auto until = rig.now + 10_s; rig.now < until; ++turns) {
        const auto wake = std::max(rig.side.wake_at(), rig.now + 1_ms);
        rig.now = std::min(wake, rig.now + 5_ms);
        rig.board.wire.advance_to(rig.now);
        rig.side.turn(rig.now);
        CHECK(rig.side.wake_at() <= rig.now + 1_s);
    }
    CHECK(turns > 100);
    CHECK(rig.side.bus().presence(1) == drivers::ModbusRtu::Presence::answering);
}
