#include "tests/core/recorder_bench.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::literals;
using protocol::Lane;
using test::RecorderBench;

namespace {

constexpr Millis fifty_years{50LL * 365 * 86'400'000};

/// Ten minutes of a session with a trip at its end, under a clock that says `wall` at each second.
template <class Wall>
std::vector<protocol::Record> session_under(Wall wall)
{
    sim::NorFlash chip{test::recorder_chip};
    RecorderBench bench{chip};
    const auto at = [&](Millis now) {
        return core::Moment{.now = Instant{now}, .wall = wall(now), .edge_silent = {}};
    };
    static_cast<void>(bench.recorder->begin(protocol::ResetCause::power_on, at(0_ms)));
    const auto start = bench.recorder->command(
        test::command_of(
            protocol::StartOutlet{
                .outlet = 3, .card = 0xC0FFEE, .time_limit = 8_h, .energy_limit = 2'000_Wh},
            7),
        at(1_s));
    const auto session = std::get<core::WishStart>(std::get<core::Wish>(start)).session;
    bench.recorder->take(core::News{core::NewsStarted{.at = Instant{1_s},
                                                      .outlet = 3,
                                                      .session = session,
                                                      .means = protocol::StartMeans::command}},
                         at(1_s));
    for (int second = 2; second <= 600; ++second) {
        const Millis now{second * 1'000};
        bench.recorder->take(test::readings_of(now, 3, session, MilliwattHours{second * 50}, 180_W),
                             at(now));
        static_cast<void>(bench.recorder->turn(at(now)));
    }
    bench.recorder->take(
        core::News{core::NewsTripped{.at = Instant{601_s},
                                     .trip = {.outlet = 3,
                                              .cause = protocol::TripCause::overload,
                                              .session = session,
                                              .measured = 12'000,
                                              .limit = 10'000,
                                              .held_for = {},
                                              .count = 1}}},
        at(601_s));
    std::vector<protocol::Record> all;
    for (const auto lane : protocol::all_lanes)
        for (const auto& record : bench.records(lane))
            all.push_back(record);
    return all;
}

}  // namespace

TEST_CASE("I-28: a wall clock that jumps by fifty years changes nothing but what is noted beside "
          "each record",
          "[core][recorder][unit]")
{
    const auto steady = session_under([](Millis now) {
        return protocol::WallTime{.at = UnixMillis{1'800'000'000'000} + now, .error = 1_s};
    });
    const auto jumping = session_under([](Millis now) -> std::optional<protocol::WallTime> {
        const auto second = now.count() / 1'000;
        if (second % 3 == 0) return std::nullopt;
        const auto jump = second % 3 == 1 ? fifty_years : Millis{0} - fifty_years;
        return protocol::WallTime{.at = UnixMillis{1'800'000'000'000} + now + jump, .error = 1_s};
    });
    REQUIRE(steady.size() > 60);
    REQUIRE(jumping.size() == steady.size());
    for (std::size_t i = 0; i < steady.size(); ++i) {
        CAPTURE(i);
        CHECK(steady[i].head.mono == jumping[i].head.mono);
        CHECK(steady[i].head.seq == jumping[i].head.seq);
        CHECK(steady[i].head.lane == jumping[i].head.lane);
        // Signatures speak of digests, and those of the time beside the record.
        if (std::holds_alternative<protocol::HeadsSigned>(steady[i].body)) continue;
        CHECK(steady[i].body == jumping[i].body);
    }
}
