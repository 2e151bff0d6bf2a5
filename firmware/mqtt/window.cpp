#include "firmware/mqtt/window.hpp"

namespace ks::mqtt {

Window::Window(std::span<Slot> slots, std::span<std::byte> packets)
    : slots_{slots}, packets_{packets}
{
    check(!slots.empty() && packets.size() % slots.size() == 0);
    check(packet_room() <= 0xFFFF);
    for (auto& slot : slots_)
        slot = Slot{};
}

std::size_t Window::free_slots() const
{
    return static_cast<std::size_t>(std::count_if(
        slots_.begin(), slots_.end(), [](const Slot& slot) { return slot.state == State::free; }));
}

bool Window::uses(std::uint16_t packet_id) const
{
    return std::any_of(slots_.begin(), slots_.end(), [packet_id](const Slot& slot) {
        return slot.state != State::free && slot.packet_id == packet_id;
    });
}

std::optional<Instant> Window::oldest_sent() const
{
    std::optional<Instant> oldest;
    for (const auto& slot : slots_)
        if (slot.state == State::sent && (!oldest || slot.sent_at < *oldest)) oldest = slot.sent_at;
    return oldest;
}

Handle Window::add(const OutgoingMessage& message)
{
    const auto slot = std::find_if(slots_.begin(), slots_.end(), [](const Slot& candidate) {
        return candidate.state == State::free;
    });
    check(slot != slots_.end());

    ByteWriter writer{packet_of(*slot)};
    encode_publish(writer, message);
    check(writer.ok());
    *slot =
        Slot{.number = next_number_++,
             .sent_at = {},
             .size = static_cast<std::uint16_t>(writer.size()),
             .packet_id = message.qos == Qos::at_least_once ? message.packet_id : std::uint16_t{},
             .state = State::to_send,
             .qos = message.qos};
    return Handle{slot->number};
}

std::optional<Bytes> Window::take(Instant now)
{
    auto* const slot = first_in(State::to_send);
    if (slot == nullptr) return std::nullopt;
    slot->sent_at = now;
    slot->state = slot->qos == Qos::at_least_once ? State::sent : State::free;
    return packet_of(*slot).first(slot->size);
}

std::optional<Handle> Window::acknowledge(std::uint16_t packet_id)
{
    for (auto& slot : slots_) {
        if (slot.state != State::sent || slot.packet_id != packet_id) continue;
        slot.state = State::free;
        return Handle{slot.number};
    }
    return std::nullopt;
}

void Window::send_again()
{
    for (auto& slot : slots_) {
        if (slot.state != State::sent) continue;
        set_duplicate(packet_of(slot).first(slot.size));
        slot.state = State::to_send;
    }
}

void Window::orphan_all()
{
    for (auto& slot : slots_) {
        if (slot.state == State::free) continue;
        slot.state = slot.qos == Qos::at_least_once ? State::orphaned : State::free;
    }
}

std::optional<Handle> Window::take_orphan()
{
    auto* const slot = first_in(State::orphaned);
    if (slot == nullptr) return std::nullopt;
    slot->state = State::free;
    return Handle{slot->number};
}

Window::Slot* Window::first_in(State state)
{
    Slot* first = nullptr;
    for (auto& slot : slots_) {
        if (slot.state != state) continue;
        if (first == nullptr || slot.number < first->number) first = &slot;
    }
    return first;
}

std::span<std::byte> Window::packet_of(const Slot& slot)
{
    const auto index = static_cast<std::size_t>(&slot - slots_.data());
    check(index < slots_.size());
    return packets_.subspan(index * packet_room(), packet_room());
}

}  // namespace ks::mqtt
