#pragma once

#include "firmware/core/guard/guard.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace ks::core {

/// A guard of two outlets and a suspicious observer, who sees what goes in and comes out, keeps
/// his own books, and names the first promise (docs/demands.md) that is broken.
class GuardWatch {
public:
    static constexpr std::uint8_t outlets = 2;

    struct Seen {
        int starts;
        int clears;
        int tightened;
        int loosened;
        int trips;
        int welds;
        int whole;
        int rest_silences;
        int waited;  // closings that came later than their wish
    };

    GuardWatch() { reset(); }

    /// A new boot of the same post.
    void reset();
    void wish(const Wish& wish);
    [[nodiscard]] hal::OutletInputs& input(protocol::OutletNumber outlet)
    {
        return inputs_[outlet - 1U];
    }
    [[nodiscard]] hal::PostInputs& post() { return post_; }
    /// A fresh sample of this current, at the mains there is.
    void show(protocol::OutletNumber outlet, Milliamps current);
    void step(Millis span);

    [[nodiscard]] hal::Relay relay(protocol::OutletNumber outlet) const
    {
        return guard_->relay(outlet);
    }
    [[nodiscard]] const Settings& settings() const { return guard_->settings(); }
    [[nodiscard]] std::optional<protocol::TripCause> latched(protocol::OutletNumber outlet) const;
    [[nodiscard]] protocol::SessionId newest_session() const { return newest_session_; }
    [[nodiscard]] const Seen& seen() const { return seen_; }
    /// The promise that was broken, if one was.
    [[nodiscard]] const std::optional<std::string>& broken() const { return broken_; }

    bool rest_takes_news{true};
    bool rest_is_alive{true};
    Millivolts mains{220'000};
    /// A coil's driver that does not do as it is told.
    std::optional<hal::Relay> coil_stuck;

private:
    using Relays = std::array<hal::Relay, outlets>;
    struct Book {
        std::optional<protocol::TripCause> latched;
        Instant latched_at{};
        OutletState state{OutletState::idle};
        Instant opened_at{};
        Instant closed_at{};
        std::vector<Instant> closings;
        std::optional<protocol::SessionId> running;
        int closed{0};
        int started{0};
        // Since when a condition has been at the inputs without a break.
        std::optional<Instant> hot, current, leaking;
        Instant heard{};
        int samples_with_current{0};
    };

    void must(bool holds, const char* promise);
    /// How many news there were: a full ring may not have been all.
    std::size_t drain();
    void take(const News& item);
    void take_start(const NewsStarted& told);
    void take_trip(const NewsTripped& told);
    void take_clear(const NewsCleared& told);
    void take_end(const NewsEnded& told);
    void take_memory(const WishRestore& memory);
    [[nodiscard]] Relays relays() const;
    void note_conditions();
    void watch_settings(const Settings& before, const Relays& were);
    void watch_relays(const Settings& before, const Relays& were);
    void watch_closing(protocol::OutletNumber outlet);
    void watch_trip_times(const Settings& before, protocol::OutletNumber outlet);
    void watch_overcurrent(const Settings& before, protocol::OutletNumber outlet);
    void watch_post(const Relays& are);
    void watch_stops(const Relays& are);
    void watch_weld(protocol::OutletNumber outlet);

    std::unique_ptr<Guard> guard_;
    std::array<hal::OutletInputs, outlets> inputs_{};
    hal::PostInputs post_{};
    std::array<Book, outlets> books_{};
    protocol::CauseSet whole_;
    std::map<protocol::TripCause, Instant> whole_at_;
    std::array<std::int64_t, outlets> energy_uws_{};
    std::vector<Wish> wishes_;
    /// Starts that were wished for, by session; and the sessions that have been begun.
    std::map<protocol::SessionId, WishStart> offered_;
    std::set<protocol::SessionId> begun_;
    Instant now_{};
    Instant heard_at_{};
    std::optional<Instant> fire_;
    std::optional<Instant> closed_last_;
    bool restored_{false};
    int taken_in_a_row_{0};
    std::uint32_t ticks_{0};
    protocol::SessionId newest_session_{0};
    Seen seen_{};
    std::optional<std::string> broken_;
};

}  // namespace ks::core
