#include "edge/store/reader.hpp"
#include "tests/edge/log_file.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::edge;
using namespace ks::protocol;
using ks::test::EdgeSite;
using ks::test::Log;
using ks::test::started;

namespace {

void tell_readings(Log& log)
{
    PostReading reading{.cabinet = DeciCelsius{388},
                        .rail = Millivolts{12'000},
                        .residual = {},
                        .inputs = {},
                        .current = {},
                        .power = {}};
    reading.inputs.push_back(InputCondition::quiet);
    log.tell(Lane::tele, reading);
    auto frame = test::quiet_frame(10);
    frame.outlets[1].power = Milliwatts{300'000};
    log.tell(Lane::tele, frame);
    log.tell(Lane::tele, frame);
}

void tell_bays_and_relays(Log& log)
{
    for (const auto state : {BayState::taken, BayState::free, BayState::taken})
        log.tell(Lane::event, BayChanged{.bay = 7,
                                         .from = BayState::unknown,
                                         .to = state,
                                         .tag = 5,
                                         .outlet = 2,
                                         .card = 0,
                                         .stayed = std::nullopt});
    for (const auto kind : {PlaceKind::bay, PlaceKind::zone})
        log.tell(Lane::event,
                 BayNoticed{.kind = kind,
                            .place = 7,
                            .matter =
                                kind == PlaceKind::bay ? BayMatter::overstay : BayMatter::forbidden,
                            .outlet = kind == PlaceKind::bay ? OutletNumber{2} : whole_post,
                            .card = 0,
                            .lasted = Millis{1}});
    log.tell(Lane::event,
             RelayWear{.outlet = 2, .closings = 9, .hot_openings = 1, .left_permille = 990});
}

void tell_cuts(Log& log)
{
    log.tell(Lane::alarm, test::overcurrent_on(3));
    TripTrace trace{.outlet = 3, .cause = TripCause::hard_overcurrent, .session = 7, .points = {}};
    trace.points.push_back({.before = {}, .current = {}, .power = {}, .contact = {}});
    log.tell(Lane::event, trace);
    log.tell(Lane::alarm,
             TripCleared{.outlet = 3, .cause = TripCause::hard_overcurrent, .command = {}});
    log.tell(Lane::alarm, InputChanged{.input = InputName::smoke,
                                       .from = InputCondition::quiet,
                                       .to = InputCondition::active});
}

}  // namespace

TEST_CASE("a daemon that starts again knows the site as it was", "[edge][store]")
{
    Log log;
    {
        LogWriter writer{log.path};
        log.edge.hear(log.post, log.post.birth(1));
        log.tell(Lane::event, started(9, 2));
        auto frame = test::quiet_frame(10);
        frame.outlets[1].state = OutletState::charging;
        frame.outlets[1].power = Milliwatts{300'000};
        log.tell(Lane::tele, frame);
        log.tell(Lane::alarm, test::overcurrent_on(3));
        log.commit(writer);
    }

    EdgeSite again;
    const auto restored = Reader{log.path}.restore();
    again.site.restore(restored, again.now);

    const auto& post = again.site.fleet().post(1);
    CHECK(post.id == "POST-0001");
    CHECK(post.outlet_count == 10);
    CHECK(post.outlet(2).state == OutletState::charging);
    CHECK(post.outlet(2).power == Milliwatts{300'000});
    CHECK(post.outlet(2).session == 9);
    CHECK(post.outlet(3).trip == TripCause::hard_overcurrent);
    CHECK(again.site.alarms().active(1, 3, AlarmKind::hard_overcurrent));
    // And takes up each lane where it ended.
    again.hear(log.post, Lane::alarm, log.post.make(Lane::alarm, test::overcurrent_on(4)));
    const auto batch = again.commit();
    REQUIRE(batch.records.size() == 1);
    CHECK(batch.records[0].standing == Standing::chained);
    CHECK(batch.records[0].id > restored.newest);
}

TEST_CASE("a daemon that starts again knows the post's condition, its bays and its last cuts",
          "[edge][store]")
{
    Log log;
    {
        LogWriter writer{log.path};
        log.edge.hear(log.post, log.post.birth(1));
        tell_readings(log);
        tell_bays_and_relays(log);
        tell_cuts(log);
        log.commit(writer);
    }

    EdgeSite again;
    again.site.restore(Reader{log.path}.restore(), again.now);

    const auto& post = again.site.fleet().post(1);
    REQUIRE(post.reading);
    CHECK(post.reading->cabinet == DeciCelsius{388});
    CHECK(post.outlet(2).power == Milliwatts{300'000});
    CHECK(post.bay(7).state == BayState::taken);
    CHECK(post.occupied_since(2).has_value());
    CHECK(post.places.at({PlaceKind::zone, 7}).matter == BayMatter::forbidden);
    CHECK(post.bay(7).matter == BayMatter::overstay);
    CHECK(post.outlet(2).relay->left_permille == 990);
    CHECK_FALSE(post.outlet(3).trip);
    REQUIRE(post.outlet(3).last_trip);
    CHECK(post.outlet(3).last_trip->points.size() == 1);
    CHECK(post.is_in(InputName::smoke, InputCondition::active));
    // And still knows that no cut has taken the alarm over.
    again.hear(log.post, Lane::alarm,
               log.post.make(Lane::alarm, InputChanged{.input = InputName::smoke,
                                                       .from = InputCondition::active,
                                                       .to = InputCondition::quiet}));
    CHECK_FALSE(again.site.alarms().active(1, whole_post, AlarmKind::smoke));
}

TEST_CASE("what a post told before its journal began anew is not restored", "[edge][store]")
{
    Log log;
    {
        LogWriter writer{log.path};
        log.edge.hear(log.post, log.post.birth(1));
        log.tell(Lane::event, BayChanged{.bay = 7,
                                         .from = BayState::unknown,
                                         .to = BayState::taken,
                                         .tag = 5,
                                         .outlet = 0,
                                         .card = 0,
                                         .stayed = std::nullopt});
        log.commit(writer);
        log.post.forget();
        // Told twice: the edge asks once before it believes that a journal is gone.
        for (int i = 0; i < 2; ++i) {
            log.post.mono = log.post.mono + Millis{5'000};
            log.edge.wait(Millis{5'000});
            log.edge.hear(log.post, log.post.birth(1));
        }
        log.commit(writer);
        REQUIRE(log.edge.site.alarms().active(1, whole_post, AlarmKind::journal_restarted));
    }

    EdgeSite again;
    again.site.restore(Reader{log.path}.restore(), again.now);

    CHECK(again.site.fleet().post(1).bay(7).state == BayState::unknown);
}
