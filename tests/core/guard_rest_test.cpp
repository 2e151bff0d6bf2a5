#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using protocol::CommandOutcome;
using protocol::EndReason;
using protocol::TripCause;

namespace {

/// Every outlet of a full post charges.
GuardRig busy_post() { return GuardRig::charging(protocol::outlet_limit, 1_A); }

}  // namespace

TEST_CASE("a rest that falls silent for two seconds opens everything", "[core][guard][rest][unit]")
{
    auto rig = busy_post();

    rig.rest = GuardRig::Rest::hung;
    const auto took = rig.run_until(5_s, [&] { return !rig.closed(1); });

    CHECK(took == Guard::rest_silence_limit);
    CHECK(rig.guard().health() == Guard::Health::rest_silent);
    CHECK(rig.guard().contactor() == hal::Relay::open);
    for (std::uint8_t outlet = 1; outlet <= protocol::outlet_limit; ++outlet)
        CHECK_FALSE(rig.closed(outlet));

    rig.run_for(5_s);
    rig.rest = GuardRig::Rest::alive;
    rig.run_for(10_s);
    CHECK(rig.guard().health() == Guard::Health::well);
    CHECK(rig.guard().contactor() == hal::Relay::closed);
    CHECK_FALSE(rig.closed(1));
    REQUIRE(rig.all<NewsEnded>().size() == protocol::outlet_limit);
    for (const auto& ended : rig.all<NewsEnded>())
        CHECK(ended.reason == EndReason::post_fault);
    CHECK(rig.trips().empty());
}

TEST_CASE("nothing told is lost while the rest takes no news, and trips are told first",
          "[core][guard][rest][news]")
{
    auto rig = busy_post();
    rig.news.clear();

    // The rest signs its flow but takes nothing: 12 sessions end, 12 outlets trip, one is welded.
    rig.rest = GuardRig::Rest::hung;
    for (int tick = 0; tick < 4'000; ++tick) {
        rig.guard().still_here(rig.now());
        if (tick == 200)
            REQUIRE(rig.guard().wish(WishStop{900, protocol::whole_post, EndReason::stopped}));
        if (tick == 1'000)
            for (std::uint8_t outlet = 1; outlet <= protocol::outlet_limit; ++outlet)
                rig.socket(outlet).contact = std::nullopt;
        if (tick == 2'000) rig.socket(3).contacts = GuardRig::Socket::Contacts::welded;
        rig.step();
    }
    rig.rest = GuardRig::Rest::alive;
    rig.run_for(1_s);

    CHECK(rig.all<NewsEnded>().size() == protocol::outlet_limit);
    CHECK(rig.trips().size() == protocol::outlet_limit + 1);
    CHECK(rig.trips().back() == TripCause::relay_welded);
    // Opening, idle and locked out, of each.
    CHECK(rig.all<NewsState>().size() == 3 * protocol::outlet_limit);
    CHECK(rig.outcome(900) == CommandOutcome::done);

    // What had found room before is in its order; of what had not, the trips came first.
    bool waited_for = false;
    std::size_t late_trips = 0;
    for (std::size_t i = news_room; i < rig.news.size(); ++i) {
        if (std::holds_alternative<NewsTripped>(rig.news[i])) {
            CHECK_FALSE(waited_for);
            ++late_trips;
        } else {
            waited_for = true;
        }
    }
    CHECK(late_trips > 0);
}

TEST_CASE("nothing starts and nothing is cleared while news is still untold",
          "[core][guard][rest][news]")
{
    auto rig = GuardRig::ready(protocol::outlet_limit);
    // The ring fills with the closings and openings of outlets 1 to 11.
    rig.rest = GuardRig::Rest::hung;
    for (std::uint8_t outlet = 1; outlet < protocol::outlet_limit; ++outlet) {
        static_cast<void>(rig.start(outlet));
        for (int tick = 0; tick < 40; ++tick) {
            rig.guard().still_here(rig.now());
            rig.step();
        }
    }
    static_cast<void>(rig.stop(protocol::whole_post));
    rig.step();
    const auto late = rig.start(protocol::outlet_limit);
    const auto clear = rig.clear(1, TripCause::overload);
    rig.step();
    CHECK_FALSE(rig.closed(protocol::outlet_limit));

    rig.rest = GuardRig::Rest::alive;
    rig.run_for(1_s);

    CHECK(rig.outcome(late) == CommandOutcome::journal_full);
    CHECK(rig.outcome(clear) == CommandOutcome::journal_full);
    CHECK(rig.answer_to(rig.start(protocol::outlet_limit)) == CommandOutcome::done);
}

TEST_CASE("for a rest that takes no answers only stops are still carried out",
          "[core][guard][rest][stop]")
{
    auto rig = GuardRig::ready(2);
    rig.socket(1).load = 1_A;
    REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
    rig.run_for(5_s);
    rig.rest = GuardRig::Rest::hung;
    for (std::size_t i = 0; i < news_room + Teller::answers_most + 10; ++i) {
        rig.guard().still_here(rig.now());
        REQUIRE(rig.guard().wish(WishClear{.ticket = 0, .outlet = 1, .cause = {}}));
        rig.step();
    }

    static_cast<void>(rig.start(2));
    rig.step();
    CHECK_FALSE(rig.closed(2));
    REQUIRE(rig.closed(1));
    static_cast<void>(rig.stop(1));
    rig.step();
    CHECK_FALSE(rig.closed(1));
}

TEST_CASE("a guard whose wishes are not yet taken says so", "[core][guard][rest][unit]")
{
    Guard guard{one_outlet};
    for (std::size_t i = 0; i < Guard::wish_room; ++i)
        CHECK(guard.wish(WishStop{1, 1, EndReason::stopped}));
    CHECK_FALSE(guard.wish(WishStop{2, 1, EndReason::stopped}));
    CHECK(guard.relay(1) == hal::Relay::open);
    CHECK(guard.contactor() == hal::Relay::open);
}
