#include "firmware/crypto/hmac.hpp"

#include <bearssl.h>

namespace ks::crypto {

Digest hmac_sha256(Bytes key, Bytes message) { return hmac_sha256(key, {message}); }

Digest hmac_sha256(Bytes key, std::initializer_list<Bytes> parts)
{
    br_hmac_key_context keyed{};
    br_hmac_key_init(&keyed, &br_sha256_vtable, key.data(), key.size());

    br_hmac_context running{};
    br_hmac_init(&running, &keyed, 0);  // 0: all of the hash's length
    for (const auto part : parts)
        br_hmac_update(&running, part.data(), part.size());

    Digest code;
    br_hmac_out(&running, code.data());
    return code;
}

bool equal_in_constant_time(Bytes a, Bytes b)
{
    if (a.size() != b.size()) return false;

    // Volatile, so that no compiler may stop at the first difference.
    volatile unsigned differing = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        differing = differing | std::to_integer<unsigned>(a[i] ^ b[i]);
    return differing == 0;
}

}  // namespace ks::crypto
