#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

// What the guard does when there is no room: for traces, readings, answers, and for remembering
// every authority there ever was.

using namespace ks;
using namespace ks::core;
using protocol::CommandOutcome;
using protocol::TripCause;

namespace {

/// Runs beside a rest that signs its flow and takes nothing.
void run_untaken(GuardRig& rig, Millis time)
{
    rig.rest = GuardRig::Rest::hung;
    for (const auto until = rig.now() + time; rig.now() < until;) {
        rig.guard().still_here(rig.now());
        rig.step();
    }
    rig.rest = GuardRig::Rest::alive;
}

}  // namespace

TEST_CASE("traces that find no room wait for it, one for each trip", "[core][guard][trace][unit]")
{
    auto rig = GuardRig::charging(7, 1_A);
    for (std::uint8_t outlet = 1; outlet <= 7; ++outlet)
        rig.socket(outlet).contact = std::nullopt;
    run_untaken(rig, 2_s);
    rig.run_for(1_s);
    REQUIRE(rig.traces.size() == 7);
    for (std::size_t i = 0; i < 7; ++i) {
        CHECK(rig.traces[i].trace.outlet == i + 1);
        CHECK(rig.traces[i].trace.cause == TripCause::sensor_failed);
    }
    rig.run_for(5_s);
    CHECK(rig.traces.size() == 7);
}

TEST_CASE("readings that find no room are told by the next, without a gap in the course",
          "[core][guard][readings][unit]")
{
    auto rig = GuardRig::charging(1, 1_A);
    rig.run_until(2_s, [&] { return rig.readings->at == rig.now(); });
    const auto from = rig.readings->at;
    run_untaken(rig, 10_s);
    Millis over{};
    Instant last{};
    while (const auto reading = rig.guard().readings()) {
        over += reading->courses[0].over;
        last = reading->at;
    }
    CHECK(over == last - from);
    CHECK(over == Millis{Guard::readings_every.count() * Guard::readings_room});
    rig.step();
    REQUIRE(rig.readings->at == rig.now());
    CHECK(rig.readings->courses[0].over == rig.now() - last);
}

TEST_CASE("a start whose turn has come waits until its answer finds room",
          "[core][guard][turn][unit]")
{
    GuardRig rig{1, 500};
    rig.restore(bench_settings);
    rig.run_for(6_s);
    const auto ticket = rig.start(1);
    rig.rest = GuardRig::Rest::hung;
    for (std::size_t i = 0; i < news_room + Teller::answers_most + 5; ++i) {
        rig.guard().still_here(rig.now());
        REQUIRE(rig.guard().wish(WishClear{.ticket = 0, .outlet = 1, .cause = {}}));
        rig.step();
    }
    run_untaken(rig, 20_s);
    CHECK_FALSE(rig.closed(1));
    rig.run_for(100_ms);
    CHECK(rig.closed(1));
    CHECK(rig.outcome(ticket) == CommandOutcome::done);
}

TEST_CASE("I-04: of authorities the last 64 are known one by one, and everything before as used",
          "[core][guard][start][unit]")
{
    Authorities authorities;
    CHECK_FALSE(authorities.fresh(0));
    for (const protocol::SessionId session : {5U, 3U, 68U})
        authorities.use(session);
    CHECK_FALSE(authorities.fresh(3));
    CHECK_FALSE(authorities.fresh(4));
    CHECK_FALSE(authorities.fresh(5));
    CHECK(authorities.fresh(6));
    CHECK(authorities.fresh(67));
    CHECK_FALSE(authorities.fresh(68));
    CHECK(authorities.fresh(69));
    authorities.use(69 + 62);
    CHECK_FALSE(authorities.fresh(68));
    CHECK(authorities.fresh(69));
    authorities.use(131 + 64);
    CHECK_FALSE(authorities.fresh(131));
    CHECK(authorities.fresh(132));
}

TEST_CASE("a welded relay that was latched before a reset is the graver news of the two",
          "[core][guard][start][latch]")
{
    GuardRig rig{2};
    rig.socket(1).contact = DeciCelsius{800};
    rig.run_for(1_s);
    auto memory = nothing_latched;
    memory.latched[0] = TripCause::relay_welded;
    memory.whole = memory.whole.with(TripCause::tilted);
    REQUIRE(rig.guard().wish(memory));
    rig.run_for(1_s);
    CHECK(rig.guard().contactor() == hal::Relay::open);
    rig.socket(1).contact = DeciCelsius{250};
    CHECK(rig.answer_to(rig.clear(1, TripCause::contact_overheated)) ==
          CommandOutcome::wrong_cause);
    rig.run_for(10_s);
    CHECK(rig.answer_to(rig.clear(protocol::whole_post, TripCause::tilted)) ==
          CommandOutcome::done);
    CHECK(rig.guard().contactor() == hal::Relay::open);
    CHECK(rig.answer_to(rig.clear(1, TripCause::relay_welded)) == CommandOutcome::done);
    CHECK(rig.guard().contactor() == hal::Relay::closed);
}

TEST_CASE("wishes that name no outlet of this post are refused", "[core][guard][start][unit]")
{
    auto rig = GuardRig::ready(2);
    CHECK(rig.answer_to(rig.clear(3, TripCause::overload)) == CommandOutcome::unknown_outlet);
    CHECK(rig.answer_to(rig.stop(3)) == CommandOutcome::unknown_outlet);
    CHECK(rig.answer_to(rig.clear(2, TripCause::overload)) == CommandOutcome::nothing_to_clear);
    CHECK(rig.answer_to(rig.clear(protocol::whole_post, TripCause::smoke)) ==
          CommandOutcome::nothing_to_clear);
}
