#pragma once

#include "firmware/crypto/opaque.hpp"
#include "firmware/crypto/tls_credentials.hpp"
#include "firmware/crypto/tls_failure.hpp"

#include <string_view>

namespace ks::crypto {

/// Memory for the records of one connection. `fragment` is what is negotiated as the largest
/// record (RFC 6066, 4); `in_fragment` is what is accepted all the same. The overheads are
/// BearSSL's (`BR_SSL_BUFSIZE_INPUT`, `BR_SSL_BUFSIZE_OUTPUT`).
template <std::size_t in_fragment, std::size_t fragment>
struct TlsBuffers {
    static_assert(fragment == 512 || fragment == 1024 || fragment == 2048 || fragment == 4096 ||
                      fragment == 16'384,
                  "RFC 6066 knows no other lengths");
    static_assert(in_fragment >= fragment);

    std::array<std::byte, in_fragment + 325> in;
    std::array<std::byte, fragment + 85> out;
};

/// For a broker that negotiates, as mosquitto does: 4.7 KiB.
using SmallTlsBuffers = TlsBuffers<2048, 2048>;
/// For any broker: whole records come in, small ones go out: 17 KiB.
using AnyBrokerTlsBuffers = TlsBuffers<16'384, 512>;

enum class TimeKnowledge {
    exact,     ///< the wall clock is trusted
    at_least,  ///< it is this late or later: the build date, or the last time that was trusted
};

/// The moment at which certificates are judged (S-11). From a mere lower bound no certificate can
/// be called too young, as the true time may be past its beginning; what had expired by then has.
struct CertificateTime {
    UnixMillis at;
    TimeKnowledge known;
};

/// The lower bound that a post without a trusted clock has.
[[nodiscard]] constexpr CertificateTime time_at_least(UnixMillis built, UnixMillis last_trusted)
{
    return {.at = built > last_trusted ? built : last_trusted, .known = TimeKnowledge::at_least};
}

enum class TlsState {
    handshaking,
    open,    ///< `write` and `plain_in` work
    closed,  ///< not started, over or failed; what `wire_out` still holds should be sent
};

/// The client's side of TLS 1.2, sans-I/O: ECDHE-ECDSA on P-256 with ChaCha20-Poly1305, or else
/// AES-128-GCM, SHA-256, both ends certified, no renegotiation (S-09, S-10, S-12).
///
/// A step of the handshake computes for up to 0.4 s on the post without returning (docs/sources.md,
/// Target chip and TLS), so it belongs to the main loop. One object serves one connection after the
/// other.
class TlsClient {
public:
    struct Target {
        std::string_view server_name;  ///< a DNS name that the server's certificate must carry
        CertificateTime time;
    };

    /// The buffers outlive the client; see `TlsBuffers`.
    TlsClient(std::span<std::byte> in, std::span<std::byte> out);
    TlsClient(const TlsClient&) = delete;  // The contexts inside point at each other.
    TlsClient& operator=(const TlsClient&) = delete;

    [[nodiscard]] TlsState state() const { return state_; }
    /// The first thing that went wrong since `start`.
    [[nodiscard]] TlsFailure failure() const { return failure_; }
    /// The number of the alert behind `refused_us` and `peer_alert` (RFC 5246, 7.2), else 0.
    [[nodiscard]] std::uint8_t peer_alert() const { return peer_alert_; }

    /// Begins a connection and forgets the one before. `seed` is `seed_size` fresh bytes, never
    /// used elsewhere. On failure nothing is sent.
    [[nodiscard]] Result<Done, TlsFailure> start(const TlsCredentials& credentials,
                                                 const Target& target, Bytes seed);

    /// Bytes that came from the wire; answers how many were used. Fewer than given means that
    /// plain bytes have to be taken first. After the end all are dropped.
    [[nodiscard]] std::size_t feed_wire(Bytes bytes);
    /// Bytes for the wire, as they are now; tell what was sent with `wire_sent`.
    [[nodiscard]] Bytes wire_out();
    void wire_sent(std::size_t count);
    /// The wire is gone. Without the farewell before, this is a failure: something may be missing.
    void wire_lost();

    /// Plain bytes to send; answers how many were accepted, none while not open.
    [[nodiscard]] std::size_t write(Bytes plain);
    /// Plain bytes that came; tell what was used with `plain_taken`.
    [[nodiscard]] Bytes plain_in();
    void plain_taken(std::size_t count);

    /// Judges the server's chain again when time becomes trusted, and ends the connection if it
    /// does not hold (S-11).
    [[nodiscard]] Result<Done, TlsFailure> recheck(UnixMillis now);

    /// Says farewell: `wire_out` has it. Nothing that came after is given out any more.
    void close();

private:
    void settle();
    void fail(TlsFailure failure);

    // On 64-bit machines; a Cortex-M4 needs a tenth less. The .cpp refuses too little.
    Opaque<9'200> contexts_;
    std::span<std::byte> in_;
    std::span<std::byte> out_;
    TlsState state_{TlsState::closed};
    TlsFailure failure_{TlsFailure::none};
    std::uint8_t peer_alert_{0};
    bool started_{false};
    bool heard_{false};  // a first byte, which tells TLS from anything else
};

}  // namespace ks::crypto
