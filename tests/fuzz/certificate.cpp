#include "firmware/crypto/tls_credentials.hpp"

#include <cstdint>

/// Any bytes as a certificate: read, taken as an anchor, and held against a key.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const ks::Bytes bytes{reinterpret_cast<const std::byte*>(data), size};
    const auto facts = ks::crypto::read_certificate(bytes);
    const auto anchor = ks::crypto::anchor_from(bytes);
    if (anchor.ok()) ks::check(facts.ok() && anchor->not_after == facts->not_after);

    ks::crypto::TlsCredentials credentials{};
    credentials.chain.push_back(bytes);
    ks::check(!ks::crypto::examine_identity(credentials).ok());
    return 0;
}
