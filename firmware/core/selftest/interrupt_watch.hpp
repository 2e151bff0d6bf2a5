#pragma once

#include "firmware/base/instant.hpp"
#include "firmware/hal/self_test.hpp"

#include <array>
#include <optional>

namespace ks::core {

/// How often each source interrupts, against the most it ever should (IEC 60730-1 Annex H 2): a
/// wire that chatters must not take the processor away from the rest (F-041). The guard's own timer
/// stands above all of them and is none of them.
class InterruptWatch {
public:
    static constexpr Millis slot{100};
    /// A source that storms is held for so long, then tried again: a meter bus that is held longer
    /// is a silent meter, and its outlets open.
    static constexpr Millis hold{500};

    /// The most in a slot, twice what the wires can carry: three meter buses at 38,400 baud bring
    /// 1,152 bytes, the RS-485 line at 19,200 192 bytes, a modem at 460,800 4,608 (8N1). A pin
    /// rises once in a half wave at most, and there are sixteen.
    [[nodiscard]] static constexpr std::uint32_t most(hal::InterruptSource source)
    {
        switch (source) {
        case hal::InterruptSource::meters: return 2'304;
        case hal::InterruptSource::pins: return 320;
        case hal::InterruptSource::line: return 9'216;
        case hal::InterruptSource::sensors: return 384;
        }
        return 0;
    }

    struct Verdict {
        hal::InterruptGate gate;
        /// Of a storm: once, until the source has been calm in between.
        enum class News : std::uint8_t { none, storm } news;
    };
    /// To be asked at every tick, with the board's free count.
    [[nodiscard]] Verdict look(Instant now, hal::InterruptSource source, std::uint32_t count);

private:
    struct Source {
        /// None before the first look: the count may begin anywhere.
        std::optional<Instant> slot_began;
        std::uint32_t at_beginning{0};
        Instant held_since{};
        hal::InterruptGate gate{hal::InterruptGate::open};
        enum class Mood : std::uint8_t { calm, storming } mood{Mood::calm};
    };
    std::array<Source, hal::interrupt_sources> sources_{};
};

static_assert(InterruptWatch::hold < Millis{1'000}, "meter_silent's limit");

}  // namespace ks::core
