#pragma once

#include "firmware/core/guard/outlet.hpp"

#include <span>

namespace ks::core {

/// The safety core: decides every 5 ms, from a timer interrupt, what relays and contactor are told.
/// Nothing outside it closes a relay, and it waits for nobody (D2, D16).
///
/// Two contexts use it. The guard's calls `tick`, `relay`, `contactor` and `health`; the rest's
/// calls the others, which touch nothing but rings. Between two ticks the outputs do not change.
class Guard {
public:
    /// The rest must sign its flow at least this often (D16), or everything opens.
    static constexpr Millis rest_silence_limit{2'000};
    static constexpr Millis readings_every{1'000};
    static constexpr std::size_t wish_room = 16;
    static constexpr std::size_t readings_room = 4;

    /// `rest_silent`: everything is open; the watchdog must not be fed.
    enum class Health : std::uint8_t { well, rest_silent };

    /// `value` is the meters' (the driver knows it).
    Guard(std::uint8_t outlets, hal::PulseValue value);

    /// One input per outlet, from index 0 for outlet 1. `now` never goes back. What a sample shows
    /// is obeyed by the outputs when this returns.
    void tick(Instant now, std::span<const GuardInput> inputs);

    [[nodiscard]] hal::Relay relay(protocol::OutletNumber outlet) const;
    /// Closed only when what was latched has been restored, no relay and not the contactor itself
    /// is known to be welded, and the rest is alive.
    [[nodiscard]] hal::Relay contactor() const;
    [[nodiscard]] Health health() const { return health_; }
    [[nodiscard]] const Settings& settings() const { return settings_; }

    /// False when the guard has not yet taken earlier ones: ask again. A wish with a ticket is
    /// answered, unless the rest leaves `Teller::answers_most` answers untaken: then stops are
    /// still carried out, and everything else is dropped.
    [[nodiscard]] bool wish(const Wish& wish) { return wishes_.push(wish); }
    [[nodiscard]] std::optional<News> news() { return news_.pop(); }
    [[nodiscard]] std::optional<Readings> readings() { return readings_.pop(); }
    void still_here(Instant now);

private:
    void begin(Instant now);
    void listen(Instant now);
    void judge_contactor(Instant now);
    void follow_contactor(Instant now);
    void end_all(Instant now, protocol::EndReason reason);
    void tell_ends(Instant now);
    void offer_readings(Instant now);
    [[nodiscard]] Readings readings_at(Instant now) const;

    void take(Instant now, const Wish& wish);
    void answer(Instant now, Ticket ticket, protocol::CommandOutcome outcome);
    [[nodiscard]] protocol::CommandOutcome start(Instant now, const WishStart& wish);
    [[nodiscard]] protocol::CommandOutcome stop(Instant now, const WishStop& wish);
    [[nodiscard]] protocol::CommandOutcome clear(Instant now, const WishClear& wish);
    [[nodiscard]] protocol::CommandOutcome clear_whole(Instant now, const WishClear& wish);
    [[nodiscard]] protocol::CommandOutcome change(const WishSettings& wish);
    void restore(Instant now, const WishRestore& wish);
    [[nodiscard]] bool any_conducts() const;
    [[nodiscard]] bool knows(protocol::OutletNumber outlet) const;

    std::uint8_t count_;
    hal::PulseValue pulse_value_;
    FixedVector<Outlet, protocol::outlet_limit> outlets_;
    Settings settings_{protocol::factory_settings};
    std::optional<protocol::TripCause> whole_;
    enum class Memory : std::uint8_t { unknown, restored } memory_{Memory::unknown};
    WishStarts::Policy starts_{WishStarts::Policy::allowed};
    protocol::SessionId newest_session_{0};
    Health health_{Health::well};
    Instant ticked_at_{};
    Instant heard_at_{};
    hal::Relay contactor_was_{hal::Relay::open};
    Instant contactor_open_since_{};
    Instant readings_at_{};
    std::uint32_t facts_at_readings_{0};
    Teller teller_;

    SpscRing<Wish, wish_room> wishes_;
    SpscRing<Instant, 4> signs_of_life_;
    NewsRing news_;
    SpscRing<Readings, readings_room> readings_;
};

static_assert(sizeof(Guard) <= std::size_t{24} * 1024, "an eighth of the chip's RAM");

}  // namespace ks::core
