#pragma once

#include <cstdint>

namespace ks::sim {

/// Numbers that look random and are the same for the same seed on every machine, which the
/// standard's distributions do not promise. SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
class Random {
public:
    constexpr explicit Random(std::uint64_t seed) : state_{seed} {}

    /// A stream of its own for each part, so that one part more does not change the others. Seed
    /// and part are scattered first: every stream runs through the same circle of states, and two
    /// that begin a few steps apart are one, shifted.
    constexpr Random(std::uint64_t seed, std::uint64_t part)
        : state_{mixed(mixed(seed + step) ^ mixed(part + 2 * step))}
    {}

    constexpr std::uint64_t next()
    {
        state_ += step;
        return mixed(state_);
    }

    /// Evenly spread over [from, to).
    constexpr double between(double from, double to)
    {
        constexpr double steps = 9007199254740992.0;  // 2^53, what a double holds exactly
        return from + (to - from) * (static_cast<double>(next() >> 11) / steps);
    }

private:
    static constexpr std::uint64_t step = 0x9E37'79B9'7F4A'7C15;

    static constexpr std::uint64_t mixed(std::uint64_t bits)
    {
        bits = (bits ^ bits >> 30) * 0xBF58'476D'1CE4'E5B9;
        bits = (bits ^ bits >> 27) * 0x94D0'49BB'1331'11EB;
        return bits ^ bits >> 31;
    }

    std::uint64_t state_;
};

}  // namespace ks::sim
