#pragma once

#include <cstdint>

namespace ks::sim {

/// Numbers that look random and are the same for the same seed on every machine, which the
/// standard's distributions do not promise. SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
class Random {
public:
    constexpr explicit Random(std::uint64_t seed) : state_{seed} {}

    /// A stream of its own for each part, so that one part more does not change the others.
    constexpr Random(std::uint64_t seed, std::uint64_t part)
        : state_{seed ^ (part + 1) * 0x9E37'79B9'7F4A'7C15}
    {
        next();
    }

    constexpr std::uint64_t next()
    {
        state_ += 0x9E37'79B9'7F4A'7C15;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ mixed >> 30) * 0xBF58'476D'1CE4'E5B9;
        mixed = (mixed ^ mixed >> 27) * 0x94D0'49BB'1331'11EB;
        return mixed ^ mixed >> 31;
    }

    /// Evenly spread over [from, to).
    constexpr double between(double from, double to)
    {
        constexpr double steps = 9007199254740992.0;  // 2^53, what a double holds exactly
        return from + (to - from) * (static_cast<double>(next() >> 11) / steps);
    }

private:
    std::uint64_t state_;
};

}  // namespace ks::sim
