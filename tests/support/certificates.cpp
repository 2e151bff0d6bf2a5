#include "tests/support/certificates.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace ks::test {
namespace {

void need(bool worked, const char* what)
{
    if (!worked) throw std::runtime_error{std::string{"OpenSSL: "} + what};
}

KeyHandle new_key(KeyKind kind)
{
    switch (kind) {
    case KeyKind::p256: return KeyHandle{EVP_EC_gen("P-256")};
    case KeyKind::p384: return KeyHandle{EVP_EC_gen("P-384")};
    case KeyKind::rsa2048: return KeyHandle{EVP_RSA_gen(2048)};
    }
    throw std::logic_error{"no such kind of key"};
}

void set_time(ASN1_TIME* time, UnixMillis at)
{
    need(ASN1_TIME_set(time, at.count() / 1000) != nullptr, "ASN1_TIME_set");
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& text)
{
    if (text.empty()) return;
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, text.c_str());
    need(extension != nullptr, text.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

/// Without an issuer the certificate signs itself.
Issued make(const CertificateSpec& spec, const Issued* issuer)
{
    Issued made{.certificate = CertificateHandle{X509_new()}, .key = new_key(spec.key)};
    need(made.key != nullptr, "key");
    X509* certificate = made.certificate.get();
    X509* parent = issuer != nullptr ? issuer->certificate.get() : certificate;

    static long serial = 1000;
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    set_time(X509_getm_notBefore(certificate), spec.not_before);
    set_time(X509_getm_notAfter(certificate), spec.not_after);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(spec.common_name.c_str()), -1,
                               -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(parent));
    X509_set_pubkey(certificate, made.key.get());

    add_extension(certificate, parent, NID_basic_constraints, spec.constraints);
    add_extension(certificate, parent, NID_key_usage, spec.usage);
    add_extension(certificate, parent, NID_ext_key_usage, spec.extended_usage);
    add_extension(certificate, parent, NID_subject_alt_name, spec.alternative_names);

    EVP_PKEY* signer = issuer != nullptr ? issuer->key.get() : made.key.get();
    need(X509_sign(certificate, signer, EVP_get_digestbyname(spec.hash)) > 0, "X509_sign");
    return made;
}

template <class Write>
std::string pem(Write write)
{
    BIO* memory = BIO_new(BIO_s_mem());
    need(write(memory) == 1, "PEM");
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory, &text);
    std::string out(text, static_cast<std::size_t>(size));
    BIO_free(memory);
    return out;
}

}  // namespace

std::vector<std::byte> Issued::der() const
{
    std::vector<std::byte> bytes(static_cast<std::size_t>(i2d_X509(certificate.get(), nullptr)));
    auto* out = reinterpret_cast<unsigned char*>(bytes.data());
    i2d_X509(certificate.get(), &out);
    return bytes;
}

std::vector<std::byte> Issued::raw_key() const
{
    BIGNUM* number = nullptr;
    need(EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1, "no EC key");
    std::vector<std::byte> bytes(32);
    BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), 32);
    BN_clear_free(number);
    return bytes;
}

std::string Issued::certificate_pem() const
{
    return pem([this](BIO* out) { return PEM_write_bio_X509(out, certificate.get()); });
}

std::string Issued::key_pem() const
{
    return pem([this](BIO* out) {
        return PEM_write_bio_PKCS8PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
}

CertificateSpec post_spec(std::string common_name)
{
    return {.common_name = std::move(common_name),
            .alternative_names = "",
            .extended_usage = "clientAuth"};
}

CertificateSpec authority_spec(std::string common_name)
{
    return {.common_name = std::move(common_name),
            .alternative_names = "",
            .extended_usage = "",
            .usage = "critical,keyCertSign",
            .constraints = "critical,CA:TRUE"};
}

Issued self_signed(const CertificateSpec& spec) { return make(spec, nullptr); }

Issued issue(const Issued& issuer, const CertificateSpec& spec) { return make(spec, &issuer); }

}  // namespace ks::test
