#include "firmware/crypto/sha256.hpp"

#include <bearssl.h>

namespace ks::crypto {

static_assert(digest_size == br_sha256_SIZE);

Sha256::Sha256() { br_sha256_init(&state_.make<br_sha256_context>()); }

void Sha256::update(Bytes bytes)
{
    br_sha256_update(&state_.as<br_sha256_context>(), bytes.data(), bytes.size());
}

Digest Sha256::digest() const
{
    Digest digest;
    br_sha256_out(&state_.as<br_sha256_context>(), digest.data());
    return digest;
}

}  // namespace ks::crypto
