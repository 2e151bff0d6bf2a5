#pragma once

#include "tests/bench/shed.hpp"
#include "tests/bench/watched.hpp"

#include <chrono>
#include <optional>

namespace ks::bench {

using Clock = std::chrono::steady_clock;

/// One load: so many frames and trips over a shed's posts, paced or as fast as they are taken.
class Run {
public:
    struct Setup {
        std::uint64_t frames;
        std::uint64_t trips;
        /// Frames a second; 0 is as fast as the acknowledgements come.
        double rate;
        /// Whether the posts wait for the edge. Without, only the broker holds them back.
        enum class Acknowledged : std::uint8_t { by_edge, by_broker } acknowledged;
        std::chrono::seconds patience;
    };
    struct Trip {
        std::size_t post;
        std::uint64_t seq;
        Clock::time_point published;
    };
    struct Usage {
        std::int64_t processor_nanos;
        std::int64_t resident_kib;
    };
    /// Between two tenths and the ninth of the frames, so that neither the start nor the last
    /// acknowledgement, which has no company to wait for, counts.
    struct Middle {
        std::uint64_t frames;
        double seconds;
        std::vector<Usage> used;  // in the order of the watched
    };

    /// Makes all records before it returns.
    Run(Shed& shed, const Setup& setup, std::vector<Watched> watched);

    /// Throws when the patience is over before everything is acknowledged.
    void carry_out();

    [[nodiscard]] const Middle& middle() const { return middle_; }
    [[nodiscard]] double seconds() const { return seconds_; }
    [[nodiscard]] const std::vector<Trip>& trips() const { return trips_; }
    /// The most paced frames that were due at once and waited for their posts or the broker.
    [[nodiscard]] double late_frames_at_most() const { return late_; }

private:
    void be_born();
    void send_frames(double elapsed);
    void send_trips(double elapsed);
    void mark(std::uint64_t acknowledged);
    [[nodiscard]] std::uint64_t acknowledged(protocol::Lane lane) const;
    [[nodiscard]] Instant now() const;
    [[nodiscard]] std::vector<Usage> usage() const;
    [[nodiscard]] bool done();

    Shed& shed_;
    Setup setup_;
    std::vector<Watched> watched_;
    std::vector<Trip> trips_;
    Clock::time_point made_{Clock::now()};
    Clock::time_point begin_;
    std::size_t next_post_{0};
    std::uint64_t sent_{0};
    double planned_seconds_{0};
    double seconds_{0};
    double late_{0};
    std::optional<Clock::time_point> middle_began_;
    bool middle_over_{false};
    Middle middle_{};
};

}  // namespace ks::bench
