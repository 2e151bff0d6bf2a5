#include "firmware/mqtt/packet_reader.hpp"

#include "firmware/mqtt/decode.hpp"

namespace ks::mqtt {

std::size_t PacketReader::feed(Bytes bytes)
{
    std::size_t taken = 0;
    while (taken < bytes.size() && at_ != At::whole && !fault_) {
        switch (at_) {
        case At::first_byte: take_first_byte(bytes[taken++]); break;
        case At::length: take_length_byte(bytes[taken++]); break;
        case At::body: taken += take_body(bytes.subspan(taken)); break;
        case At::whole: break;
        }
    }
    return taken;
}

std::optional<Packet> PacketReader::take()
{
    if (at_ != At::whole || fault_) return std::nullopt;
    check(filled_ == length_);
    at_ = At::first_byte;
    return Packet{.type = static_cast<PacketType>(first_ >> 4),
                  .flags = static_cast<std::uint8_t>(first_ & 0x0F),
                  .body = room_.first(length_)};
}

void PacketReader::reset()
{
    fault_.reset();
    at_ = At::first_byte;
}

void PacketReader::take_first_byte(std::byte byte)
{
    first_ = std::to_integer<std::uint8_t>(byte);
    length_ = 0;
    length_bytes_ = 0;
    filled_ = 0;
    fault_ = fault_of_first_byte(first_);
    at_ = At::length;
}

void PacketReader::take_length_byte(std::byte byte)
{
    const auto value = std::to_integer<std::size_t>(byte);
    length_ |= (value & 0x7F) << (7u * length_bytes_);
    ++length_bytes_;
    if (value >= 0x80) {
        if (length_bytes_ == 4) fault_ = Fault::length_malformed;  // a fifth byte (2.2.3)
        return;
    }
    // A length that is spelled longer than need be has a second spelling, and what has two
    // spellings slips past whoever looks for one. No broker that we know of sends it.
    if (length_bytes_ != length_bytes(length_))
        fault_ = Fault::length_malformed;
    else if (length_ > room_.size())
        fault_ = Fault::packet_too_large;
    at_ = length_ == 0 ? At::whole : At::body;
}

std::size_t PacketReader::take_body(Bytes bytes)
{
    check(filled_ < length_ && length_ <= room_.size());
    const auto count = std::min(bytes.size(), length_ - filled_);
    std::copy_n(bytes.begin(), count, room_.begin() + static_cast<std::ptrdiff_t>(filled_));
    filled_ += count;
    if (filled_ == length_) at_ = At::whole;
    return count;
}

}  // namespace ks::mqtt
