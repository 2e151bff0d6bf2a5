#pragma once

#include "firmware/crypto/tls_client.hpp"
#include "tests/support/tls_server.hpp"

#include <memory>

namespace ks::test {

/// The authority of a site with a good broker and a good post; a test adds what is bad.
struct TlsSite {
    Issued authority{self_signed(authority_spec("Site CA"))};
    Issued broker{issue(authority, {})};
    Issued post{issue(authority, post_spec("POST-0001"))};
    std::vector<std::byte> post_der{post.der()};
    crypto::TlsCredentials credentials{credentials_of(post, post_der)};

    [[nodiscard]] crypto::TlsCredentials credentials_of(const Issued& own,
                                                        const std::vector<std::byte>& der) const;
    [[nodiscard]] TlsServerSpec good_broker() const
    {
        return {.identity = &broker, .client_authority = &authority};
    }
};

/// Making keys takes time, and nothing changes them: one site serves all tests of a program.
[[nodiscard]] const TlsSite& site();

[[nodiscard]] inline crypto::CertificateTime exactly(UnixMillis at)
{
    return {.at = at, .known = crypto::TimeKnowledge::exact};
}

/// Our client and OpenSSL's server, with a wire between them that carries `chunk` bytes at a time.
class TlsPair {
public:
    explicit TlsPair(const TlsServerSpec& spec);
    TlsPair(const TlsServerSpec& spec, const crypto::TlsCredentials& credentials,
            const crypto::TlsClient::Target& target);

    /// Carries bytes both ways until neither side has any. Plain bytes collect in `received`.
    void run();

    std::size_t chunk{100'000};
    std::string received;
    std::unique_ptr<crypto::AnyBrokerTlsBuffers> buffers{
        std::make_unique<crypto::AnyBrokerTlsBuffers>()};
    crypto::TlsClient client{buffers->in, buffers->out};
    TlsServer server;

private:
    void deliver(Bytes bytes);
};

}  // namespace ks::test
