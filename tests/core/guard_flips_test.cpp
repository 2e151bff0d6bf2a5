#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

#include <cstring>

// F-034, exhaustively: every state of an outlet, every event, and every single bit of the variables
// that decide about relays.

namespace ks::core {

/// A window for flipping bits.
struct SafetyVariables {
    using Bytes = std::span<std::byte>;

    static Outlet& outlet(Guard& guard) { return guard.outlets_[0]; }
    static Bytes state(Guard& guard) { return bytes(outlet(guard).state_); }
    static Bytes latched(Guard& guard) { return bytes(outlet(guard).latched_); }
    static Bytes whole(Guard& guard) { return bytes(guard.whole_); }
    static Bytes memory(Guard& guard) { return bytes(guard.memory_); }
    static Bytes settings(Guard& guard) { return bytes(guard.settings_); }
    static Bytes hard_limit(Guard& guard)
    {
        return bytes(guard.settings_.types[0].hard_overcurrent);
    }
    static Bytes sum(Guard& guard) { return bytes(guard.settings_sum_); }

private:
    template <class T>
    static Bytes bytes(T& variable)
    {
        return std::as_writable_bytes(std::span{&variable, 1});
    }
};

}  // namespace ks::core

using namespace ks;
using namespace ks::core;
using protocol::TripCause;

namespace {

enum class Event : std::uint8_t { none, start, power, stop, nothing, cut, reset, silence };
constexpr Event events[] = {Event::none,    Event::start, Event::power, Event::stop,
                            Event::nothing, Event::cut,   Event::reset, Event::silence};

/// Two outlets: the second charges, the first is brought into a state, and whatever follows can be
/// taken back.
class Bench {
public:
    explicit Bench(OutletState wanted)
    {
        check(guard_.wish(nothing_latched));
        run(10'000);
        start(2);
        run(1'000);
        if (wanted != OutletState::idle && wanted != OutletState::locked_out) start(1);
        run(300);
        if (wanted == OutletState::closing) check(state() == wanted);
        if (wanted == OutletState::charging || wanted == OutletState::opening) {
            load_ = 2_A;
            run(1'000);
        }
        if (wanted == OutletState::opening) {
            stop();
            run(50);
        }
        if (wanted == OutletState::locked_out) {
            contact_ = DeciCelsius{800};
            run(1'000);
            contact_ = DeciCelsius{250};
            run(1'000);
        }
        check(state() == wanted);
        kept_.resize(sizeof(Guard));
        kept_at_ = now_;
        std::memcpy(kept_.data(), static_cast<void*>(&guard_), sizeof(Guard));
    }

    void take_back()
    {
        std::memcpy(static_cast<void*>(&guard_), kept_.data(), sizeof(Guard));
        now_ = kept_at_;
    }
    void happen(Event event)
    {
        const auto load = load_;
        switch (event) {
        case Event::none: break;
        case Event::start: start(1); break;
        case Event::power: load_ = 2_A; break;
        case Event::stop: stop(); break;
        case Event::nothing: load_ = {}; break;
        case Event::cut: pin_ = hal::OvercurrentPin::raised; break;
        case Event::reset:
            check(guard_.wish(WishClear{1, 1, TripCause::contact_overheated}));
            break;
        case Event::silence: signs_ = false; break;
        }
        if (event == Event::silence) now_ = now_ + 2_s;
        tick();
        load_ = load;
        pin_ = hal::OvercurrentPin::quiet;
        signs_ = true;
    }
    void tick()
    {
        now_ = now_ + GuardRig::tick;
        auto post = good_post;
        post.contactor_coil = guard_.contactor();
        std::array<hal::OutletInputs, 2> inputs{};
        for (std::uint8_t i = 0; i < 2; ++i) {
            const auto told = guard_.relay(static_cast<protocol::OutletNumber>(i + 1));
            const auto load = i == 0 ? load_ : 1_A;
            inputs[i] = {.sample = sample(told == hal::Relay::closed ? load : Milliamps{}),
                         .contact = i == 0 ? contact_ : DeciCelsius{250},
                         .pin = i == 0 ? pin_ : hal::OvercurrentPin::quiet,
                         .coil = told};
        }
        if (signs_) guard_.still_here(now_);
        guard_.tick(now_, inputs, post);
    }
    /// Whether the guard tells of a damaged memory, before it tells anything else of now.
    bool tells_damage()
    {
        bool told = false;
        while (const auto item = guard_.news())
            if (const auto* trip = std::get_if<NewsTripped>(&*item))
                told = told || trip->trip.cause == TripCause::memory_fault;
        return told;
    }
    [[nodiscard]] Guard& guard() { return guard_; }
    [[nodiscard]] bool closed(protocol::OutletNumber outlet) const
    {
        return guard_.relay(outlet) == hal::Relay::closed;
    }

private:
    void run(std::int64_t ms)
    {
        for (std::int64_t i = 0; i < ms / GuardRig::tick.count(); ++i) {
            tick();
            static_cast<void>(tells_damage());
            while (guard_.readings()) {
            }
            while (guard_.trace()) {
            }
        }
    }
    [[nodiscard]] hal::Sample sample(Milliamps current) const
    {
        const Millivolts noise{static_cast<std::int32_t>(now_.since_boot().count() / 5 % 7)};
        return {.at = now_,
                .voltage = 220_V + noise,
                .current = current,
                .power = apparent_power(220_V, current),
                .pulses = 0};
    }
    void start(protocol::OutletNumber outlet)
    {
        check(guard_.wish(
            WishStart{outlet, outlet, outlet, protocol::StartMeans::command, 1_h, 1000_Wh}));
    }
    void stop() { check(guard_.wish(WishStop{9, 1, protocol::EndReason::stopped})); }
    [[nodiscard]] OutletState state() { return SafetyVariables::outlet(guard_).state(); }

    Guard guard_{{.outlets = 2, .pulse = bench_pulse, .spread_permille = 0}};
    Instant now_{};
    Milliamps load_{};
    hal::Temperature contact_{DeciCelsius{250}};
    hal::OvercurrentPin pin_{hal::OvercurrentPin::quiet};
    bool signs_{true};
    std::vector<std::byte> kept_;
    Instant kept_at_{};
};

/// What all limits of that kind are made of, without what lies between them.
template <class Owner>
std::size_t bytes_of()
{
    std::size_t bytes = 0;
    protocol::each_limit_of<Owner>([&](const auto& row) { bytes += sizeof(row.least); });
    return bytes;
}

/// Calls `visit()` once for each single bit, which has been flipped in the kept state.
template <class Visit>
void each_flip(Bench& bench, SafetyVariables::Bytes (*variable)(Guard&), Visit visit)
{
    const auto size = variable(bench.guard()).size();
    for (std::size_t byte = 0; byte < size; ++byte)
        for (unsigned bit = 0; bit < 8; ++bit) {
            bench.take_back();
            variable(bench.guard())[byte] ^= std::byte{1} << bit;
            visit();
        }
}

}  // namespace

// Half a million ticks.
TEST_CASE("F-034: no flipped bit of a safety variable leaves or puts a relay closed, in any state "
          "and through any event",
          "[core][guard][memory][slow]")
{
    for (const auto state : outlet_states) {
        CAPTURE(static_cast<int>(state));
        Bench bench{state};
        const bool was_closed = bench.closed(1);
        for (const auto event : events) {
            CAPTURE(static_cast<int>(event));
            bench.take_back();
            bench.happen(event);
            const std::array sound{bench.closed(1), bench.closed(2)};

            int found = 0;
            const auto harmless = [&] {
                REQUIRE((was_closed || !bench.closed(1)));
                bench.happen(event);
                REQUIRE((sound[0] || !bench.closed(1)));
                REQUIRE((sound[1] || !bench.closed(2)));
                if (!bench.tells_damage()) return;
                ++found;
                for (int tick = 0; tick < 3; ++tick) {
                    REQUIRE_FALSE(bench.closed(1));
                    REQUIRE_FALSE(bench.closed(2));
                    REQUIRE(bench.guard().contactor() == hal::Relay::open);
                    bench.tick();
                }
            };
            // One byte and its inverted word; what lies between them is nothing's.
            each_flip(bench, SafetyVariables::state, harmless);
            CHECK(found == 8 + 64);
            each_flip(bench, SafetyVariables::latched, harmless);
            CHECK(found == 2 * (8 + 64));
            each_flip(bench, SafetyVariables::whole, harmless);
            CHECK(found == 2 * (8 + 64) + 2 * 64);
            each_flip(bench, SafetyVariables::memory, harmless);
            CHECK(found == 3 * (8 + 64) + 2 * 64);
        }
    }
}

TEST_CASE("F-034: no flipped bit of a limit is ever judged by: everything opens, and the post must "
          "be commissioned anew",
          "[core][guard][memory][slow]")
{
    for (const auto state : {OutletState::idle, OutletState::charging}) {
        Bench bench{state};
        int found = 0;
        const auto harmless = [&] {
            bench.happen(Event::start);
            if (!bench.tells_damage()) {
                auto settings = bench.guard().settings();
                settings.profile = bench_settings.profile;
                REQUIRE(settings == bench_settings);
                return;
            }
            ++found;
            REQUIRE(bench.guard().settings() == protocol::factory_settings);
            REQUIRE_FALSE(bench.closed(1));
            REQUIRE_FALSE(bench.closed(2));
        };
        each_flip(bench, SafetyVariables::settings, harmless);
        // Every bit of every limit, of the version and of the outlets' types.
        CHECK(found ==
              static_cast<int>(8 * (2 * bytes_of<Limits>() + bytes_of<protocol::PostLimits>() + 4 +
                                    sizeof(Settings::calibration) + protocol::outlet_limit)));
        found = 0;
        each_flip(bench, SafetyVariables::sum, harmless);
        CHECK(found == 64);
    }
}

TEST_CASE("F-034: after damaged settings a clearing alone starts nothing: the factory's limits may "
          "be looser",
          "[core][guard][memory][unit]")
{
    auto rig = GuardRig::charging(2, 1_A);
    SafetyVariables::hard_limit(rig.guard())[0] ^= std::byte{1};
    rig.step();
    CHECK_FALSE(rig.closed(1));
    REQUIRE(rig.trips() == std::vector{TripCause::memory_fault});
    const auto trip = rig.all<NewsTripped>().front().trip;
    CHECK(trip.outlet == protocol::whole_post);
    CHECK(trip.session == 0);
    CHECK(trip.measured == 0);
    CHECK(trip.limit == 0);
    rig.run_for(5_s);
    using protocol::CommandOutcome;
    CHECK(rig.answer_to(rig.clear(protocol::whole_post, TripCause::memory_fault)) ==
          CommandOutcome::done);
    rig.run_for(1_s);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::not_calibrated);
    auto anew = bench_settings;
    anew.version = 8;
    CHECK(rig.answer_to(rig.change(anew, Approval::both_approvers)) == CommandOutcome::done);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::done);
}

TEST_CASE("F-034: damage before anything was restored does not stand in the restore's way",
          "[core][guard][memory][unit]")
{
    GuardRig rig{1};
    rig.run_for(10_s);
    SafetyVariables::hard_limit(rig.guard())[0] ^= std::byte{1};
    rig.step();
    REQUIRE(rig.trips() == std::vector{TripCause::memory_fault});
    rig.restore(bench_settings);
    rig.step();
    CHECK(rig.guard().settings() == bench_settings);
    using protocol::CommandOutcome;
    CHECK(rig.answer_to(rig.clear(protocol::whole_post, TripCause::memory_fault)) ==
          CommandOutcome::done);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::done);
}

TEST_CASE("F-034: an outlet whose memory was damaged is told with its session, and cleared by name",
          "[core][guard][memory][unit]")
{
    for (auto* variable : {SafetyVariables::state, SafetyVariables::latched}) {
        auto rig = GuardRig::charging(2, 1_A);
        variable(rig.guard())[0] ^= std::byte{4};
        rig.step();
        CHECK_FALSE(rig.closed(1));
        CHECK(rig.guard().contactor() == hal::Relay::open);
        rig.run_for(3_s);
        REQUIRE(rig.trips() == std::vector{TripCause::memory_fault});
        CHECK(rig.all<NewsTripped>().front().trip.session ==
              rig.all<NewsStarted>().front().session);
        CHECK(rig.all<NewsTripped>().front().trip.count == 1);
        CHECK(rig.end_of(1) == protocol::EndReason::tripped);
        CHECK(rig.end_of(2) == protocol::EndReason::contactor_opened);
        CHECK(rig.answer_to(rig.clear(1, TripCause::memory_fault)) ==
              protocol::CommandOutcome::done);
        rig.run_for(6_s);
        CHECK(rig.guard().contactor() == hal::Relay::closed);
        CHECK(rig.answer_to(rig.start(1)) == protocol::CommandOutcome::done);
    }
}

TEST_CASE("F-034: what was latched for the whole post when its memory was damaged takes a person "
          "to end",
          "[core][guard][memory][unit]")
{
    auto rig = GuardRig::ready(1);
    rig.input(hal::PostInput::smoke) = hal::InputState::active;
    rig.run_for(1_s);
    SafetyVariables::whole(rig.guard())[2] ^= std::byte{1};
    CHECK(rig.guard().contactor() == hal::Relay::open);
    rig.step();
    // It is still smoking, so that is found again in the same tick.
    CHECK(rig.trips() == std::vector{TripCause::smoke, TripCause::memory_fault, TripCause::smoke});
    CHECK(rig.guard().contactor() == hal::Relay::open);
    CHECK(rig.guard().group_line() == hal::GroupLine::pulled);
}

TEST_CASE("F-034: a post that does not know any more whether it was restored starts nothing before "
          "it is",
          "[core][guard][memory][unit]")
{
    auto rig = GuardRig::charging(2, 1_A);
    SafetyVariables::memory(rig.guard())[0] ^= std::byte{2};
    CHECK(rig.guard().contactor() == hal::Relay::open);
    rig.step();
    CHECK_FALSE(rig.closed(1));
    CHECK_FALSE(rig.closed(2));
    CHECK(rig.trips() == std::vector{TripCause::memory_fault});
    rig.run_for(10_s);
    using protocol::CommandOutcome;
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::not_ready);
    CHECK(rig.answer_to(rig.clear(protocol::whole_post, TripCause::memory_fault)) ==
          CommandOutcome::not_ready);
    CHECK(rig.guard().contactor() == hal::Relay::open);
    rig.restore(bench_settings);
    CHECK(rig.answer_to(rig.clear(protocol::whole_post, TripCause::memory_fault)) ==
          CommandOutcome::done);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::done);
}
