#pragma once

#include "firmware/crypto/tls_client.hpp"

#include <memory>
#include <vector>

namespace ks::bench {

/// A connection to the broker on the loopback that never waits, plain or under a post's own TLS.
class Wire {
public:
    /// Both throw when nobody listens.
    explicit Wire(int port);
    Wire(int port, const crypto::TlsCredentials& credentials, UnixMillis now);
    Wire(Wire&&) noexcept;
    ~Wire();

    [[nodiscard]] int descriptor() const { return socket_; }
    /// Plain ones are at once, the others after the handshake.
    [[nodiscard]] bool open() const;
    /// Keeps it for the next `flush`.
    void write(Bytes plain);
    /// Sends as much as the socket takes.
    void flush();
    /// What has come, until the next call. Throws when the broker has closed.
    [[nodiscard]] Bytes receive();

private:
    struct Tls {
        crypto::SmallTlsBuffers buffers;
        crypto::TlsClient client{buffers.in, buffers.out};
    };
    void flush_plain();
    void flush_tls();

    int socket_;
    std::vector<std::byte> out_;
    std::vector<std::byte> in_;
    std::unique_ptr<Tls> tls_;
};

}  // namespace ks::bench
