#pragma once

#include "firmware/link/backoff.hpp"
#include "firmware/link/command_check.hpp"
#include "firmware/link/lane_sender.hpp"
#include "firmware/link/transport.hpp"
#include "firmware/link/wall_clock.hpp"
#include "firmware/mqtt/client.hpp"

namespace ks::link {

/// What a post can hold of its conversation. The alarm's slot comes out of the window.
inline constexpr mqtt::Limits mqtt_limits{
    .window = 8, .topic = protocol::topic_limit, .payload = 640, .incoming = 1'152, .control = 256};

static_assert(mqtt_limits.payload >= protocol::record_limit);
static_assert(mqtt_limits.incoming >= 2 + protocol::topic_limit + 2 + protocol::command_limit);
static_assert(sizeof(mqtt::Room<mqtt_limits>) + sizeof(mqtt::Client) <= 12 * 1'024);

/// What a post says about itself in a birth.
struct PostFacts {
    std::uint32_t boot;
    std::uint8_t outlets;
    std::array<std::byte, 8> firmware;
    std::array<std::byte, 8> settings;
    std::uint32_t settings_version;
};

/// Why the link is not up, or was not up last time.
enum class Trouble : std::uint8_t {
    none,
    no_randomness,  // no nonce and no TLS without it (S-05)
    line_late,
    line_lost,
    write_late,
    tls_late,
    tls,   // `tls_failure` says which
    mqtt,  // `mqtt_fault` says which
    subscription_refused,
};

/// Messages from the broker that were not commands and were not believed either.
enum class Oddity : std::uint8_t { retained, stray, malformed, beyond_sent, clock };
inline constexpr std::size_t oddity_count = 5;

/// A post's conversation with its edge, without the wire: TLS, MQTT, records in order of urgency
/// until the edge has confirmed them, commands that are to be believed, and the time.
///
/// The owner carries out actions until it is told to wait, and asks again when that moment has
/// come, when bytes came or left, and after each record appended to the journal.
class Link {
public:
    struct OpenLine {};
    struct CloseLine {};
    /// As much of it as the line takes now; `sent` says how much that was.
    struct Send {
        Bytes bytes;
    };
    /// To be carried out, and `finished` when its outcome is known.
    struct Accepted {
        protocol::Command command;
    };
    /// To be journalled: counted by outcome and, if there is a result, with it.
    struct Refused {
        protocol::CommandOutcome outcome;
        std::optional<protocol::CommandResult> result;
    };
    /// A command came a second time; its result is to be journalled again.
    struct Repeated {
        protocol::CommandResult result;
    };
    struct Wait {
        Instant until;
    };
    using Action = std::variant<OpenLine, CloseLine, Send, Accepted, Refused, Repeated, Wait>;

    struct Setup {
        protocol::SiteId site;
        protocol::PostId post;
        protocol::CommandKey command_key;
        /// When the firmware was built: no certificate and no clock is judged as before that.
        UnixMillis built;
        std::optional<Security> security;
    };

    /// Of the window, kept free of everything but alarms: behind any backlog there is a seat.
    static constexpr std::size_t reserved_for_alarms = 1;

    /// 60 s and 20 s for the answer find a dead line within 90 s (F-076), and a post that has
    /// nothing to say every 60 s costs its plan two bytes and their wrapping.
    static constexpr Millis keep_alive{60'000};
    static_assert(keep_alive + mqtt::Client::pingresp_limit <= Millis{90'000});

    /// Our choice: a modem attaches within 20 s or not at all tonight, a handshake is three round
    /// trips and two operations on the curve, a line that takes no byte for 30 s is dead.
    static constexpr Millis line_limit{30'000};
    static constexpr Millis handshake_limit{30'000};
    static constexpr Millis write_limit{30'000};

    /// The edge tells births apart by their moment, and nobody may make us say more of them.
    static constexpr Millis birth_interval{1'000};
    static constexpr Millis nonce_interval{200};
    static constexpr Millis randomness_retry{1'000};

    /// The journal is mounted. Both outlive the link.
    Link(const Setup& setup, const PostFacts& facts, core::Journal& journal,
         crypto::SeededRandom& random);
    Link(const Link&) = delete;  // The client inside points at the room inside.
    Link& operator=(const Link&) = delete;

    [[nodiscard]] Action next(Instant now);

    // The line: it is open; it is gone without our asking; bytes came (fill `inbox`, which may have
    // no room just now, and say how many); so many of the bytes to send have left.
    void line_opened(Instant now);
    void line_lost(Instant now);
    [[nodiscard]] std::span<std::byte> inbox() { return transport_.inbox(); }
    void received(std::size_t count) { transport_.received(count); }
    void sent(std::size_t count);

    void know(const PostFacts& facts) { facts_ = facts; }
    void finished(const protocol::CommandResult& result, Instant now);
    /// A card was held to the reader: the edge will want to command at once.
    void card_tapped() { nonce_due_ = true; }
    /// Says goodbye and stays away.
    void stop();

    [[nodiscard]] bool up() const { return phase_ == Phase::up; }
    [[nodiscard]] bool stopped() const { return phase_ == Phase::stopped; }
    /// The broker takes our records and the edge confirms none (F-087).
    [[nodiscard]] bool unheard() const { return unheard_; }
    /// For how long that, or the line, has kept us from the edge; since boot when it was never
    /// heard.
    [[nodiscard]] Millis edge_silent(Instant now) const { return now - heard_edge_at_; }
    [[nodiscard]] std::optional<protocol::WallTime> wall(Instant now) const
    {
        return clock_.at(now);
    }
    [[nodiscard]] Trouble trouble() const { return trouble_; }
    [[nodiscard]] mqtt::Fault mqtt_fault() const { return mqtt_fault_; }
    [[nodiscard]] crypto::TlsFailure tls_failure() const { return tls_failure_; }
    [[nodiscard]] std::uint32_t count(Oddity oddity) const
    {
        return oddities_[static_cast<std::size_t>(oddity)];
    }

private:
    enum class Phase : std::uint8_t {
        resting,
        opening,
        securing,
        greeting,
        subscribing,
        up,
        parting,
        stopped,
    };
    using Step = std::optional<Action>;

    // link.cpp: the way up and down.
    [[nodiscard]] Action rest(Instant now);
    [[nodiscard]] Action talk(Instant now);
    [[nodiscard]] Action push(Bytes out, Instant now);
    [[nodiscard]] Step secure(Instant now);
    void greet(Instant now);
    [[nodiscard]] Step converse(Instant now);
    [[nodiscard]] Step obey(const mqtt::Client::Action& action, Instant now);
    void subscribe();
    [[nodiscard]] Action fail(Trouble trouble, Instant now);
    void settle_down(Trouble trouble, Instant now);

    // publish.cpp: what goes up.
    [[nodiscard]] bool publish_next(Instant now);
    [[nodiscard]] bool publish_birth(Instant now);
    [[nodiscard]] bool publish_nonce(Instant now);
    [[nodiscard]] bool publish_record(protocol::Lane lane, Instant now);
    void publish(protocol::Up what, Bytes payload);
    [[nodiscard]] Instant wake_at(Instant by_client) const;

    // hear.cpp: what comes down.
    [[nodiscard]] Step hear(const mqtt::Client::Deliver& message, Instant now);
    [[nodiscard]] Step hear_command(const protocol::DownTopic& topic,
                                    const mqtt::Client::Deliver& message, Instant now);
    [[nodiscard]] Step hear_ack(Bytes payload, Instant now);
    [[nodiscard]] Step hear_time(Bytes payload, Instant now);
    [[nodiscard]] Step hear_range(Bytes payload, Instant now);
    [[nodiscard]] Step hear_nonce_request(Bytes payload);
    [[nodiscard]] Step odd(Oddity oddity);

    Setup setup_;
    PostFacts facts_;
    crypto::SeededRandom* random_;

    mqtt::Room<mqtt_limits> room_{};
    mqtt::Client client_{room_};
    Transport transport_;
    Bytes outgoing_;

    LaneSender lanes_;
    CommandCheck commands_;
    NonceKeeper nonces_;
    WallClock clock_;
    Backoff backoff_;

    Instant phase_until_;
    std::optional<Instant> stuck_since_;
    std::optional<Instant> born_at_;
    std::optional<Instant> nonce_at_;
    std::array<std::uint32_t, oddity_count> oddities_{};
    mqtt::Fault mqtt_fault_{mqtt::Fault::asked};
    crypto::TlsFailure tls_failure_{crypto::TlsFailure::none};
    Trouble trouble_{Trouble::none};
    Phase phase_{Phase::resting};
    bool birth_due_{false};
    bool nonce_due_{false};
    bool unheard_{false};
    Instant heard_edge_at_{};
    bool stopping_{false};
    bool certificate_rechecked_{false};
};

static_assert(sizeof(Link) <= 24 * 1'024, "without the TLS engine and its buffers");

}  // namespace ks::link
