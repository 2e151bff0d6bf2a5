#pragma once

#include "firmware/core/guard/guard.hpp"
#include "tests/support/sound_post.hpp"

#include <memory>
#include <vector>

namespace ks::core {

/// The reference circuit's pulse, near enough for a bench (the driver knows it exactly).
inline constexpr hal::PulseValue bench_pulse{.milliwatt_hours = 187, .pulses = 1};

/// The factory's, on a feeder that carries whatever a test asks of it.
inline constexpr Settings bench_settings = [] {
    auto settings = protocol::factory_settings;
    settings.post.current_budget = protocol::loosest<protocol::PostLimits>.current_budget;
    settings.post.power_budget = protocol::loosest<protocol::PostLimits>.power_budget;
    return settings;
}();

/// As loose as two approvers can make it, or a third could not.
inline constexpr Settings loosest_settings = [] {
    auto settings = protocol::factory_settings;
    settings.types = {protocol::loosest<protocol::Limits>, protocol::loosest<protocol::Limits>};
    settings.post = protocol::loosest<protocol::PostLimits>;
    return settings;
}();

inline constexpr WishRestore nothing_latched{
    .settings = bench_settings, .latched = {}, .whole = {}, .memory = WishRestore::Memory::good};
inline constexpr Guard::Setup one_outlet{.outlets = 1, .pulse = bench_pulse, .spread_permille = 0};

/// Nothing connected but a sound post.
inline constexpr hal::PostInputs good_post = [] {
    auto post = test::sound_post;
    post.inputs.fill(hal::InputState::absent);
    return post;
}();

/// A post on the bench: loads, relays that can weld, meters that refresh every 400 ms and are
/// polled every 100 ms, and the guard in front of it all, ticked every 5 ms.
class GuardRig {
public:
    struct Socket {
        Milliamps load{};
        Millivolts voltage{220'000};
        hal::Temperature contact{DeciCelsius{250}};
        hal::OvercurrentPin pin{hal::OvercurrentPin::quiet};
        enum class Contacts : std::uint8_t { sound, welded, stuck_open } contacts{Contacts::sound};
        enum class Meter : std::uint8_t { alive, dead, frozen } meter{Meter::alive};
        hal::MeterSetUp set_up{hal::MeterSetUp::held};
        enum class Shunt : std::uint8_t { right, reversed } shunt{Shunt::right};
        enum class Driver : std::uint8_t { sound, shorted, broken } driver{Driver::sound};
        /// Of the load, in thousandths.
        std::int32_t power_factor{1'000};
        /// Beside the current that the load explains, for meters that lie.
        Milliwatts lies_by{};

        Milliamps window{};  // what the rms window now running has seen: its highest
        Milliamps shown{};
        Millivolts shown_voltage{};
        std::int64_t energy_uws{0};
        /// Pulses the chip has forgotten in resets.
        std::uint32_t lost_pulses{0};
        hal::Relay told{hal::Relay::open};
        std::optional<hal::Sample> frame;
    };

    static constexpr Millis tick{5};
    static constexpr Millis refresh{400};
    static constexpr Millis poll{100};

    explicit GuardRig(std::uint8_t outlets) : GuardRig{outlets, 0} {}
    GuardRig(std::uint8_t outlets, std::uint32_t spread_permille);

    /// Restored with these settings and nothing latched, and past the first rest of the relays.
    static GuardRig ready(std::uint8_t outlets, const Settings& settings);
    static GuardRig ready(std::uint8_t outlets) { return ready(outlets, bench_settings); }
    /// Ready, and every outlet charges with this load.
    static GuardRig charging(std::uint8_t outlets, Milliamps load, const Settings& settings);
    static GuardRig charging(std::uint8_t outlets, Milliamps load)
    {
        return charging(outlets, load, bench_settings);
    }

    [[nodiscard]] Socket& socket(protocol::OutletNumber outlet) { return sockets_[outlet - 1U]; }
    [[nodiscard]] Guard& guard() { return *guard_; }
    [[nodiscard]] Instant now() const { return now_; }
    [[nodiscard]] hal::InputState& input(hal::PostInput which)
    {
        return post.inputs[static_cast<std::size_t>(which)];
    }
    void set_mains(Millivolts mains);

    /// One tick, then takes what the guard has to say.
    void step();
    void run_for(Millis time);
    /// Ticks until `done` or the time is over; how long it took.
    template <class Done>
    Millis run_until(Millis time, Done done)
    {
        const auto from = now_;
        while (!done() && now_ - from < time)
            step();
        return now_ - from;
    }
    /// No tick comes for so long: the timer's interrupt was lost.
    void lose_ticks(Millis time) { now_ = now_ + time; }

    Ticket start(protocol::OutletNumber outlet);
    Ticket start(const WishStart& wish);
    Ticket stop(protocol::OutletNumber outlet);
    Ticket clear(protocol::OutletNumber outlet, protocol::TripCause cause);
    Ticket change(const Settings& settings, Approval approval);
    void restore(const Settings& settings);

    /// What became of a wish; nothing as long as it is unanswered.
    [[nodiscard]] std::optional<protocol::CommandOutcome> outcome(Ticket ticket) const;
    /// Ticks until the wish is answered, which takes one tick and for a start its turn.
    [[nodiscard]] protocol::CommandOutcome answer_to(Ticket ticket);

    [[nodiscard]] OutletState state(protocol::OutletNumber outlet) const;
    [[nodiscard]] bool closed(protocol::OutletNumber outlet) const
    {
        return guard_->relay(outlet) == hal::Relay::closed;
    }
    template <class Kind>
    [[nodiscard]] std::vector<Kind> all() const
    {
        std::vector<Kind> found;
        for (const auto& item : news)
            if (const auto* kind = std::get_if<Kind>(&item)) found.push_back(*kind);
        return found;
    }
    [[nodiscard]] std::vector<protocol::TripCause> trips() const;
    /// Why the newest session of that outlet that has ended did so.
    [[nodiscard]] std::optional<protocol::EndReason> end_of(protocol::OutletNumber outlet) const;

    enum class Rest : std::uint8_t { alive, hung } rest{Rest::alive};
    /// A hung rest takes no news either.
    std::vector<News> news;
    std::vector<NewsTrace> traces;
    std::optional<Readings> readings;
    enum class Contacts : std::uint8_t { sound, welded } contactor{Contacts::sound};
    Socket::Driver contactor_driver{Socket::Driver::sound};
    /// The meters of outlets 1 and 2 hang on each other's wires.
    enum class Wiring : std::uint8_t { right, crossed } wiring{Wiring::right};
    hal::PostInputs post{good_post};

private:
    [[nodiscard]] bool conducts(const Socket& socket) const;
    void measure(Socket& socket) const;
    [[nodiscard]] hal::Sample frame_of(Socket& socket) const;
    [[nodiscard]] bool on_beat(Millis period) const
    {
        return now_.since_boot().count() % period.count() == 0;
    }

    std::unique_ptr<Guard> guard_;
    std::vector<Socket> sockets_;
    Instant now_{};
    Ticket tickets_{0};
    protocol::SessionId sessions_{0x1'0000'0000};
};

}  // namespace ks::core
