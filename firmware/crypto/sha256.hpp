#pragma once

#include "firmware/base/bytes.hpp"
#include "firmware/crypto/opaque.hpp"

#include <array>
#include <concepts>

namespace ks::crypto {

inline constexpr std::size_t digest_size = 32;  // FIPS 180-4, figure 1
using Digest = std::array<std::byte, digest_size>;

/// SHA-256 (FIPS 180-4) over what it was given so far, in one piece or in many. Copying it copies
/// the running state, so a common beginning is hashed once.
class Sha256 {
public:
    Sha256();

    [[nodiscard]] Digest digest() const;

    void update(Bytes bytes);

private:
    Opaque<112> state_;
};

/// SHA-256 over the parts, one behind the other, as if they were one run of bytes. The caller
/// keeps apart what must not run together: lengths are not mixed in.
template <std::convertible_to<Bytes>... Parts>
[[nodiscard]] Digest sha256(const Parts&... parts)
{
    Sha256 hash;
    (hash.update(parts), ...);
    return hash.digest();
}

}  // namespace ks::crypto
