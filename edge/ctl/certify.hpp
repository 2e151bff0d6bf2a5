#pragma once

#include "firmware/base/instant.hpp"
#include "firmware/crypto/ecdsa.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

namespace ks::edge {

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

/// A certificate with its private key, on P-256.
struct Identity {
    CertificateHandle certificate;
    KeyHandle key;
};

enum class Role { authority, server, client };

struct CertificateRequest {
    Role role;
    std::string common_name;
    std::vector<std::string> hosts;  ///< names and addresses; for servers
    UnixMillis not_before;
    UnixMillis not_after;
};

/// Makes a key and has it certified by `issuer`; without one the certificate certifies itself.
[[nodiscard]] Identity certify(const CertificateRequest& request, const Identity* issuer);

/// A fresh key pair for signatures.
[[nodiscard]] crypto::PrivateKey new_signing_key();

/// Bytes from OpenSSL's generator; throws when it has none.
[[nodiscard]] std::vector<std::byte> random_bytes(std::size_t count);

[[nodiscard]] std::string pem_of(const X509* certificate);
[[nodiscard]] std::string pem_of(const EVP_PKEY* key);
[[nodiscard]] std::vector<std::byte> der_of(const X509* certificate);
[[nodiscard]] std::vector<std::byte> raw_of(const EVP_PKEY* key);

/// Nothing when the text is no such thing.
[[nodiscard]] CertificateHandle certificate_from_pem(const std::string& text);
[[nodiscard]] CertificateHandle certificate_from_der(const std::vector<std::byte>& der);
[[nodiscard]] KeyHandle key_from_pem(const std::string& text);

/// Whether `authority` signed the certificate, and the certificate is for this role.
[[nodiscard]] bool is_issued_by(X509* certificate, X509* authority, Role role);
[[nodiscard]] std::string common_name_of(const X509* certificate);
[[nodiscard]] UnixMillis end_of(const X509* certificate);

}  // namespace ks::edge
