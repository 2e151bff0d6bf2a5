#pragma once

#include "firmware/core/guard/authorities.hpp"
#include "firmware/core/guard/flow.hpp"
#include "firmware/core/guard/outlet.hpp"
#include "firmware/core/guard/post_rules.hpp"
#include "firmware/core/guard/rules/budget.hpp"
#include "firmware/core/guard/settings_sum.hpp"
#include "firmware/protocol/severity.hpp"

#include <span>

namespace ks::core {

/// The safety core: decides every 5 ms, from a timer interrupt, what relays and contactor are told.
/// Nothing outside it closes a relay, and it waits for nobody (D2, D16).
///
/// Two contexts use it. The guard's calls `tick`, `relay`, `contactor`, `group_line` and `health`;
/// the rest's calls the others, which touch nothing but rings. Between two ticks the outputs do not
/// change.
class Guard {
public:
    /// The rest must sign its flow at least this often (D16), or everything opens.
    static constexpr Millis rest_silence_limit{2'000};
    static constexpr Millis readings_every{1'000};
    static constexpr std::size_t wish_room = 16;
    static constexpr std::size_t readings_room = 4;
    static constexpr std::size_t trace_room = 4;

    /// `rest_silent`: everything is open; the watchdog must not be fed.
    enum class Health : std::uint8_t { well, rest_silent };

    struct Setup {
        std::uint8_t outlets;
        /// The meters' (the driver knows it).
        hal::PulseValue pulse;
        /// This post's place in the spread of closings after mains returned, 0 to 999 thousandths.
        std::uint32_t spread_permille;
    };
    explicit Guard(const Setup& setup);

    /// One input per outlet, from index 0 for outlet 1. `now` never goes back. What a sample shows
    /// is obeyed by the outputs when this returns.
    void tick(Instant now, std::span<const hal::OutletInputs> outlets, const hal::PostInputs& post);

    [[nodiscard]] hal::Relay relay(protocol::OutletNumber outlet) const;
    /// Closed only when what was latched has been restored, no relay and not the contactor itself
    /// is known to be welded, nothing that calls for it is latched, and the rest is alive.
    [[nodiscard]] hal::Relay contactor() const;
    /// Pulled while this post has found fire, water or an emergency itself.
    [[nodiscard]] hal::GroupLine group_line() const;
    [[nodiscard]] Health health() const { return health_; }
    /// How the last tick went: `right_flow`, or the watchdog must not be fed.
    [[nodiscard]] FlowSignature flow() const { return flow_.signature(); }
    static constexpr FlowSignature right_flow = flow_of(guard_steps);
    [[nodiscard]] const Settings& settings() const { return settings_; }

    /// False when the guard has not yet taken earlier ones: ask again. A wish with a ticket is
    /// answered, unless the rest leaves `Teller::answers_most` answers untaken: then stops are
    /// still carried out, and everything else is dropped.
    [[nodiscard]] bool wish(const Wish& wish) { return wishes_.push(wish); }
    [[nodiscard]] std::optional<News> news() { return news_.pop(); }
    [[nodiscard]] std::optional<Readings> readings() { return readings_.pop(); }
    [[nodiscard]] std::optional<NewsTrace> trace() { return traces_.pop(); }
    void still_here(Instant now);

private:
    friend struct SafetyVariables;
    friend struct GuardSteps;

    /// Of what was latched and in force before the reset.
    enum class Memory : std::uint8_t { unknown, restored, lost };
    /// Unknown when it is damaged: then everything stays open until a restart.
    [[nodiscard]] Memory memory() const { return memory_.get().value_or(Memory::unknown); }

    void begin(Instant now);
    void listen(Instant now);
    void observe(Instant now, std::span<const hal::OutletInputs> outlets,
                 const hal::PostInputs& post);
    void judge_mix_up(Instant now);
    void judge_post(Instant now);
    void judge_circuits(Instant now);
    void judge_contactor(Instant now);
    void judge_budget(Instant now);
    void judge_memory(Instant now);
    void follow_contactor(Instant now);
    void trip_whole(Instant now, const Cut& cut, protocol::SessionId session);
    void clear_what_is_over(Instant now);
    void end_all(Instant now, protocol::EndReason reason);
    void tell_ends(Instant now);
    void offer_readings(Instant now);
    [[nodiscard]] Readings readings_at(Instant now) const;
    [[nodiscard]] std::optional<Millivolts> mains() const;
    /// The index of whoever was closed last of those that carry nothing yet.
    [[nodiscard]] std::optional<std::size_t> newest_empty() const;
    [[nodiscard]] protocol::CauseSet whole() const;
    [[nodiscard]] std::size_t circuit_of(std::size_t outlet) const;
    [[nodiscard]] Load load() const;
    [[nodiscard]] Load reckoned(Instant now) const;

    void take_wishes(Instant now);
    void take(Instant now, const Wish& wish);
    void learn(Instant now, const WishFault& fault);
    void answer(Instant now, Ticket ticket, protocol::CommandOutcome outcome);
    void start(Instant now, const WishStart& wish);
    void close_in_turn(Instant now);
    enum class Waits : bool { no, yes };
    /// Answered with `why` when one was waiting.
    Waits forget_start(Instant now, protocol::OutletNumber outlet, protocol::CommandOutcome why);
    void forget_starts(Instant now, protocol::CommandOutcome why);
    [[nodiscard]] std::optional<protocol::CommandOutcome> refuses(Instant now,
                                                                  const WishStart& wish) const;
    [[nodiscard]] std::optional<protocol::CommandOutcome> post_refuses() const;
    [[nodiscard]] bool may_close(Instant now, Instant mains_since) const;
    [[nodiscard]] protocol::CommandOutcome stop(Instant now, const WishStop& wish);
    [[nodiscard]] protocol::CommandOutcome clear(Instant now, const WishClear& wish);
    [[nodiscard]] protocol::CommandOutcome clear_whole(Instant now, const WishClear& wish);
    [[nodiscard]] protocol::CommandOutcome change(const WishSettings& wish);
    void put(const Settings& settings);
    void restore(Instant now, const WishRestore& wish);
    [[nodiscard]] bool any_conducts() const;
    [[nodiscard]] bool knows(protocol::OutletNumber outlet) const;

    Setup setup_;
    Flow flow_;
    FixedVector<Outlet, protocol::outlet_limit> outlets_;
    PostRules post_;
    Budget budget_;
    std::uint8_t outlets_per_circuit_{1};
    Settings settings_{protocol::factory_settings};
    std::uint64_t settings_sum_;
    Coil contactor_rule_;
    std::optional<Cut> contactor_coil_;
    /// The causes latched for the whole post, as `protocol::CauseSet` keeps them.
    Doubled<std::uint64_t> whole_{0};
    /// What the rest has found and not yet seen end. Keeps a latch from being cleared, no more.
    protocol::CauseSet standing_;
    Doubled<Memory> memory_{Memory::unknown};
    WishStarts::Policy starts_{WishStarts::Policy::allowed};
    Authorities authorities_;
    /// Granted, and waiting for their place in the stagger.
    FixedVector<WishStart, protocol::outlet_limit> turns_;
    std::optional<Instant> closed_last_;
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
    SpscRing<NewsTrace, trace_room> traces_;
};

static_assert(sizeof(Guard) <= std::size_t{64} * 1024, "a third of the chip's RAM");

}  // namespace ks::core
