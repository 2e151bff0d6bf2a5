#include "firmware/crypto/bear_identity.hpp"

namespace ks::crypto {
namespace {

using Class = br_ssl_client_certificate_class;

BearIdentity& whole(const Class** vtable) { return *reinterpret_cast<BearIdentity*>(vtable); }

// We have one certificate; the list of authorities that the server likes changes nothing.
void ignore(const Class**) {}
void ignore_start(const Class**, std::size_t) {}
void ignore_bytes(const Class**, const unsigned char*, std::size_t) {}

void choose(const Class** ctx, const br_ssl_client_context*, std::uint32_t signatures,
            br_ssl_client_certificate* choice)
{
    auto& identity = whole(ctx);
    identity.asked = true;
    *choice = {
        .auth_type = BR_AUTH_ECDSA, .hash_id = br_sha256_ID, .chain = nullptr, .chain_len = 0};
    // A server that takes no ECDSA with SHA-256 gets no certificate, and refuses us by itself.
    if ((signatures >> (8 + br_sha256_ID) & 1) == 0) return;
    choice->chain = identity.chain.data();
    choice->chain_len = identity.chain_size;
}

/// Static key exchange is never chosen above.
std::uint32_t refuse_exchange(const Class**, unsigned char*, std::size_t*) { return 0; }

std::size_t sign_handshake(const Class** ctx, int hash, std::size_t hash_size, unsigned char* data,
                           std::size_t room)
{
    const auto& identity = whole(ctx);
    if (hash != br_sha256_ID || hash_size != digest_size) return 0;

    Digest digest;
    std::memcpy(digest.data(), data, digest.size());
    const auto signature = sign(*identity.key, digest);
    if (!signature) return 0;

    // From r and s to two DER integers: at most 2 + 2 * (2 + 33) bytes.
    std::array<unsigned char, 72> der{};
    std::memcpy(der.data(), signature->bytes.data(), signature->bytes.size());
    const auto size = br_ecdsa_raw_to_asn1(der.data(), signature->bytes.size());
    if (size == 0 || size > room) return 0;
    std::memcpy(data, der.data(), size);
    return size;
}

constexpr Class vtable_of_identity{
    .context_size = sizeof(BearIdentity),
    .start_name_list = ignore,
    .start_name = ignore_start,
    .append_name = ignore_bytes,
    .end_name = ignore,
    .end_name_list = ignore,
    .choose = choose,
    .do_keyx = refuse_exchange,
    .do_sign = sign_handshake,
};

}  // namespace

void BearIdentity::make(const TlsCredentials& credentials)
{
    static_assert(offsetof(BearIdentity, vtable) == 0);
    vtable = &vtable_of_identity;
    chain_size = credentials.chain.size();
    for (std::size_t i = 0; i < chain_size; ++i) {
        const auto der = credentials.chain[i];
        chain[i] = {.data = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(der.data())),
                    .data_len = der.size()};
    }
    key = &credentials.key;
    asked = false;
}

}  // namespace ks::crypto
