#pragma once

#include "firmware/mqtt/packet_reader.hpp"
#include "firmware/mqtt/window.hpp"

#include <array>
#include <variant>

namespace ks::mqtt {

/// How much one client can hold.
struct Limits {
    /// Messages under way.
    std::size_t window;
    std::size_t topic;
    std::size_t payload;
    /// The longest packet from the broker, without its fixed header.
    std::size_t incoming;
    /// CONNECT and SUBSCRIBE, whichever is longer.
    std::size_t control;
};

/// The memory of a client, kept by its owner for as long as the client lives.
template <Limits limits>
struct Room {
    std::array<std::byte, limits.incoming> incoming;
    std::array<std::byte, limits.control> control;
    std::array<Window::Slot, limits.window> slots;
    std::array<std::byte, limits.window * publish_size(limits.topic, limits.payload)> packets;
};

/// One post's end of an MQTT 3.1.1 conversation, without the wire.
///
/// The owner opens a byte stream and calls `open`, feeds what arrived, asks for the next action,
/// carries it out and asks again until it is told to wait. Every packet that is malformed or out
/// of place ends the conversation with a `Fault`. Messages under way survive into the next
/// conversation and end there either acknowledged or, honestly, not.
class Client {
public:
    /// To be written to the stream as a whole, before the next call.
    struct Send {
        Bytes bytes;
    };
    struct Connected {
        bool session_present;
    };
    struct Subscribed {
        Granted granted;
    };
    /// A message came in. The views end with the next call, and only that call acknowledges it.
    struct Deliver {
        std::string_view topic;
        Bytes payload;
        Qos qos;
        bool retained;
        bool duplicate;
    };
    struct Acknowledged {
        Handle handle;
    };
    /// The broker has forgotten the session in which this was sent. It may have arrived or not.
    struct Unacknowledged {
        Handle handle;
    };
    /// Nothing to do until bytes arrive, a command is given or this moment comes.
    struct Wait {
        Instant until;
    };
    /// Close the stream. Said once.
    struct Close {
        Fault reason;
    };
    using Action = std::variant<Send, Connected, Subscribed, Deliver, Acknowledged, Unacknowledged,
                                Wait, Close>;

    /// Why a command was not taken. Nothing has changed then.
    enum class Refusal : std::uint8_t {
        options_invalid,
        topic_invalid,
        too_long,
        not_connected,
        window_full,
        /// One SUBSCRIBE at a time, so that each answer belongs to one question.
        subscribing,
    };

    /// Our choice. The first round trip on a bad cellular line has been seen to take ten seconds;
    /// twice that is a verdict. A PUBACK may also wait for the broker's disk.
    static constexpr Millis connack_limit{20'000};
    static constexpr Millis suback_limit{20'000};
    static constexpr Millis pingresp_limit{20'000};
    static constexpr Millis puback_limit{60'000};

    /// A conversation that waits for nothing.
    static constexpr Instant never{Millis{INT64_MAX}};

    template <Limits limits>
    explicit Client(Room<limits>& room)
        : reader_{room.incoming},
          control_{room.control},
          window_{room.slots, room.packets},
          topic_max_{limits.topic},
          payload_max_{limits.payload}
    {}

    [[nodiscard]] bool connected() const { return state_ == State::connected; }
    [[nodiscard]] std::size_t free_slots() const { return window_.free_slots(); }

    /// The stream is open: say hello. A conversation that was still open counts as cut.
    [[nodiscard]] Result<Done, Refusal> open(Instant now, const ConnectOptions& options);
    /// The stream is gone.
    void cut();

    /// Takes bytes up to the end of one packet and says how many; the rest is fed again after
    /// `next` has had its turn. Takes everything, and forgets it, while no stream is open.
    [[nodiscard]] std::size_t feed(Bytes bytes);
    [[nodiscard]] Action next(Instant now);

    [[nodiscard]] Result<Handle, Refusal> publish(std::string_view topic, Bytes payload, Qos qos);
    [[nodiscard]] Result<Done, Refusal> subscribe(std::string_view filter, Qos qos);
    /// Says goodbye, so that the broker drops the will, and closes.
    void disconnect();

private:
    enum class State : std::uint8_t { closed, connecting, connected, leaving, left };
    /// A question to the broker: CONNECT, SUBSCRIBE or PINGREQ.
    enum class Question : std::uint8_t { none, to_send, asked };

    [[nodiscard]] Action close(Fault reason);
    [[nodiscard]] Action send(Bytes bytes, Instant now);
    [[nodiscard]] std::optional<Action> answer(const Packet& packet);
    [[nodiscard]] Action answer_connack(const Packet& packet);
    [[nodiscard]] Action answer_publish(const Packet& packet);
    [[nodiscard]] Action answer_puback(const Packet& packet);
    [[nodiscard]] Action answer_suback(const Packet& packet);
    [[nodiscard]] std::optional<Action> answer_pingresp(const Packet& packet);
    [[nodiscard]] std::optional<Fault> overdue(Instant now) const;
    [[nodiscard]] std::optional<Action> say(Instant now);
    [[nodiscard]] Action leave(Instant now);
    [[nodiscard]] Instant ping_at() const;
    [[nodiscard]] Instant wake_at() const;
    [[nodiscard]] std::uint16_t fresh_packet_id();

    PacketReader reader_;
    std::span<std::byte> control_;
    Window window_;
    std::size_t topic_max_;
    std::size_t payload_max_;

    std::array<std::byte, short_packet_size> short_packet_{};
    std::size_t control_size_{0};
    Instant control_at_;
    Instant ping_sent_at_;
    Instant heard_at_;
    Instant spoke_at_;
    Millis keep_alive_;
    std::uint16_t last_packet_id_{0};
    std::uint16_t subscribe_id_{0};
    std::uint16_t owed_puback_{0};
    State state_{State::closed};
    Session session_{Session::clean};
    Qos subscribe_qos_{Qos::at_most_once};
    Question control_question_{Question::none};
    Question ping_{Question::none};
    bool more_to_feed_{false};
};

}  // namespace ks::mqtt
