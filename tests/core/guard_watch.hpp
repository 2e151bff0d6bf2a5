#pragma once

#include "firmware/core/guard/guard.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ks::core {

/// A guard of two outlets and a suspicious observer, who sees what goes in and comes out, keeps
/// his own books, and names the first rule that is broken.
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
        int rest_silences;
    };

    GuardWatch() { reset(); }

    /// A new boot of the same post.
    void reset();
    void wish(const Wish& wish);
    [[nodiscard]] GuardInput& input(protocol::OutletNumber outlet) { return inputs_[outlet - 1U]; }
    /// A fresh sample of this current, at 220 V.
    void show(protocol::OutletNumber outlet, Milliamps current);
    void step(Millis span);

    [[nodiscard]] hal::Relay relay(protocol::OutletNumber outlet) const
    {
        return guard_->relay(outlet);
    }
    [[nodiscard]] const Settings& settings() const { return guard_->settings(); }
    [[nodiscard]] std::optional<protocol::TripCause> latched(protocol::OutletNumber outlet) const
    {
        if (outlet == protocol::whole_post) return whole_;
        return outlet <= outlets ? books_[outlet - 1U].latched : std::nullopt;
    }
    [[nodiscard]] protocol::SessionId newest_session() const { return newest_session_; }
    [[nodiscard]] const Seen& seen() const { return seen_; }
    /// The rule that was broken, if one was.
    [[nodiscard]] const std::optional<std::string>& broken() const { return broken_; }

    bool rest_takes_news{true};
    bool rest_is_alive{true};

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
    };

    void must(bool holds, const char* rule);
    void drain();
    void take(const News& item);
    void take_trip(const NewsTripped& told);
    void take_clear(const NewsCleared& told);
    void take_end(const NewsEnded& told);
    [[nodiscard]] Relays relays() const;
    void watch_settings(const Settings& before, const Relays& were);
    void watch_relays(const Settings& before, const Relays& were);
    void watch_closing(protocol::OutletNumber outlet);
    void watch_overcurrent(const Settings& before, protocol::OutletNumber outlet);
    [[nodiscard]] bool some_start_for(protocol::OutletNumber outlet) const;

    std::unique_ptr<Guard> guard_;
    std::array<GuardInput, outlets> inputs_{};
    std::array<Book, outlets> books_{};
    std::optional<protocol::TripCause> whole_;
    std::array<std::int64_t, outlets> energy_uws_{};
    std::vector<Wish> wishes_;
    Instant now_{};
    Instant heard_at_{};
    bool restored_{false};
    int taken_in_a_row_{0};
    protocol::SessionId newest_session_{0};
    Seen seen_{};
    std::optional<std::string> broken_;
};

}  // namespace ks::core
