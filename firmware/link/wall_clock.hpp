#pragma once

#include "firmware/base/fixed_queue.hpp"
#include "firmware/base/instant.hpp"
#include "firmware/protocol/message.hpp"

#include <optional>

namespace ks::link {

/// What the post knows of the time that people use. It learns it from the edge alone, never runs
/// anything by it, and says how wrong it may be: half the round trip of the answer that set it,
/// and more with every hour since.
class WallClock {
public:
    /// What became of a notice.
    enum class Heard : std::uint8_t {
        taken,
        worse,         // what we know is nearer to the truth
        unasked,       // it echoes nothing that waits for its echo
        too_slow,      // the round trip tells nothing any more
        before_build,  // no honest clock shows a time before this firmware was built
    };

    /// Our choice: the oscillators of the parts list are within 30 ppm; heat and age may treble it.
    static constexpr std::int64_t drift_ppm = 100;
    /// A slower answer is worth nothing to a person who compares two clocks (our choice).
    static constexpr Millis round_trip_limit{30'000};

    explicit WallClock(UnixMillis built) : built_{built} {}

    /// A message left that carries this moment, and the edge may echo it.
    void sent(Instant at);
    [[nodiscard]] Heard hear(const protocol::TimeNotice& notice, Instant now);

    [[nodiscard]] std::optional<protocol::WallTime> at(Instant now) const;

private:
    struct Fix {
        Instant mono;
        UnixMillis wall;
        Millis error;
    };
    /// Births and nonces in flight at once; an older one loses its echo.
    static constexpr std::size_t echoes_most = 8;

    [[nodiscard]] bool take_echo(Instant echo);

    UnixMillis built_;
    std::optional<Fix> fix_;
    FixedQueue<Instant, echoes_most> awaited_;
};

/// How far a clock may have drifted, rounded up.
[[nodiscard]] constexpr Millis drift_over(Millis elapsed)
{
    return Millis{(elapsed.count() * WallClock::drift_ppm + 999'999) / 1'000'000};
}

static_assert(drift_over(Millis{0}) == Millis{0} && drift_over(Millis{1}) == Millis{1});
static_assert(drift_over(Millis{86'400'000}) == Millis{8'640}, "8.64 s a day");

}  // namespace ks::link
