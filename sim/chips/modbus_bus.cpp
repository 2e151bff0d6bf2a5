#include "sim/chips/modbus_bus.hpp"

#include <algorithm>

namespace ks::sim {

namespace {

std::int64_t microseconds(Instant at) { return at.since_boot().count() * 1000; }

}  // namespace

std::size_t ModbusBus::attach(ModbusSlave slave)
{
    slaves_.push_back(std::move(slave));
    return slaves_.size() - 1;
}

void ModbusBus::add_noise(std::span<const std::byte> bytes) { speak(bytes, microseconds(now_)); }

void ModbusBus::send(std::span<const std::byte> bytes)
{
    if (outgoing_.empty()) wire_free_us_ = std::max(wire_free_us_, microseconds(now_));
    outgoing_.insert(outgoing_.end(), bytes.begin(), bytes.end());
}

std::size_t ModbusBus::receive(std::span<std::byte> into)
{
    const auto now_us = microseconds(now_);
    std::size_t given = 0;
    while (given < into.size() && !incoming_.empty() && incoming_.front().complete_us <= now_us) {
        into[given++] = incoming_.front().byte;
        incoming_.pop_front();
    }
    return given;
}

void ModbusBus::advance_to(Instant now)
{
    const auto now_us = microseconds(now);
    while (!outgoing_.empty() && wire_free_us_ + byte_us() <= now_us) {
        wire_free_us_ += byte_us();
        auto byte = outgoing_.front();
        outgoing_.pop_front();
        // A slave that is still speaking spoils what the post says.
        for (auto& other : incoming_)
            if (std::abs(other.complete_us - wire_free_us_) < byte_us()) byte &= other.byte;
        frame_.push_back(byte);
        if (echo_ == Echo::own_bytes) speak(std::span{&byte, 1}, wire_free_us_ - byte_us());
    }
    if (outgoing_.empty() && !frame_.empty() && wire_free_us_ + silence_us() <= now_us) end_frame();
    now_ = now;
}

void ModbusBus::end_frame()
{
    for (auto& slave : slaves_)
        if (const auto answer = slave.hear(frame_))
            speak(*answer, wire_free_us_ + silence_us() + slave.thinks_us());
    frame_.clear();
}

// Where two speak at once, a driven zero wins over a one, and nobody's byte is whole.
void ModbusBus::speak(std::span<const std::byte> bytes, std::int64_t from_us)
{
    auto complete_us = from_us;
    for (const auto byte : bytes) {
        complete_us += byte_us();
        const auto clash =
            std::find_if(incoming_.begin(), incoming_.end(), [&](const OnWire& other) {
                return std::abs(other.complete_us - complete_us) < byte_us();
            });
        if (clash != incoming_.end()) {
            clash->byte &= byte;
            continue;
        }
        const auto place = std::find_if(incoming_.begin(), incoming_.end(), [&](const OnWire& o) {
            return o.complete_us > complete_us;
        });
        incoming_.insert(place, {.byte = byte, .complete_us = complete_us});
    }
}

void ModbusBus::power_cycle()
{
    outgoing_.clear();
    frame_.clear();
    incoming_.clear();
    wire_free_us_ = microseconds(now_);
}

}  // namespace ks::sim
