#pragma once

#include "firmware/crypto/tls_credentials.hpp"

#include <bearssl.h>

namespace ks::crypto {

/// Answers a server that asks who we are, and remembers whether it asked: one that does not would
/// let anybody in (S-12).
///
/// For the .cpp files of this folder alone; it must stay where it is once it was made.
struct BearIdentity {
    const br_ssl_client_certificate_class* vtable;  // first, because BearSSL finds the whole by it
    std::array<br_x509_certificate, TlsCredentials::chain_limit> chain;
    std::size_t chain_size;
    const PrivateKey* key;
    bool asked;

    void make(const TlsCredentials& credentials);
};

}  // namespace ks::crypto
