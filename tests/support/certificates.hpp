#pragma once

#include "firmware/base/instant.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ks::test {

template <auto free>
struct Deleter {
    template <class T>
    void operator()(T* pointer) const
    {
        free(pointer);
    }
};
using KeyHandle = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using CertificateHandle = std::unique_ptr<X509, Deleter<X509_free>>;

enum class KeyKind { p256, p384, rsa2048 };

/// The middle of every certificate's life here, so that tests need no wall clock.
inline constexpr UnixMillis test_now{1'800'000'000'000};  // 2027-01-15 08:00:00 UTC
inline constexpr UnixMillis test_not_before{1'600'000'000'000};
inline constexpr UnixMillis test_not_after{4'000'000'000'000};

/// What a certificate is to say. The defaults make a good one for a broker; a test sets what it
/// is about, in the way of OpenSSL's extension texts. An empty text leaves the extension out.
struct CertificateSpec {
    std::string common_name{"localhost"};
    std::string alternative_names{"DNS:localhost"};
    std::string extended_usage{"serverAuth"};
    std::string usage{"critical,digitalSignature"};
    std::string constraints{"critical,CA:FALSE"};
    KeyKind key{KeyKind::p256};
    const char* hash{"SHA256"};
    UnixMillis not_before{test_not_before};
    UnixMillis not_after{test_not_after};
};

/// A certificate with its private key.
struct Issued {
    CertificateHandle certificate;
    KeyHandle key;

    [[nodiscard]] std::vector<std::byte> der() const;
    [[nodiscard]] std::vector<std::byte> raw_key() const;  ///< 32 bytes, P-256 only
    [[nodiscard]] std::string certificate_pem() const;
    [[nodiscard]] std::string key_pem() const;
};

[[nodiscard]] CertificateSpec post_spec(std::string common_name);
[[nodiscard]] CertificateSpec authority_spec(std::string common_name);

/// A certificate that vouches for itself: an authority, or an impostor.
[[nodiscard]] Issued self_signed(const CertificateSpec& spec);
/// A certificate that `issuer` vouches for, whether or not it may.
[[nodiscard]] Issued issue(const Issued& issuer, const CertificateSpec& spec);

}  // namespace ks::test
