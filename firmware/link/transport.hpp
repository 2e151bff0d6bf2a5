#pragma once

#include "firmware/crypto/random.hpp"
#include "firmware/crypto/tls_client.hpp"

#include <optional>

namespace ks::link {

/// How the post proves itself and whom it believes. All three outlive the link.
struct Security {
    crypto::TlsClient* engine;
    const crypto::TlsCredentials* credentials;
    std::string_view server_name;
};

/// The byte stream below MQTT: plain, as on a loopback in a test, or through TLS. It holds what
/// arrived until it is taken, so that its owner can read from the line whenever there is room.
class Transport {
public:
    /// Our choice: what a modem's serial line brings in 40 ms at 115,200 baud.
    static constexpr std::size_t inbox_size = 512;

    enum class State : std::uint8_t { closed, opening, open, failed };

    /// Plain without security.
    explicit Transport(const std::optional<Security>& security) : security_{security} {}

    [[nodiscard]] State state() const;
    [[nodiscard]] crypto::TlsFailure failure() const;

    /// The line is open. `random` is seeded. False when TLS cannot even begin.
    [[nodiscard]] bool start(const crypto::CertificateTime& time, crypto::SeededRandom& random);
    void close();
    /// Says goodbye below MQTT as well; `wire_out` may have something to say then.
    void farewell();
    /// Time has become trusted: is the broker's certificate good by it (S-11)?
    [[nodiscard]] bool still_trusted(UnixMillis now);

    // From the line.
    [[nodiscard]] std::span<std::byte> inbox() { return std::span{inbox_}.subspan(inbox_used_); }
    void received(std::size_t count);
    [[nodiscard]] Bytes plain_in();
    void plain_taken(std::size_t count);

    // To the line. Plain bytes stay where they are until `wire_out` is empty again.
    [[nodiscard]] std::size_t write(Bytes plain);
    [[nodiscard]] Bytes wire_out();
    void wire_sent(std::size_t count);

private:
    void drop(std::size_t count);

    std::optional<Security> security_;
    std::array<std::byte, inbox_size> inbox_{};
    std::size_t inbox_used_{0};
    Bytes plain_out_;
    State plain_state_{State::closed};
};

}  // namespace ks::link
