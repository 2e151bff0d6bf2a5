#pragma once

#include "firmware/base/bytes.hpp"

namespace ks::core {

/// Looks at everything the noise source gives, as the continuous health tests of NIST SP 800-90B
/// (4.4.1 repetition count, 4.4.2 adaptive proportion) do on bytes. It finds a source that has
/// failed, stuck or lopsided, never one that was weak from the start (F-047); each seed is examined
/// besides where it is used.
///
/// Both cut-offs are worked out for one bit of entropy a byte, an eighth of what the target's
/// generator is said to give, and a false alarm in 2^20 looks: 1 + 20 / 1, and the least c with
/// P(X >= c) <= 2^-20 for X of 512 draws at 1/2 [I].
class RandomHealth {
public:
    static constexpr int repetitions_most = 20;
    static constexpr int window = 512;
    static constexpr int proportion_most = 310;
    /// Drawn and looked at before the first use, as 4.3 asks of a start-up test.
    static constexpr std::size_t startup_bytes = 1'024;

    enum class Verdict : std::uint8_t { good, repeating, lopsided };
    /// The first thing wrong with these bytes, which follow those before.
    [[nodiscard]] Verdict look(Bytes drawn);

private:
    std::byte last_{};
    int run_{0};
    std::byte counted_{};
    int seen_{0};
    int alike_{0};
};

static_assert(RandomHealth::proportion_most > RandomHealth::window / 2);
static_assert(RandomHealth::startup_bytes >= 2 * RandomHealth::window);

/// Findings' details that no verdict has: the source gave nothing at all.
inline constexpr std::uint32_t random_gave_nothing = 0;

}  // namespace ks::core
