#pragma once

#include "firmware/base/bytes.hpp"
#include "tests/support/certificates.hpp"

#include <openssl/ssl.h>

#include <string>
#include <vector>

namespace ks::test {

using SslContextHandle = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;
using SslHandle = std::unique_ptr<SSL, Deleter<SSL_free>>;

/// What the other end of the link is like. The defaults are a good broker.
struct TlsServerSpec {
    enum class AsksClient { yes, no };

    const Issued* identity;
    std::vector<const Issued*> more_chain{};
    const Issued* client_authority{nullptr};
    AsksClient asks{AsksClient::yes};
    int version_least{TLS1_2_VERSION};
    int version_most{TLS1_2_VERSION};
    std::string suites{"ECDHE+CHACHA20:ECDHE+AESGCM"};
    std::string groups{"P-256"};
    std::string signatures{};  ///< empty leaves OpenSSL's own list
};

/// OpenSSL's server, between two blocks of memory. It judges time at `test_now`.
class TlsServer {
public:
    explicit TlsServer(const TlsServerSpec& spec);

    /// Takes bytes from the wire and goes on with handshake or records as far as it can.
    void feed(Bytes bytes);
    /// Everything it has for the wire.
    [[nodiscard]] std::vector<std::byte> take_wire();
    /// Plain bytes that came so far.
    [[nodiscard]] const std::string& received() const { return received_; }
    [[nodiscard]] bool open() const { return SSL_is_init_finished(ssl_.get()) == 1; }
    /// The reason of its own last refusal, in OpenSSL's words; empty when it has none.
    [[nodiscard]] const std::string& complaint() const { return complaint_; }

    void send(std::string_view text);
    void say_farewell() { SSL_shutdown(ssl_.get()); }
    void ask_for_renegotiation();
    [[nodiscard]] SSL* raw() const { return ssl_.get(); }

private:
    void step();
    void keep_complaint();

    SslContextHandle context_;
    SslHandle ssl_;
    std::string received_;
    std::string complaint_;
};

}  // namespace ks::test
