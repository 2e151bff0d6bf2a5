#include "firmware/crypto/der.hpp"

namespace ks::crypto {
namespace {

/// Bytes of tag and length in front of the content, and bytes of content; none if it is no DER.
struct Head {
    std::size_t size;
    std::size_t content;
};

constexpr Head no_head{};

Head head_of(Bytes bytes)
{
    if (bytes.size() < 2) return no_head;
    if ((bytes[0] & std::byte{0x1F}) == std::byte{0x1F}) return no_head;  // a tag of many bytes

    ByteReader reader{bytes.subspan(1)};
    const auto first = reader.u8();
    if (first < 0x80) return {.size = 2, .content = first};
    if (first == 0x81) {
        const auto length = reader.u8();
        return length >= 0x80 ? Head{.size = 3, .content = length} : no_head;
    }
    if (first == 0x82) {
        const auto length = reader.u16_be();
        return length >= 0x100 ? Head{.size = 4, .content = length} : no_head;
    }
    return no_head;
}

}  // namespace

Bytes DerReader::take(DerTag tag)
{
    if (!next_is(tag)) {
        ok_ = false;
        left_ = {};
        return {};
    }
    const auto whole = take_whole();
    return ok_ ? whole.subspan(head_of(whole).size) : Bytes{};
}

Bytes DerReader::take_whole()
{
    const auto head = head_of(left_);
    if (head.size == 0 || head.content > left_.size() - head.size) {
        ok_ = false;
        left_ = {};
        return {};
    }
    const auto whole = left_.first(head.size + head.content);
    left_ = left_.subspan(whole.size());
    return whole;
}

}  // namespace ks::crypto
