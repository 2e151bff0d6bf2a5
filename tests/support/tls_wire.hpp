#pragma once

#include "firmware/crypto/tls_client.hpp"

#include <memory>
#include <string>

namespace ks::test {

/// Fresh entropy, as a board's noise is for its post.
[[nodiscard]] crypto::Digest fresh_seed();

/// Our TLS client on a real loopback socket. Waiting is done in `poll` and has an end.
class TlsWire {
public:
    /// Connects; throws when nobody listens.
    TlsWire(int port, const crypto::TlsCredentials& credentials,
            const crypto::TlsClient::Target& target);
    ~TlsWire();
    TlsWire(const TlsWire&) = delete;
    TlsWire& operator=(const TlsWire&) = delete;

    [[nodiscard]] crypto::TlsClient& client() { return client_; }

    /// Sends what waits and takes what comes within the limit; false when it is all over.
    bool step(int limit_ms);
    /// Plain bytes that came since the last call.
    [[nodiscard]] std::string take_received() { return std::exchange(received_, {}); }
    /// Sends all of it, however often the client has to be emptied for that.
    void write(Bytes plain);

    /// Steps until `done` holds, the connection is over or ten seconds are.
    template <class Done>
    void until(Done done)
    {
        constexpr int patience = 200;
        for (int i = 0; i < patience && !done(); ++i)
            if (!step(50)) return;
    }

private:
    bool send();
    void receive();

    std::unique_ptr<crypto::AnyBrokerTlsBuffers> buffers_;
    crypto::TlsClient client_;
    std::string received_;
    int socket_;
};

}  // namespace ks::test
