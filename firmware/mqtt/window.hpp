#pragma once

#include "firmware/base/instant.hpp"
#include "firmware/base/result.hpp"
#include "firmware/mqtt/encode.hpp"

namespace ks::mqtt {

/// Names one `publish` for as long as the client lives; never given twice.
struct Handle {
    std::uint64_t value;
    constexpr auto operator<=>(const Handle&) const = default;
};

/// The messages that are under way, each as the very packet that is sent and, if need be, sent
/// again: a copy of its own, so that its author may forget it. Leaves in order of `add`.
class Window {
public:
    enum class State : std::uint8_t { free, to_send, sent, orphaned };

    struct Slot {
        std::uint64_t number;
        Instant sent_at;
        std::uint16_t size;
        std::uint16_t packet_id;
        State state;
        Qos qos;
    };

    /// `packets` holds equally long pieces, one for each slot.
    Window(std::span<Slot> slots, std::span<std::byte> packets);

    [[nodiscard]] std::size_t free_slots() const;
    [[nodiscard]] std::size_t packet_room() const { return packets_.size() / slots_.size(); }
    [[nodiscard]] bool uses(std::uint16_t packet_id) const;
    /// When the longest unanswered message was sent, if any is unanswered.
    [[nodiscard]] std::optional<Instant> oldest_sent() const;

    /// There is a free slot and the packet fits: the caller has asked.
    Handle add(const OutgoingMessage& message);

    /// The next packet to send, which counts as sent from now on. The bytes stay until the next
    /// `add`, also when the slot is free again because nothing answers QoS 0.
    [[nodiscard]] std::optional<Bytes> take(Instant now);

    /// Frees the message that the broker has acknowledged; nothing if none waits under this id.
    [[nodiscard]] std::optional<Handle> acknowledge(std::uint16_t packet_id);

    /// A new connection on which the broker remembers us: what was sent is sent again, marked.
    void send_again();
    /// A new connection on which it does not: what was under way is to be given back.
    void orphan_all();
    [[nodiscard]] std::optional<Handle> take_orphan();

private:
    [[nodiscard]] Slot* first_in(State state);
    [[nodiscard]] std::span<std::byte> packet_of(const Slot& slot);

    std::span<Slot> slots_;
    std::span<std::byte> packets_;
    std::uint64_t next_number_{1};
};

}  // namespace ks::mqtt
