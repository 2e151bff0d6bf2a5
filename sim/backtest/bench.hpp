#pragma once

#include "firmware/core/guard/guard.hpp"
#include "sim/backtest/curve.hpp"
#include "sim/backtest/meter_tap.hpp"

#include <deque>

namespace ks::sim {

/// A latched trip is over, by a reset or by itself.
struct TripCleared {
    protocol::TripCause cause;
};

/// Something the guard did, with its own words for why.
struct GuardDeed {
    Instant at;
    std::uint8_t outlet;  // 0 for the whole post
    std::variant<protocol::TripCause, protocol::EndReason, protocol::CommandOutcome, TripCleared>
        what;
    std::int64_t measured;
    std::int64_t limit;
    Millis held_for;
};

/// A minute of an outlet's true mean power, and how hot its contact was at the end of it.
struct CurveMinute {
    float watts;
    float contact_celsius;
};

/// The guard that ships, over real meter chips and the plant, in virtual time. The guard keeps its
/// 5 ms for a second around every change; in between it is ticked when a meter is read, and once
/// just before, so that every integral over time ends where it would with all ticks.
class BacktestBench {
public:
    /// `every_tick` leaves nothing out: what `stepped` must be equal to.
    enum class Ticking : std::uint8_t { stepped, every_tick };
    struct Setup {
        PlantPost::Settings plant;
        protocol::Settings settings;
        Ticking ticking;
        /// How often each meter is read.
        Millis poll = poll_usual;
    };
    static constexpr Millis tick{5};
    /// A bus of four chips comes round about so often (6.5 ms at 38,400 baud and 20 ms each).
    static constexpr Millis poll_usual{100};
    /// Still twice for each refresh of a meter; for long campaigns.
    static constexpr Millis poll_seldom{200};
    static constexpr Millis exact_for{1'000};
    /// Of a campaign that trips all day nobody reads more.
    static constexpr std::size_t traces_most = 16;
    static constexpr Millis exact_before{100};
    /// A load that jumps again and again, as a pulsing charger does, is exact once in so long.
    static constexpr Millis jumps_again_after{30'000};
    /// When a post is ready: its relays have rested, its meters and mains are known.
    static constexpr Instant ready{Millis{10'000}};

    explicit BacktestBench(const Setup& setup);
    BacktestBench(const BacktestBench&) = delete;  // The taps look at the plant's terminals.
    BacktestBench& operator=(const BacktestBench&) = delete;

    [[nodiscard]] Instant now() const { return now_; }
    [[nodiscard]] const PlantPost& plant() const { return plant_; }
    [[nodiscard]] core::Guard& guard() { return guard_; }
    [[nodiscard]] bool charging(std::uint8_t outlet) const
    {
        return driven_.at(outlet - 1U) == hal::Relay::closed;
    }
    /// Relays told closed, added up over all outlets.
    [[nodiscard]] double charging_hours() const { return closed_seconds_ / 3600.0; }
    [[nodiscard]] const std::vector<CurveMinute>& minutes(std::uint8_t outlet) const
    {
        return minutes_.at(outlet - 1U);
    }
    /// When the condition was first seen to hold; looked at with every step of the world.
    void watch_for(std::function<bool(const PlantPost& plant)> condition)
    {
        watched_ = std::move(condition);
    }
    [[nodiscard]] std::optional<Instant> seen_at() const { return seen_at_; }
    void keep_minutes(std::size_t most) { minutes_most_ = most; }

    /// Later than now. Times count from the start of the post, not from `ready`.
    void plan(Instant at, std::uint8_t outlet, CurveDeed deed);
    void clear(std::uint8_t outlet, protocol::TripCause cause);
    void run_until(Instant until);
    /// Until something was done, or `until`.
    void run_until_news(Instant until);
    [[nodiscard]] std::vector<GuardDeed> take_deeds();
    /// What the guard itself remembers of the curve before each trip.
    [[nodiscard]] const std::vector<core::NewsTrace>& traces() const { return traces_; }

private:
    struct Planned {
        Instant at;
        std::uint8_t outlet;
        CurveDeed deed;
    };

    [[nodiscard]] Instant next_step(Instant until) const;
    void advance(Instant until);
    void step(Instant then);
    void tick_between(Instant then);
    void tick_guard(Instant at);
    void obey(Instant at);
    void do_planned();
    void carry_out(const Planned& planned);
    void sense();
    void watch_levels();
    [[nodiscard]] bool jumps(std::uint8_t index);
    void drain();
    void note(const core::News& told);
    void count(Millis lasts);
    void be_exact() { exact_until_ = now_ + exact_for; }

    PlantPost plant_;
    Ticking ticking_;
    Millis poll_;
    std::function<bool(const PlantPost& plant)> watched_;
    std::optional<Instant> seen_at_;
    std::vector<MeterTap> taps_;
    std::array<std::uint8_t, protocol::outlet_limit> tap_of_{};
    core::Guard guard_;
    protocol::Settings settings_;
    std::array<hal::OutletInputs, protocol::outlet_limit> outlets_{};
    hal::PostInputs post_{};
    std::array<hal::Relay, protocol::outlet_limit> driven_{};
    std::array<Watts, protocol::outlet_limit> watts_{};
    std::array<Instant, protocol::outlet_limit> jumped_at_{};
    std::deque<Planned> planned_;
    Instant now_{};
    Instant exact_until_{};
    std::vector<GuardDeed> deeds_;
    std::vector<core::NewsTrace> traces_;
    core::Ticket tickets_{0};
    protocol::SessionId sessions_{0};
    double closed_seconds_{0.0};
    std::size_t minutes_most_{0};
    std::array<std::vector<CurveMinute>, protocol::outlet_limit> minutes_;
    std::array<Joules, protocol::outlet_limit> minute_began_with_{};
};

}  // namespace ks::sim
