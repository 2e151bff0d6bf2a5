#include "firmware/crypto/random.hpp"

#include <algorithm>
#include <bearssl.h>

namespace ks::crypto {
namespace {

// The limits are our choice, after the idea of the repetition and proportion tests of
// NIST SP 800-90B, 4.4. In 32 honest bytes a run of six is rarer than 1 in 2^35, and fewer than
// 16 different values are rarer still, so no post will meet a false alarm in its life.
constexpr std::size_t run_limit = 5;
constexpr std::size_t values_least = 16;
static_assert(values_least <= seed_size);

std::size_t longest_run(Bytes seed)
{
    std::size_t longest = 0;
    std::size_t run = 0;
    for (std::size_t i = 0; i < seed.size(); ++i) {
        run = i > 0 && seed[i] == seed[i - 1] ? run + 1 : 1;
        longest = std::max(longest, run);
    }
    return longest;
}

std::size_t different_values(Bytes seed)
{
    std::array<bool, 256> seen{};
    for (const auto byte : seed)
        seen[std::to_integer<std::size_t>(byte)] = true;
    return static_cast<std::size_t>(std::count(seen.begin(), seen.end(), true));
}

/// Whether the seed is one pattern at least twice: a register that is read faster than it refills.
bool is_periodic(Bytes seed)
{
    for (std::size_t period = 1; period <= seed.size() / 2; ++period)
        if (equal(seed.subspan(period), seed.first(seed.size() - period))) return true;
    return false;
}

}  // namespace

Result<Done, SeedFault> SeedHealth::examine(Bytes seed)
{
    if (seed.size() < seed_size) return Failure{SeedFault::short_seed};
    if (is_periodic(seed)) {
        const bool constant = longest_run(seed) == seed.size();
        return Failure{constant ? SeedFault::stuck : SeedFault::repeating};
    }
    if (longest_run(seed) > run_limit) return Failure{SeedFault::stuck};
    if (different_values(seed) < values_least) return Failure{SeedFault::stuck};

    const auto now = sha256(seed);
    if (now == before_) return Failure{SeedFault::repeating};
    before_ = now;
    return Done{};
}

SeededRandom::SeededRandom()
{
    br_hmac_drbg_init(&state_.make<br_hmac_drbg_context>(), &br_sha256_vtable, nullptr, 0);
}

Result<Done, SeedFault> SeededRandom::seed(Bytes noise)
{
    const auto health = health_.examine(noise);
    seeded_ = health.ok();
    if (seeded_)
        br_hmac_drbg_update(&state_.as<br_hmac_drbg_context>(), noise.data(), noise.size());
    return health;
}

void SeededRandom::fill(std::span<std::byte> out)
{
    check(seeded_);
    br_hmac_drbg_generate(&state_.as<br_hmac_drbg_context>(), out.data(), out.size());
}

}  // namespace ks::crypto
