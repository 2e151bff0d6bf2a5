#include "edge/ctl/certify.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <ctime>
#include <stdexcept>

namespace ks::edge {
namespace {

using BioHandle = std::unique_ptr<BIO, Deleter<BIO_free>>;
using NumberHandle = std::unique_ptr<BIGNUM, Deleter<BN_clear_free>>;
using ExtensionHandle = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;

/// OpenSSL fails here only for want of memory or entropy.
void need(bool worked, const char* what)
{
    if (!worked) throw std::runtime_error{std::string{"OpenSSL failed: "} + what};
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& text)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const ExtensionHandle extension{X509V3_EXT_conf_nid(nullptr, &context, id, text.c_str())};
    need(extension != nullptr, text.c_str());
    need(X509_add_ext(certificate, extension.get(), -1) == 1, text.c_str());
}

bool is_address(const std::string& host)
{
    unsigned char bytes[16];
    return ::inet_pton(AF_INET, host.c_str(), bytes) == 1 ||
           ::inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

std::string alternative_names(const std::vector<std::string>& hosts)
{
    std::string text;
    for (const auto& host : hosts)
        text += (text.empty() ? "" : ",") + std::string{is_address(host) ? "IP:" : "DNS:"} + host;
    return text;
}

/// RFC 5280, 4.1.2.2: positive, at most 20 bytes; random, so that two sites never share one.
void set_serial(X509* certificate)
{
    auto bytes = random_bytes(16);
    bytes[0] &= std::byte{0x7F};
    bytes[15] |= std::byte{0x01};
    const NumberHandle number{
        BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), 16, nullptr)};
    need(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr, "serial");
}

void add_role(X509* certificate, X509* issuer, const CertificateRequest& request)
{
    // The usages are critical for people who read them; the extended one is not, because the
    // post's engine refuses critical extensions that it does not know.
    switch (request.role) {
    case Role::authority:
        add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE,pathlen:1");
        add_extension(certificate, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
        return;
    case Role::server:
        add_extension(certificate, issuer, NID_ext_key_usage, "serverAuth");
        add_extension(certificate, issuer, NID_subject_alt_name, alternative_names(request.hosts));
        break;
    case Role::client: add_extension(certificate, issuer, NID_ext_key_usage, "clientAuth"); break;
    }
    add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature");
}

template <class Write>
std::string written(Write write)
{
    const BioHandle memory{BIO_new(BIO_s_mem())};
    need(write(memory.get()) == 1, "writing");
    char* text = nullptr;
    const auto size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

BioHandle reading(const std::string& text)
{
    return BioHandle{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

}  // namespace

Identity certify(const CertificateRequest& request, const Identity* issuer)
{
    Identity made{.certificate = CertificateHandle{X509_new()},
                  .key = KeyHandle{EVP_EC_gen("P-256")}};
    need(made.certificate != nullptr && made.key != nullptr, "key");
    auto* certificate = made.certificate.get();
    auto* parent = issuer != nullptr ? issuer->certificate.get() : certificate;

    need(X509_set_version(certificate, X509_VERSION_3) == 1, "version");
    set_serial(certificate);
    ASN1_TIME_set(X509_getm_notBefore(certificate), request.not_before.count() / 1000);
    ASN1_TIME_set(X509_getm_notAfter(certificate), request.not_after.count() / 1000);
    need(X509_NAME_add_entry_by_txt(
             X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
             reinterpret_cast<const unsigned char*>(request.common_name.c_str()), -1, -1, 0) == 1,
         "name");
    X509_set_issuer_name(certificate, X509_get_subject_name(parent));
    X509_set_pubkey(certificate, made.key.get());
    add_role(certificate, parent, request);
    add_extension(certificate, parent, NID_subject_key_identifier, "hash");
    if (issuer != nullptr)
        add_extension(certificate, parent, NID_authority_key_identifier, "keyid:always");

    auto* signer = issuer != nullptr ? issuer->key.get() : made.key.get();
    need(X509_sign(certificate, signer, EVP_sha256()) > 0, "signature");
    return made;
}

crypto::PrivateKey new_signing_key()
{
    const KeyHandle key{EVP_EC_gen("P-256")};
    need(key != nullptr, "key");
    const auto raw = raw_of(key.get());
    crypto::PrivateKey out{};
    std::copy(raw.begin(), raw.end(), out.bytes.begin());
    return out;
}

std::vector<std::byte> random_bytes(std::size_t count)
{
    std::vector<std::byte> bytes(count);
    need(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) == 1,
         "no random bytes");
    return bytes;
}

std::string pem_of(const X509* certificate)
{
    return written([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

std::string pem_of(const EVP_PKEY* key)
{
    return written([&](BIO* out) {
        return PEM_write_bio_PKCS8PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
}

std::vector<std::byte> der_of(const X509* certificate)
{
    std::vector<std::byte> bytes(static_cast<std::size_t>(i2d_X509(certificate, nullptr)));
    auto* out = reinterpret_cast<unsigned char*>(bytes.data());
    i2d_X509(certificate, &out);
    return bytes;
}

std::vector<std::byte> raw_of(const EVP_PKEY* key)
{
    BIGNUM* found = nullptr;
    need(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &found) == 1, "private key");
    const NumberHandle number{found};
    std::vector<std::byte> bytes(sizeof(crypto::PrivateKey::bytes));
    need(BN_bn2binpad(number.get(), reinterpret_cast<unsigned char*>(bytes.data()),
                      static_cast<int>(bytes.size())) == static_cast<int>(bytes.size()),
         "private key");
    return bytes;
}

CertificateHandle certificate_from_pem(const std::string& text)
{
    return CertificateHandle{PEM_read_bio_X509(reading(text).get(), nullptr, nullptr, nullptr)};
}

CertificateHandle certificate_from_der(const std::vector<std::byte>& der)
{
    const auto* in = reinterpret_cast<const unsigned char*>(der.data());
    return CertificateHandle{d2i_X509(nullptr, &in, static_cast<long>(der.size()))};
}

KeyHandle key_from_pem(const std::string& text)
{
    return KeyHandle{PEM_read_bio_PrivateKey(reading(text).get(), nullptr, nullptr, nullptr)};
}

bool is_issued_by(X509* certificate, X509* authority, Role role)
{
    if (X509_check_issued(authority, certificate) != X509_V_OK) return false;
    if (X509_verify(certificate, X509_get0_pubkey(authority)) != 1) return false;
    constexpr int as_authority = 1;
    constexpr int as_leaf = 0;
    switch (role) {
    case Role::authority:
        return X509_check_purpose(certificate, X509_PURPOSE_ANY, as_authority) == 1;
    case Role::server:
        return X509_check_purpose(certificate, X509_PURPOSE_SSL_SERVER, as_leaf) == 1;
    case Role::client:
        return X509_check_purpose(certificate, X509_PURPOSE_SSL_CLIENT, as_leaf) == 1;
    }
    return false;
}

std::string common_name_of(const X509* certificate)
{
    char text[65]{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, text,
                              sizeof text);
    return text;
}

UnixMillis end_of(const X509* certificate)
{
    std::tm parts{};
    need(ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) == 1, "end of validity");
    return UnixMillis{static_cast<std::int64_t>(::timegm(&parts)) * 1000};
}

}  // namespace ks::edge
