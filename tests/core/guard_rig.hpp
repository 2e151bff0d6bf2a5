#pragma once

#include "firmware/core/guard/guard.hpp"

#include <memory>
#include <vector>

namespace ks::core {

/// The reference circuit's pulse, near enough for a bench (the driver knows it exactly).
inline constexpr hal::PulseValue bench_pulse{.milliwatt_hours = 187, .pulses = 1};

/// A post on the bench: loads, relays that can weld, meters that refresh every 400 ms and are
/// polled every 100 ms, and the guard in front of it all, ticked every 5 ms.
class GuardRig {
public:
    struct Socket {
        Milliamps load{};
        Millivolts voltage{220'000};
        hal::Temperature contact{DeciCelsius{250}};
        enum class Contacts : std::uint8_t { sound, welded } contacts{Contacts::sound};
        enum class Meter : std::uint8_t { alive, dead } meter{Meter::alive};
        enum class Shunt : std::uint8_t { right, reversed } shunt{Shunt::right};

        Milliamps window{};  // what the rms window now running has seen: its highest
        Milliamps shown{};
        std::int64_t energy_uws{0};
        hal::Relay told{hal::Relay::open};
    };

    static constexpr Millis tick{5};
    static constexpr Millis refresh{400};
    static constexpr Millis poll{100};

    explicit GuardRig(std::uint8_t outlets);

    /// Restored with these settings and nothing latched, and past the first rest of the relays.
    static GuardRig ready(std::uint8_t outlets, const Settings& settings);
    static GuardRig ready(std::uint8_t outlets)
    {
        return ready(outlets, protocol::factory_settings);
    }

    [[nodiscard]] Socket& socket(protocol::OutletNumber outlet) { return sockets_[outlet - 1U]; }
    [[nodiscard]] Guard& guard() { return *guard_; }
    [[nodiscard]] Instant now() const { return now_; }

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

    Ticket start(protocol::OutletNumber outlet);
    Ticket start(const WishStart& wish);
    Ticket stop(protocol::OutletNumber outlet);
    Ticket clear(protocol::OutletNumber outlet, protocol::TripCause cause);
    Ticket change(const Settings& settings, Approval approval);
    void restore(const Settings& settings);

    /// What became of a wish; nothing as long as it is unanswered.
    [[nodiscard]] std::optional<protocol::CommandOutcome> outcome(Ticket ticket) const;
    /// Wishes for it, ticks once and says what became of it.
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

    enum class Rest : std::uint8_t { alive, hung } rest{Rest::alive};
    /// A hung rest takes no news either.
    std::vector<News> news;
    std::optional<Readings> readings;
    enum class Contacts : std::uint8_t { sound, welded } contactor{Contacts::sound};

private:
    [[nodiscard]] bool conducts(const Socket& socket) const;
    void measure(Socket& socket) const;
    [[nodiscard]] static Milliwatts shown_power(const Socket& socket);
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
