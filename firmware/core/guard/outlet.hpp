#pragma once

#include "firmware/core/guard/energy.hpp"
#include "firmware/core/guard/outlet_state.hpp"
#include "firmware/core/guard/rules/conduction.hpp"
#include "firmware/core/guard/rules/contact.hpp"
#include "firmware/core/guard/rules/full.hpp"
#include "firmware/core/guard/rules/overload.hpp"
#include "firmware/core/guard/rules/switching.hpp"
#include "firmware/core/guard/rules/unplugged.hpp"
#include "firmware/core/guard/session.hpp"
#include "firmware/core/guard/teller.hpp"
#include "firmware/core/guard/wish.hpp"

namespace ks::core {

using protocol::Settings;

/// What the guard learns of one outlet at a tick.
struct GuardInput {
    /// Fresh since the tick before.
    std::optional<hal::Sample> sample;
    hal::Temperature contact;
};

/// One outlet: its state, its rules and its session. The relay follows from the state.
class Outlet {
public:
    /// An end is told without a verdict when none has come by then: a silent meter gives none.
    static constexpr Millis end_told_by{3'000};

    /// A place without an outlet, for fixed containers.
    Outlet() = default;
    Outlet(protocol::OutletNumber number, Instant now, hal::PulseValue value);

    [[nodiscard]] OutletState state() const { return state_; }
    [[nodiscard]] hal::Relay relay() const { return relay_in(state_); }
    [[nodiscard]] std::optional<protocol::TripCause> latched() const { return latched_; }
    [[nodiscard]] const Conduction& conduction() const { return conduction_; }
    [[nodiscard]] protocol::OutletReading reading() const;
    [[nodiscard]] Course course(Instant now) const;
    [[nodiscard]] protocol::SessionId session() const { return session_ ? session_->id : 0; }
    [[nodiscard]] std::optional<Millivolts> mains() const;

    /// Takes in what the tick brought and lets every rule judge it: what must open has been opened
    /// when this returns.
    void observe(Instant now, const GuardInput& input, const Settings& settings, Teller& teller);
    /// Opens, if closed, and ends the session for this reason.
    void end(Instant now, protocol::EndReason reason, Teller& teller);
    /// Tells the end of a session whose opening has been judged; `judged` when nothing better will
    /// come, because the contactor has failed as well.
    enum class Verdict : std::uint8_t { pending, judged };
    void tell_end(Instant now, Verdict verdict, Teller& teller);

    /// Why a start cannot be, as far as this outlet knows.
    [[nodiscard]] std::optional<protocol::CommandOutcome> refuses(Instant now,
                                                                  const Settings& settings) const;
    /// Closes. Only after `refuses` said nothing.
    void grant(Instant now, const WishStart& wish, Teller& teller);
    [[nodiscard]] protocol::CommandOutcome clear(Instant now, const WishClear& wish,
                                                 const Settings& settings, Teller& teller);
    /// What was latched before the reset is latched again, and the heat is not known.
    void restore(Instant now, std::optional<protocol::TripCause> latched, Teller& teller);

    /// The course so far has been handed over; the next one begins.
    void course_taken() { window_ = {}; }

private:
    void measure(const hal::Sample& sample);
    void account(Millis span);
    [[nodiscard]] std::optional<Cut> judge(Instant now, const GuardInput& input,
                                           const Settings& settings);
    [[nodiscard]] std::optional<Cut> judge_closed(Instant now, const GuardInput& input,
                                                  const Settings& settings) const;
    [[nodiscard]] std::optional<protocol::EndReason> ending(Instant now, const Settings& settings);
    [[nodiscard]] bool cause_present(Instant now, const Settings& settings) const;
    void trip(Instant now, const Cut& cut, Teller& teller);
    void finish_session(Instant now, protocol::EndReason reason);
    void step(Instant now, OutletEvent event, Teller& teller);
    [[nodiscard]] Milliwatts magnitude() const;

    protocol::OutletNumber number_{protocol::whole_post};
    hal::PulseValue pulse_value_{.milliwatt_hours = 0, .pulses = 1};
    OutletState state_{OutletState::idle};
    std::optional<protocol::TripCause> latched_;
    std::optional<Session> session_;

    Instant seen_at_{};
    Instant closed_at_{};
    std::optional<hal::Sample> newest_;
    hal::Temperature contact_;

    Contact contact_rule_;
    Overload overload_;
    Conduction conduction_;
    Switching switching_;
    Full full_;
    Unplugged unplugged_;
    PulseCounter pulses_;
    PowerWindow window_;
};

}  // namespace ks::core
