#pragma once

#include "firmware/core/guard/doubled.hpp"
#include "firmware/core/guard/energy.hpp"
#include "firmware/core/guard/outlet_rules.hpp"
#include "firmware/core/guard/outlet_state.hpp"
#include "firmware/core/guard/session.hpp"
#include "firmware/core/guard/teller.hpp"
#include "firmware/core/guard/trace.hpp"
#include "firmware/core/guard/wish.hpp"
#include "firmware/hal/inputs.hpp"

namespace ks::core {

using protocol::Limits;
using protocol::Settings;

/// One outlet: its state, its rules and its session. The relay follows from the state.
class Outlet {
public:
    /// An end is told without a verdict when none has come by then: a silent meter gives none.
    static constexpr Millis end_told_by{3'000};

    /// A place without an outlet, for fixed containers.
    Outlet() = default;
    Outlet(protocol::OutletNumber number, Instant now, hal::PulseValue value);

    /// Locked out when the memory of it is damaged.
    [[nodiscard]] OutletState state() const
    {
        return state_.get().value_or(OutletState::locked_out);
    }
    [[nodiscard]] hal::Relay relay() const { return relay_in(state()); }
    [[nodiscard]] std::optional<protocol::TripCause> latched() const;
    /// Something of this outlet cannot be opened by its own relay.
    [[nodiscard]] bool needs_contactor() const;
    [[nodiscard]] const Conduction& conduction() const { return rules_.conduction; }
    [[nodiscard]] protocol::OutletReading reading() const;
    [[nodiscard]] Course course(Instant now) const;
    [[nodiscard]] protocol::SessionId session() const { return session_ ? session_->id : 0; }
    [[nodiscard]] Instant closed_at() const { return closed_at_; }
    /// Of the newest plausible reading; nothing before the first.
    [[nodiscard]] Milliamps current() const { return newest_ ? newest_->current : Milliamps{}; }
    /// The newest reading is from after the closing. Only of an outlet that was ever closed.
    [[nodiscard]] bool fresh() const;
    [[nodiscard]] std::optional<Millivolts> mains() const;
    /// The magnitude of the newest plausible reading, which there must be.
    [[nodiscard]] Milliwatts power() const;

    /// What the post knows that concerns each outlet.
    struct Around {
        const Limits& limits;
        Supply supply;
        /// When another outlet was closed last that carries nothing yet: current that began here
        /// since may be its current, seen by the wrong meter.
        std::optional<Instant> empty_closing;
    };
    /// Takes in what the tick brought and lets every rule judge it: what must open has been opened
    /// when this returns.
    void observe(Instant now, const hal::OutletInputs& input, const Around& around, Teller& teller);
    /// Opens and latches for a cause that the post has found.
    void cut(Instant now, const Cut& cut, Teller& teller);
    /// Opens, if closed, and ends the session for this reason.
    void end(Instant now, protocol::EndReason reason, Teller& teller);
    /// Tells the end of a session whose opening has been judged; `judged` when nothing better will
    /// come, because the contactor has failed as well.
    enum class Verdict : std::uint8_t { pending, judged };
    void tell_end(Instant now, Verdict verdict, Teller& teller);

    /// Why a start cannot be, as far as this outlet knows.
    [[nodiscard]] std::optional<protocol::CommandOutcome> refuses(Instant now,
                                                                  const Limits& limits) const;
    /// Closes. Only after `refuses` said nothing.
    void grant(Instant now, const WishStart& wish, Teller& teller);
    [[nodiscard]] protocol::CommandOutcome clear(Instant now, const WishClear& wish,
                                                 const Limits& limits, Teller& teller);
    /// What was latched before the reset is latched again, and the heat is not known.
    void restore(Instant now, std::optional<protocol::TripCause> latched, Teller& teller);

    /// The course so far has been handed over; the next one begins.
    void course_taken() { window_ = {}; }
    /// The readings before the last trip, once.
    [[nodiscard]] std::optional<NewsTrace> take_trace();

private:
    /// The tests flip the bits of what must not be wrong (F-034).
    friend struct SafetyVariables;

    void mend(Instant now, Teller& teller);
    void measure(const hal::Sample& sample);
    void account(Instant now, Millis span, const Around& around);
    [[nodiscard]] std::optional<Cut> judge(Instant now, const hal::OutletInputs& input,
                                           const Around& around);
    [[nodiscard]] std::optional<Cut> judge_closed(Instant now, const hal::OutletInputs& input,
                                                  const Limits& limits);
    [[nodiscard]] std::optional<Cut> judge_meter(Instant now) const;
    [[nodiscard]] bool waits_for_other_meter(Instant now, const Around& around) const;
    /// Of the mains as this outlet's own meter and the post see it.
    [[nodiscard]] Supply supply(const Around& around) const;
    [[nodiscard]] std::optional<protocol::EndReason> ending(Instant now, const Around& around);
    [[nodiscard]] bool cause_present(Instant now, const Limits& limits) const;
    void finish_session(Instant now, protocol::EndReason reason);
    void step(Instant now, OutletEvent event, Teller& teller);

    protocol::OutletNumber number_{protocol::whole_post};
    hal::PulseValue pulse_value_{.milliwatt_hours = 0, .pulses = 1};
    Doubled<OutletState> state_{OutletState::idle};
    /// 0: none.
    Doubled<std::uint8_t> latched_{0};
    std::optional<Session> session_;

    Instant seen_at_{};
    Instant closed_at_{};
    /// The newest plausible sample; rules judge nothing else. Nothing ever takes it away again, and
    /// both ways to a closed relay and to a cleared latch ask for it (`refuses`, `cause_present`):
    /// where an outlet is closed, or opening, or has a session, it is there.
    std::optional<hal::Sample> newest_;
    hal::Temperature contact_;
    hal::MeterSetUp set_up_{hal::MeterSetUp::held};

    OutletRules rules_;
    PulseCounter pulses_;
    PowerWindow window_;
    Trace trace_;
    /// The trip whose trace has not been taken; until then nothing is added to it.
    struct TraceDue {
        Instant at;
        protocol::TripCause cause;
        protocol::SessionId session;
    };
    std::optional<TraceDue> trace_due_;
};

}  // namespace ks::core
