#include "tests/core/recorder_bench.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::literals;
using protocol::CommandOutcome;
using protocol::Lane;
using protocol::TripCause;
using test::RecorderBench;

namespace {

/// A start as it goes: commanded, wished, granted, answered. Gives the session.
protocol::SessionId start_session(RecorderBench& bench, Millis at)
{
    const auto moment = bench.at(at);
    const auto wish = bench.recorder->command(test::command_of(test::start_on_3, 7), moment);
    const auto& start = std::get<core::WishStart>(std::get<core::Wish>(wish));
    bench.recorder->take(core::News{core::NewsStarted{.at = moment.now,
                                                      .outlet = 3,
                                                      .session = start.session,
                                                      .means = protocol::StartMeans::command}},
                         moment);
    bench.recorder->take(core::News{core::NewsAnswer{.at = moment.now,
                                                     .ticket = start.ticket,
                                                     .outcome = CommandOutcome::done}},
                         moment);
    return start.session;
}

core::News trip_of(Millis at, TripCause cause)
{
    return core::NewsTripped{.at = Instant{at},
                             .trip = {.outlet = 3,
                                      .cause = cause,
                                      .session = 0,
                                      .measured = 12'000,
                                      .limit = 10'000,
                                      .held_for = Millis{},
                                      .count = 1}};
}

}  // namespace

TEST_CASE("every boot is told, with a number that never repeats", "[core][recorder][unit]")
{
    sim::NorFlash chip{test::recorder_chip};
    for (std::uint32_t boot = 1; boot <= 3; ++boot) {
        RecorderBench bench{chip};
        const auto restore =
            bench.recorder->begin(protocol::ResetCause::power_on, bench.at(Millis{5}));

        CHECK(bench.bodies<protocol::Booted>(Lane::event).size() == boot);
        CHECK(bench.records(Lane::event).back().head.boot == bench.journal.boot_count());
        CHECK(restore.settings == protocol::factory_settings);
        CHECK(restore.whole.empty());
    }
}

TEST_CASE("a session's records name its card, its command, its energy and why it ended",
          "[core][recorder][unit]")
{
    sim::NorFlash chip{test::recorder_chip};
    RecorderBench bench{chip};
    static_cast<void>(bench.recorder->begin(protocol::ResetCause::power_on, bench.at(0_ms)));

    const auto session = start_session(bench, 1_s);
    for (int second = 2; second <= 70; ++second)
        bench.recorder->take(test::readings_of(Millis{second * 1'000}, 3, session,
                                               MilliwattHours{second * 50}, 180_W),
                             bench.at(Millis{second * 1'000}));
    bench.recorder->take(core::News{core::NewsEnded{.at = Instant{80_s},
                                                    .outlet = 3,
                                                    .session = session,
                                                    .reason = protocol::EndReason::full,
                                                    .elapsed = 79_s,
                                                    .energy = 4'000_mWh,
                                                    .peak = 180_W}},
                         bench.at(80_s));

    const auto started = bench.bodies<protocol::SessionStarted>(Lane::event);
    REQUIRE(started.size() == 1);
    CHECK(started[0].card == 0xC0FFEE);
    CHECK(started[0].command == protocol::CommandId{std::byte{7}});
    const auto steps = bench.bodies<protocol::SessionProgressed>(Lane::event);
    REQUIRE(steps.size() == 1);
    CHECK(steps[0].mean == 180_W);
    const auto ended = bench.bodies<protocol::SessionEnded>(Lane::event);
    REQUIRE(ended.size() == 1);
    CHECK(ended[0].energy == 4'000_mWh);
    const auto results = bench.bodies<protocol::CommandResult>(Lane::event);
    REQUIRE(results.size() == 1);
    CHECK(results[0].outcome == CommandOutcome::done);
    CHECK(bench.recorder->take_result()->command == results[0].command);
}

TEST_CASE("F-001: a session cut short by a power loss is closed at the next boot, once, with its "
          "energy",
          "[core][recorder][unit]")
{
    sim::NorFlash chip{test::recorder_chip};
    protocol::SessionId session{};
    {
        RecorderBench bench{chip};
        static_cast<void>(bench.recorder->begin(protocol::ResetCause::power_on, bench.at(0_ms)));
        session = start_session(bench, 1_s);
        for (int second = 2; second <= 35; ++second)
            bench.recorder->take(test::readings_of(Millis{second * 1'000}, 3, session,
                                                   MilliwattHours{second * 50}, 180_W),
                                 bench.at(Millis{second * 1'000}));
    }
    for (int boot = 0; boot < 2; ++boot) {
        RecorderBench bench{chip};
        static_cast<void>(bench.recorder->begin(protocol::ResetCause::brown_out, bench.at(0_ms)));

        const auto ended = bench.bodies<protocol::SessionEnded>(Lane::event);
        REQUIRE(ended.size() == 1);
        CHECK(ended[0].session == session);
        CHECK(ended[0].reason == protocol::EndReason::power_lost);
        // One checkpoint is ten seconds of frames: 50 mWh each.
        CHECK(ended[0].energy >= MilliwattHours{25 * 50});
        CHECK(ended[0].energy <= MilliwattHours{35 * 50});
        CHECK(ended[0].elapsed >= 24_s);
        CHECK(ended[0].peak == 180_W);
    }
}

TEST_CASE("a trip stays latched through any number of boots until its clearing is told",
          "[core][recorder][unit]")
{
    sim::NorFlash chip{test::recorder_chip};
    {
        RecorderBench bench{chip};
        static_cast<void>(bench.recorder->begin(protocol::ResetCause::power_on, bench.at(0_ms)));
        bench.recorder->take(trip_of(1_s, TripCause::relay_welded), bench.at(1_s));
    }
    for (int boot = 0; boot < 3; ++boot) {
        RecorderBench bench{chip};
        const auto restore = bench.recorder->begin(protocol::ResetCause::watchdog, bench.at(0_ms));
        CHECK(restore.latched[2] == TripCause::relay_welded);
        if (boot < 2) continue;
        bench.recorder->take(
            core::News{core::NewsCleared{
                .at = Instant{1_s}, .outlet = 3, .cause = TripCause::relay_welded, .ticket = 1}},
            bench.at(1_s));
    }
    RecorderBench bench{chip};
    CHECK_FALSE(bench.recorder->begin(protocol::ResetCause::power_on, bench.at(0_ms)).latched[2]);
}

TEST_CASE("every lane's chain holds from its first record, across boots", "[core][recorder][unit]")
{
    sim::NorFlash chip{test::recorder_chip};
    for (int boot = 0; boot < 3; ++boot) {
        RecorderBench bench{chip};
        static_cast<void>(bench.recorder->begin(protocol::ResetCause::power_on, bench.at(0_ms)));
        start_session(bench, 1_s);
        bench.recorder->take(trip_of(2_s, TripCause::overload), bench.at(2_s));
        static_cast<void>(bench.recorder->turn(bench.at(3_s)));
    }

    RecorderBench bench{chip};
    std::array<std::byte, protocol::record_limit> room;
    for (const auto lane : protocol::all_lanes) {
        auto digest = protocol::genesis(test::recorder_post(), lane);
        for (std::uint64_t seq = 1; seq < bench.journal.next_seq(lane); ++seq) {
            const auto record = Bytes{room}.first(bench.journal.read(lane, seq, room).value());
            digest = protocol::chained(digest, record);
            CHECK(digest == protocol::digest_of(record));
        }
        CHECK(digest == bench.recorder->head(lane));
    }
}

TEST_CASE("after an alarm the post vouches for all its lanes with its own key",
          "[core][recorder][unit]")
{
    sim::NorFlash chip{test::recorder_chip};
    RecorderBench bench{chip};
    static_cast<void>(bench.recorder->begin(protocol::ResetCause::power_on, bench.at(0_ms)));
    REQUIRE(bench.bodies<protocol::HeadsSigned>(Lane::event).empty());

    bench.recorder->take(trip_of(1_s, TripCause::hard_overcurrent), bench.at(1_s));
    static_cast<void>(bench.recorder->turn(bench.at(1_s)));
    static_cast<void>(bench.recorder->turn(bench.at(2_s)));

    const auto heads = bench.bodies<protocol::HeadsSigned>(Lane::event);
    REQUIRE(heads.size() == 1);
    CHECK(heads[0].heads[0].seq == 1);
    const auto key = crypto::public_key_of(test::test_key<1>()).value();
    const auto digest = protocol::heads_digest(test::recorder_post(), heads[0].heads);
    CHECK(crypto::verify(key, digest, crypto::Signature{heads[0].signature}));
}

TEST_CASE("with the alarm lane full, repeats are counted and no session starts",
          "[core][recorder][unit]")
{
    sim::NorFlash chip{test::recorder_chip};
    RecorderBench bench{chip};
    static_cast<void>(bench.recorder->begin(protocol::ResetCause::power_on, bench.at(0_ms)));

    std::uint64_t trips = 0;
    std::optional<core::Wish> wish;
    for (; !wish && trips < 10'000; ++trips) {
        bench.recorder->take(trip_of(Millis{1'000}, TripCause::overload), bench.at(1_s));
        wish = bench.recorder->turn(bench.at(1_s));
    }
    REQUIRE(wish);
    CHECK(std::get<core::WishStarts>(*wish).policy == core::WishStarts::Policy::refused);
    for (int i = 0; i < 5; ++i, ++trips)
        bench.recorder->take(trip_of(2_s, TripCause::overload), bench.at(2_s));

    REQUIRE(bench.journal.acknowledge(Lane::alarm, bench.journal.next_seq(Lane::alarm) - 1).ok());
    wish = bench.recorder->turn(bench.at(3_s));

    REQUIRE(wish);
    CHECK(std::get<core::WishStarts>(*wish).policy == core::WishStarts::Policy::allowed);
    const auto last = bench.bodies<protocol::Tripped>(Lane::alarm).back();
    CHECK(last.count == 6);
    CHECK(bench.journal.next_seq(Lane::alarm) - 1 + last.count - 1 == trips);
}

TEST_CASE("raising a limit needs both approvers, and one forged approval spoils the command",
          "[core][recorder][unit]")
{
    sim::NorFlash chip{test::recorder_chip};
    RecorderBench bench{chip};
    static_cast<void>(bench.recorder->begin(protocol::ResetCause::power_on, bench.at(0_ms)));
    auto settings = protocol::factory_settings;
    settings.version = 1;
    const auto digest = protocol::settings_digest(settings);
    const auto a = crypto::sign(test::test_key<2>(), digest)->bytes;
    const auto b = crypto::sign(test::test_key<3>(), digest)->bytes;

    struct Case {
        std::optional<protocol::Signature> first;
        std::optional<protocol::Signature> second;
        std::optional<core::Approval> approval;  // nothing: refused
    };
    const std::array<Case, 6> cases{{
        {std::nullopt, std::nullopt, core::Approval::none},
        {a, b, core::Approval::both_approvers},
        {a, std::nullopt, std::nullopt},
        {std::nullopt, b, std::nullopt},
        {a, a, std::nullopt},
        {b, a, std::nullopt},
    }};
    for (std::size_t i = 0; i < cases.size(); ++i) {
        CAPTURE(i);
        const auto answer = bench.recorder->command(
            test::command_of(protocol::SetSettings{.settings = settings,
                                                   .approval_a = cases[i].first,
                                                   .approval_b = cases[i].second},
                             static_cast<std::uint8_t>(i + 1)),
            bench.at(1_s));
        if (cases[i].approval)
            CHECK(std::get<core::WishSettings>(std::get<core::Wish>(answer)).approval ==
                  *cases[i].approval);
        else
            CHECK(std::get<CommandOutcome>(answer) == CommandOutcome::not_approved);
    }
}

TEST_CASE("settings in force survive a power loss", "[core][recorder][unit]")
{
    sim::NorFlash chip{test::recorder_chip};
    auto settings = protocol::factory_settings;
    settings.version = 9;
    settings.types[0].hard_overcurrent = 6_A;
    {
        RecorderBench bench{chip};
        static_cast<void>(bench.recorder->begin(protocol::ResetCause::power_on, bench.at(0_ms)));
        const auto wish = bench.recorder->command(
            test::command_of(protocol::SetSettings{settings, {}, {}}, 1), bench.at(1_s));
        const auto ticket = std::get<core::WishSettings>(std::get<core::Wish>(wish)).ticket;
        bench.recorder->take(
            core::News{core::NewsAnswer{Instant{1_s}, ticket, CommandOutcome::done}},
            bench.at(1_s));
        CHECK(bench.bodies<protocol::SettingsChanged>(Lane::event).size() == 1);
    }
    RecorderBench bench{chip};
    const auto restore = bench.recorder->begin(protocol::ResetCause::power_on, bench.at(0_ms));
    CHECK(restore.settings == settings);
}

TEST_CASE("a flood of forged commands costs one record a reason and ten seconds",
          "[core][recorder][unit]")
{
    sim::NorFlash chip{test::recorder_chip};
    RecorderBench bench{chip};
    static_cast<void>(bench.recorder->begin(protocol::ResetCause::power_on, bench.at(0_ms)));

    for (int ms = 1; ms <= 30'000; ++ms) {
        bench.recorder->refused(CommandOutcome::not_authentic);
        if (ms % 50 == 0) static_cast<void>(bench.recorder->turn(bench.at(Millis{ms})));
    }

    const auto told = bench.bodies<protocol::CommandsRefused>(Lane::event);
    REQUIRE(told.size() == 3);
    CHECK(told.back().count == 30'000);
}

TEST_CASE("frames come every ten seconds while charging, every minute idle, at once on change",
          "[core][recorder][unit]")
{
    sim::NorFlash chip{test::recorder_chip};
    RecorderBench bench{chip};
    static_cast<void>(bench.recorder->begin(protocol::ResetCause::power_on, bench.at(0_ms)));
    const auto frames_after = [&](int from, int to, Milliwatts power) {
        const auto before = bench.bodies<protocol::Telemetry>(Lane::tele).size();
        const auto session = power == Milliwatts{} ? 0U : 1U;
        for (int s = from; s < to; ++s) {
            auto readings = test::readings_of(Millis{s * 1'000}, 3, session, {}, power);
            if (session == 0) readings.frame.outlets[2].state = protocol::OutletState::idle;
            bench.recorder->take(readings, bench.at(Millis{s * 1'000}));
        }
        return bench.bodies<protocol::Telemetry>(Lane::tele).size() - before;
    };

    CHECK(frames_after(0, 121, {}) == 3);
    CHECK(frames_after(121, 122, 180_W) == 1);
    CHECK(frames_after(122, 162, 181_W) == 4);
    CHECK(frames_after(162, 163, 120_W) == 1);
}
