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
