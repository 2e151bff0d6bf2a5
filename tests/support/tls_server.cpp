#include "tests/support/tls_server.hpp"

#include <openssl/err.h>

#include <stdexcept>

namespace ks::test {
namespace {

void need(bool worked, const char* what)
{
    if (!worked) throw std::runtime_error{std::string{"OpenSSL: "} + what};
}

SslContextHandle context_of(const TlsServerSpec& spec)
{
    SslContextHandle context{SSL_CTX_new(TLS_server_method())};
    auto* raw = context.get();
    // Level 0, or OpenSSL itself would refuse to be the bad server that a test asks for.
    SSL_CTX_set_security_level(raw, 0);
    need(SSL_CTX_set_min_proto_version(raw, spec.version_least) == 1, "version");
    need(SSL_CTX_set_max_proto_version(raw, spec.version_most) == 1, "version");
    need(SSL_CTX_set_cipher_list(raw, spec.suites.c_str()) == 1, "suites");
    need(SSL_CTX_set1_groups_list(raw, spec.groups.c_str()) == 1, "groups");
    if (!spec.signatures.empty())
        need(SSL_CTX_set1_sigalgs_list(raw, spec.signatures.c_str()) == 1, "signatures");
    need(SSL_CTX_use_certificate(raw, spec.identity->certificate.get()) == 1, "certificate");
    need(SSL_CTX_use_PrivateKey(raw, spec.identity->key.get()) == 1, "key");
    for (const auto* issuer : spec.more_chain)
        need(SSL_CTX_add1_chain_cert(raw, issuer->certificate.get()) == 1, "chain");

    if (spec.asks == TlsServerSpec::AsksClient::yes)
        SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    if (spec.client_authority != nullptr)
        need(X509_STORE_add_cert(SSL_CTX_get_cert_store(raw),
                                 spec.client_authority->certificate.get()) == 1,
             "authority");
    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(raw), test_now.count() / 1000);
    return context;
}

}  // namespace

TlsServer::TlsServer(const TlsServerSpec& spec)
    : context_{context_of(spec)}, ssl_{SSL_new(context_.get())}
{
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(ssl_.get());
}

void TlsServer::feed(Bytes bytes)
{
    if (!bytes.empty())
        BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
    step();
}

void TlsServer::step()
{
    ERR_clear_error();
    if (!open()) SSL_do_handshake(ssl_.get());
    char buffer[4096];
    int count = 0;
    while (open() && (count = SSL_read(ssl_.get(), buffer, sizeof buffer)) > 0)
        received_.append(buffer, static_cast<std::size_t>(count));
    keep_complaint();
}

void TlsServer::keep_complaint()
{
    const auto error = ERR_get_error();
    if (error == 0 || !complaint_.empty()) return;
    complaint_ = ERR_reason_error_string(error);
}

std::vector<std::byte> TlsServer::take_wire()
{
    BIO* out = SSL_get_wbio(ssl_.get());
    std::vector<std::byte> bytes(BIO_ctrl_pending(out));
    if (!bytes.empty()) BIO_read(out, bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
}

void TlsServer::send(std::string_view text)
{
    need(SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) > 0, "SSL_write");
}

void TlsServer::ask_for_renegotiation()
{
    need(SSL_renegotiate(ssl_.get()) == 1, "SSL_renegotiate");
    SSL_do_handshake(ssl_.get());
}

}  // namespace ks::test
