#include "firmware/link/wall_clock.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using link::WallClock;
using Heard = WallClock::Heard;

namespace {

constexpr UnixMillis built{1'700'000'000'000};
constexpr UnixMillis noon{1'800'000'000'000};

constexpr Instant at(std::int64_t ms) { return Instant{Millis{ms}}; }

/// One exchange: asked, answered by a clock that shows `shows`, heard.
Heard exchange(WallClock& clock, Instant asked, UnixMillis shows, Instant heard)
{
    clock.sent(asked);
    return clock.hear({.echo = asked, .now = shows}, heard);
}

}  // namespace

TEST_CASE("the time is the middle of the round trip, and wrong by half of it at most",
          "[link][time]")
{
    WallClock clock{built};
    CHECK_FALSE(clock.at(at(0)));

    CHECK(exchange(clock, at(1'000), noon, at(1'301)) == Heard::taken);

    const auto wall = clock.at(at(1'301));
    REQUIRE(wall);
    CHECK(wall->at == noon + 151_ms);
    CHECK(wall->error == 152_ms);  // half, rounded up, and one for the two clocks' own steps
    CHECK(clock.at(at(2'301))->at == noon + 1'151_ms);
    CHECK(clock.at(at(2'301))->error == 153_ms);
}

TEST_CASE("an answer that comes too late, unasked, or from before our own birth is none",
          "[link][time]")
{
    WallClock clock{built};
    CHECK(clock.hear({.echo = at(5), .now = noon}, at(6)) == Heard::unasked);
    CHECK(exchange(clock, at(10), noon, at(10) + WallClock::round_trip_limit + 1_ms) ==
          Heard::too_slow);
    CHECK(exchange(clock, at(40'000), UnixMillis{built.count() - 1}, at(40'001)) ==
          Heard::before_build);
    CHECK_FALSE(clock.at(at(50'000)));

    CHECK(exchange(clock, at(50'000), built, at(50'000) + WallClock::round_trip_limit) ==
          Heard::taken);
}

TEST_CASE("each question takes one answer, and an older answer that comes later is none",
          "[link][time]")
{
    WallClock clock{built};
    clock.sent(at(1));
    clock.sent(at(2));
    clock.sent(at(3));

    CHECK(clock.hear({.echo = at(2), .now = noon}, at(10)) == Heard::taken);
    CHECK(clock.hear({.echo = at(2), .now = noon}, at(11)) == Heard::unasked);
    CHECK(clock.hear({.echo = at(1), .now = noon}, at(12)) == Heard::unasked);
    CHECK(clock.hear({.echo = at(3), .now = noon}, at(12)) != Heard::unasked);

    for (std::int64_t i = 100; i < 200; ++i)
        clock.sent(at(i));
    CHECK(clock.hear({.echo = at(150), .now = noon}, at(201)) == Heard::unasked);
    CHECK(clock.hear({.echo = at(199), .now = noon}, at(201)) != Heard::unasked);
}

TEST_CASE("F-118: a slower answer does not spoil what is known, until drift has", "[link][time]")
{
    WallClock clock{built};
    REQUIRE(exchange(clock, at(0), noon, at(100)) == Heard::taken);

    CHECK(exchange(clock, at(1'000), noon + 1'000_ms, at(3'000)) == Heard::worse);
    CHECK(clock.at(at(3'000))->at == noon + 50_ms + 2'900_ms);

    // Three hours later a second of drift may have gathered.
    constexpr std::int64_t later = 11'000'000;
    CHECK(clock.at(at(later))->error > 1'001_ms);
    CHECK(exchange(clock, at(later), noon + Millis{later}, at(later + 2'000)) == Heard::taken);
}

TEST_CASE("when the edge's clock is set anew the post follows", "[link][time]")
{
    WallClock clock{built};
    REQUIRE(exchange(clock, at(0), noon, at(10)) == Heard::taken);

    // An hour back, and by a slow answer at that.
    CHECK(exchange(clock, at(1'000), UnixMillis{noon.count() - 3'600'000}, at(3'000)) ==
          Heard::taken);

    CHECK(clock.at(at(3'000))->at == UnixMillis{noon.count() - 3'600'000 + 1'000});
}
