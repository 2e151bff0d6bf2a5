#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ks::edge {

/// scrypt's cost (RFC 7914): memory is 128 * n * r bytes.
struct ScryptCost {
    std::uint32_t n{32'768};
    std::uint32_t r{8};
    std::uint32_t p{3};
    bool operator==(const ScryptCost&) const = default;
};

/// S-43, for small boxes: 32 MiB and about a quarter of a second (measured, E24).
inline constexpr ScryptCost usual_cost{};

/// What a users file may ask of us: up to 2^17, the larger choice of S-43. A file that asks for
/// more would let whoever wrote it stop the box.
[[nodiscard]] constexpr bool bearable(ScryptCost cost)
{
    const bool power = cost.n >= 2 && (cost.n & (cost.n - 1)) == 0;
    return power && cost.n <= 131'072 && cost.r >= 1 && cost.r <= 16 && cost.p >= 1 && cost.p <= 4;
}

static_assert(bearable(usual_cost) && !bearable({.n = 262'144}) && !bearable({.n = 32'767}));

struct PasswordHash {
    ScryptCost cost{};
    std::array<std::byte, 16> salt{};
    std::array<std::byte, 32> key{};
    bool operator==(const PasswordHash&) const = default;
};

/// S-43: nothing shorter is taken for a new password, nothing longer is looked at.
inline constexpr std::size_t password_shortest = 12;
inline constexpr std::size_t password_longest = 256;

/// Computes for a quarter of a second: on the work pool only. Throws when OpenSSL refuses.
[[nodiscard]] PasswordHash hash_password(std::string_view password, ScryptCost cost);
/// The same cost whatever the answer; compares in constant time.
[[nodiscard]] bool matches(const PasswordHash& hash, std::string_view password);

/// What an unknown user's password is compared with, so that the answer takes as long. Salt and key
/// are all zero: that nobody knows a password with this key is what scrypt is for.
[[nodiscard]] constexpr PasswordHash nobodys_hash(ScryptCost cost)
{
    return PasswordHash{.cost = cost};
}

/// Random bytes as text that fits a cookie, a header and a file: `bits` / 5 letters and digits,
/// none of which is mistaken for another. Throws when there is no randomness.
[[nodiscard]] std::string random_text(std::size_t bits);

[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace ks::edge
