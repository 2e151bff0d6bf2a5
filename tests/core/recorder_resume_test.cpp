#include "tests/core/recorder_bench.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::literals;
using protocol::Lane;
using protocol::ResetCause;
using test::RecorderBench;

namespace {

constexpr UnixMillis evening{1'800'000'000'000};

core::Moment at(Millis now, UnixMillis wall)
{
    return {.now = Instant{now},
            .wall = protocol::WallTime{.at = wall, .error = 100_ms},
            .edge_silent = {}};
}

/// A post whose outlet 3 charged 180 W for an hour, until the mains was lost at `evening`.
struct Interrupted {
    sim::NorFlash chip{test::recorder_chip};

    explicit Interrupted(Millis resume_within)
    {
        RecorderBench first{chip};
        auto state = core::factory_state();
        state.settings.types[0].resume_within = resume_within;
        REQUIRE(first.vault.save(state) == core::VaultSave::saved);
        static_cast<void>(first.recorder->begin(ResetCause::power_on, at(0_ms, evening)));
        const auto began = at(1_s, UnixMillis{evening.count() - 3'600'000});
        const auto wish = first.recorder->command(test::command_of(test::start_on_3, 7), began);
        const auto start = std::get<core::WishStart>(std::get<core::Wish>(wish));
        first.recorder->take(
            core::News{core::NewsStarted{
                .at = began.now, .outlet = 3, .session = start.session, .means = start.means}},
            began);
        first.recorder->take(test::readings_of(3'601_s, 3, start.session, 180_Wh, 180_W),
                             at(3'601_s, evening));
    }

    /// What the next boot wishes for when it learns that it is `away` later.
    std::optional<core::Wish> after(ResetCause cause, Millis away)
    {
        bench = std::make_unique<RecorderBench>(chip);
        static_cast<void>(bench->recorder->begin(cause, bench->at(0_ms)));
        CHECK_FALSE(bench->recorder->turn(bench->at(1_s)));
        return bench->recorder->turn(at(2_s, UnixMillis{evening.count() + away.count()}));
    }
    std::unique_ptr<RecorderBench> bench;
};

}  // namespace

TEST_CASE("by the factory's settings no session goes on after a loss of mains",
          "[core][recorder][unit]")
{
    Interrupted post{0_ms};
    CHECK_FALSE(post.after(ResetCause::power_on, 5_s));
    CHECK(post.bench->bodies<protocol::AuthorityKept>(Lane::event).empty());
}

TEST_CASE(
    "F-002: where the profile allows it, a session goes on once, journalled before, with what "
    "was left of it and for the load that was there",
    "[core][recorder][unit]")
{
    Interrupted post{5_min};
    const auto wish = post.after(ResetCause::power_on, 60_s);
    REQUIRE(wish.has_value());
    const auto& start = std::get<core::WishStart>(*wish);
    CHECK(start.means == protocol::StartMeans::resumed);
    CHECK(start.outlet == 3);
    CHECK(start.time_limit == 7_h);
    CHECK(start.energy_limit == 1'820_Wh);
    CHECK(start.expected == 180_W);
    const auto kept = post.bench->bodies<protocol::AuthorityKept>(Lane::event);
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].session == start.session);
    CHECK(kept[0].good_for <= 240_s);

    // Whatever becomes of it, the next boot knows of nothing to go on with.
    CHECK_FALSE(post.after(ResetCause::power_on, 90_s));
}

TEST_CASE("nothing goes on after too long, by a clock that went back, or after a fault of our own",
          "[core][recorder][unit]")
{
    CHECK_FALSE(Interrupted{5_min}.after(ResetCause::power_on, 5_min));
    CHECK_FALSE(Interrupted{5_min}.after(ResetCause::power_on, Millis{-1'000}));
    CHECK_FALSE(Interrupted{5_min}.after(ResetCause::watchdog, 60_s));
}

namespace {

/// A post with a supply of its own, whose outlet 3 charged 180 W for an hour when the mains failed.
struct LivesOn {
    static constexpr Instant ended{3'611_s};

    sim::NorFlash chip{test::recorder_chip};
    RecorderBench bench{chip};
    protocol::SessionId session{0};

    explicit LivesOn(Millis resume_within)
    {
        auto state = core::factory_state();
        state.settings.types[0].resume_within = resume_within;
        REQUIRE(bench.vault.save(state) == core::VaultSave::saved);
        static_cast<void>(bench.recorder->begin(ResetCause::power_on, bench.at(0_ms)));
        const auto began = at(1_s, evening);
        const auto wish = bench.recorder->command(test::command_of(test::start_on_3, 7), began);
        begins(std::get<core::WishStart>(std::get<core::Wish>(wish)), began.now);
        draws(3'600_s, 180_W);
        draws(3'601_s, 90_W);  // half of it has the mains in it
        draws(3'602_s, 0_W);
    }

    void begins(const core::WishStart& start, Instant now)
    {
        session = start.session;
        bench.recorder->take(
            core::News{core::NewsStarted{
                .at = now, .outlet = 3, .session = start.session, .means = start.means}},
            bench.at(now.since_boot()));
    }
    void draws(Millis now, Milliwatts power)
    {
        bench.recorder->take(test::readings_of(now, 3, session, 180_Wh, power), bench.at(now));
    }
    void ends(protocol::EndReason reason, Instant now = ended)
    {
        bench.recorder->take(core::News{core::NewsEnded{.at = now,
                                                        .outlet = 3,
                                                        .session = session,
                                                        .reason = reason,
                                                        .elapsed = 1_h,
                                                        .energy = 180_Wh,
                                                        .peak = 180_W}},
                             bench.at(now.since_boot()));
    }
    std::optional<core::WishStart> tries(Millis now)
    {
        const auto wish = bench.recorder->turn(bench.at(now));
        if (!wish) return std::nullopt;
        return std::get<core::WishStart>(*wish);
    }
    void answered(const core::WishStart& tried, protocol::CommandOutcome outcome, Millis now)
    {
        bench.recorder->take(core::News{core::NewsAnswer{
                                 .at = Instant{now}, .ticket = tried.ticket, .outcome = outcome}},
                             bench.at(now));
    }
};

}  // namespace

TEST_CASE("F-002: a post that lived through the loss of mains goes on once the mains is back",
          "[core][recorder][unit]")
{
    LivesOn post{5_min};
    post.ends(protocol::EndReason::power_lost);
    const auto kept = post.bench.bodies<protocol::AuthorityKept>(Lane::event);
    REQUIRE(kept.size() == 1);
    // From when nothing was drawn any more, not from when that was believed.
    CHECK(kept[0].good_for == 290_s);

    const auto first = post.tries(3'612_s);
    REQUIRE(first);
    CHECK(first->means == protocol::StartMeans::resumed);
    CHECK(first->outlet == 3);
    CHECK(first->time_limit == 7_h);
    CHECK(first->energy_limit == 1'820_Wh);
    CHECK(first->expected == 180_W);
    post.answered(*first, protocol::CommandOutcome::voltage_out_of_range, 3'612_s);
    CHECK_FALSE(post.tries(3'614_s));

    const auto second = post.tries(3'700_s);
    REQUIRE(second);
    CHECK(second->session == first->session);
    post.begins(*second, Instant{3'700_s});
    post.answered(*second, protocol::CommandOutcome::done, 3'700_s);
    CHECK_FALSE(post.tries(3'800_s));

    // Once: whoever is cut off again is asked.
    post.draws(3'810_s, 180_W);
    post.ends(protocol::EndReason::power_lost, Instant{3'820_s});
    CHECK_FALSE(post.tries(3'821_s));
    CHECK(post.bench.bodies<protocol::AuthorityKept>(Lane::event).size() == 1);
}

TEST_CASE("a post that lived on keeps nothing for another end, another profile or after too long",
          "[core][recorder][unit]")
{
    SECTION("unplugged")
    {
        LivesOn post{5_min};
        post.ends(protocol::EndReason::unplugged);
        CHECK_FALSE(post.tries(3'612_s));
    }
    SECTION("the factory's profile")
    {
        LivesOn post{0_ms};
        post.ends(protocol::EndReason::power_lost);
        CHECK_FALSE(post.tries(3'612_s));
    }
    SECTION("the mains stayed away")
    {
        LivesOn post{5_min};
        post.ends(protocol::EndReason::power_lost);
        const auto tried = post.tries(3'612_s);
        REQUIRE(tried);
        post.answered(*tried, protocol::CommandOutcome::voltage_out_of_range, 3'612_s);
        CHECK_FALSE(post.tries(LivesOn::ended.since_boot() + 290_s));
    }
}

TEST_CASE("F-002: a session that went on once does not go on again at the next boot",
          "[core][recorder][unit]")
{
    LivesOn post{5_min};
    post.ends(protocol::EndReason::power_lost);
    const auto tried = post.tries(3'612_s);
    REQUIRE(tried);
    post.begins(*tried, Instant{3'612_s});
    post.bench.recorder->take(test::readings_of(3'700_s, 3, tried->session, 10_Wh, 180_W),
                              at(3'700_s, evening));

    RecorderBench next{post.chip};
    static_cast<void>(next.recorder->begin(ResetCause::power_on, next.at(0_ms)));
    CHECK_FALSE(next.recorder->turn(next.at(1_s)));
    CHECK_FALSE(next.recorder->turn(at(2_s, UnixMillis{evening.count() + 60'000})));
}
