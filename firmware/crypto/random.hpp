#pragma once

#include "firmware/base/result.hpp"
#include "firmware/crypto/sha256.hpp"

namespace ks::crypto {

/// Bytes of raw noise that one seeding takes: twice the 128 bits of strength that P-256 gives.
inline constexpr std::size_t seed_size = 32;

enum class SeedFault {
    short_seed,  ///< fewer than `seed_size` bytes
    stuck,       ///< one value too often in a row, or too few values at all
    repeating,   ///< the same pattern over and over, or the seed before this one again
};

/// The health of a noise source, judged on each seed it gives (S-05). It finds a source that has
/// failed, never one that was weak from the start.
class SeedHealth {
public:
    /// Remembers a digest of the seed, so that a source that repeats itself is found out.
    [[nodiscard]] Result<Done, SeedFault> examine(Bytes seed);

private:
    Digest before_{};
};

/// HMAC-DRBG with SHA-256 (NIST SP 800-90A, 10.1.2), seeded from outside. The same seeds give the
/// same bytes, which is what makes a run of the simulator repeatable.
class SeededRandom {
public:
    SeededRandom();

    /// Whether bytes may be drawn. A refused seed takes this away until a good one comes: without
    /// a healthy source there is no nonce and no TLS (S-05).
    [[nodiscard]] bool seeded() const { return seeded_; }

    /// Mixes a seed into what is there. At boot and then from time to time.
    [[nodiscard]] Result<Done, SeedFault> seed(Bytes noise);

    /// Drawing while not `seeded()` is a bug of the caller.
    void fill(std::span<std::byte> out);

    template <std::size_t size>
    [[nodiscard]] std::array<std::byte, size> draw()
    {
        std::array<std::byte, size> out;
        fill(out);
        return out;
    }

private:
    Opaque<144> state_;
    SeedHealth health_;
    bool seeded_{false};
};

}  // namespace ks::crypto
