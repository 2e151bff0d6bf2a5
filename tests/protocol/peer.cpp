#include "tests/protocol/peer.hpp"

#include <cbor.h>
#include <charconv>
#include <cstdlib>
#include <memory>

namespace ks::peer {

namespace {

struct Unref {
    void operator()(cbor_item_t* item) const { cbor_decref(&item); }
};
using Item = std::unique_ptr<cbor_item_t, Unref>;

Item integer(std::uint64_t magnitude, bool negative)
{
    Item item;
    if (magnitude <= 0xFF)
        item.reset(cbor_build_uint8(static_cast<std::uint8_t>(magnitude)));
    else if (magnitude <= 0xFFFF)
        item.reset(cbor_build_uint16(static_cast<std::uint16_t>(magnitude)));
    else if (magnitude <= 0xFFFF'FFFF)
        item.reset(cbor_build_uint32(static_cast<std::uint32_t>(magnitude)));
    else
        item.reset(cbor_build_uint64(magnitude));
    if (negative) cbor_mark_negint(item.get());
    return item;
}

/// Reads the notation by recursive descent. `left` is what is still to be read.
class Notation {
public:
    explicit Notation(std::string_view text) : left_{text} {}

    Item item()
    {
        skip_blanks();
        if (left_.empty()) return {};
        if (left_.front() == '[') return array();
        if (left_.starts_with("h'")) return bytes();
        if (left_.front() == '"') return text();
        if (took("null")) return Item{cbor_new_null()};
        return number();
    }

    bool at_end()
    {
        skip_blanks();
        return left_.empty();
    }

private:
    void skip_blanks()
    {
        while (!left_.empty() && (left_.front() == ' ' || left_.front() == '\n'))
            left_.remove_prefix(1);
    }

    bool took(std::string_view word)
    {
        skip_blanks();
        if (!left_.starts_with(word)) return false;
        left_.remove_prefix(word.size());
        return true;
    }

    std::optional<std::string_view> upto(char end)
    {
        const auto at = left_.find(end);
        if (at == std::string_view::npos) return std::nullopt;
        const auto inside = left_.substr(0, at);
        left_.remove_prefix(at + 1);
        return inside;
    }

    Item array()
    {
        left_.remove_prefix(1);
        std::vector<Item> items;
        if (!took("]")) {
            do {
                items.push_back(item());
                if (!items.back()) return {};
            } while (took(","));
            if (!took("]")) return {};
        }
        Item made{cbor_new_definite_array(items.size())};
        for (const auto& one : items)
            (void)cbor_array_push(made.get(), one.get());
        return made;
    }

    Item bytes()
    {
        left_.remove_prefix(2);
        const auto inside = upto('\'');
        const auto raw = inside ? from_hex(*inside) : std::nullopt;
        if (!raw) return {};
        return Item{cbor_build_bytestring(reinterpret_cast<cbor_data>(raw->data()), raw->size())};
    }

    Item text()
    {
        left_.remove_prefix(1);
        const auto inside = upto('"');
        if (!inside) return {};
        return Item{cbor_build_stringn(inside->data(), inside->size())};
    }

    Item number()
    {
        const bool negative = took("-");
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(left_.data(), left_.data() + left_.size(), value);
        if (error != std::errc{} || (negative && value == 0)) return {};
        left_.remove_prefix(static_cast<std::size_t>(end - left_.data()));
        return integer(negative ? value - 1 : value, negative);
    }

    std::string_view left_;
};

std::optional<std::string> notation_of(cbor_item_t* item)
{
    switch (cbor_typeof(item)) {
    case CBOR_TYPE_UINT: return std::to_string(cbor_get_int(item));
    case CBOR_TYPE_NEGINT: return "-" + std::to_string(cbor_get_int(item) + 1);
    case CBOR_TYPE_BYTESTRING:
        if (!cbor_bytestring_is_definite(item)) return std::nullopt;
        return "h'" +
               hex(std::as_bytes(
                   std::span{cbor_bytestring_handle(item), cbor_bytestring_length(item)})) +
               "'";
    case CBOR_TYPE_STRING:
        if (!cbor_string_is_definite(item)) return std::nullopt;
        return '"' +
               std::string{reinterpret_cast<const char*>(cbor_string_handle(item)),
                           cbor_string_length(item)} +
               '"';
    case CBOR_TYPE_ARRAY: break;
    case CBOR_TYPE_FLOAT_CTRL:
        if (!cbor_is_null(item)) return std::nullopt;
        return "null";
    case CBOR_TYPE_MAP:
    case CBOR_TYPE_TAG: return std::nullopt;
    }

    if (!cbor_array_is_definite(item)) return std::nullopt;
    std::string made = "[";
    for (std::size_t i = 0; i < cbor_array_size(item); ++i) {
        const Item inner{cbor_array_get(item, i)};
        const auto notation = notation_of(inner.get());
        if (!notation) return std::nullopt;
        made += (i == 0 ? "" : ", ") + *notation;
    }
    return made + "]";
}

}  // namespace

std::optional<std::vector<std::byte>> bytes_of_notation(std::string_view notation)
{
    Notation reader{notation};
    const auto item = reader.item();
    if (!item || !reader.at_end()) return std::nullopt;

    unsigned char* buffer = nullptr;
    std::size_t room = 0;
    const auto size = cbor_serialize_alloc(item.get(), &buffer, &room);
    const auto* const first = reinterpret_cast<const std::byte*>(buffer);
    const std::vector<std::byte> made(first, first + size);
    std::free(buffer);
    return made;
}

std::optional<std::string> notation_of_bytes(Bytes bytes)
{
    cbor_load_result result{};
    const Item item{cbor_load(reinterpret_cast<cbor_data>(bytes.data()), bytes.size(), &result)};
    if (!item || result.error.code != CBOR_ERR_NONE || result.read != bytes.size())
        return std::nullopt;
    return notation_of(item.get());
}

std::string hex(Bytes bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const auto byte : bytes) {
        const auto value = std::to_integer<unsigned>(byte);
        text += digits[value >> 4];
        text += digits[value & 0xF];
    }
    return text;
}

std::optional<std::vector<std::byte>> from_hex(std::string_view text)
{
    std::string digits;
    for (const char c : text)
        if (c != ' ' && c != '\n') digits += c;
    if (digits.size() % 2 != 0) return std::nullopt;

    std::vector<std::byte> bytes;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        unsigned value = 0;
        const auto* const pair = digits.data() + i;
        const auto [end, error] = std::from_chars(pair, pair + 2, value, 16);
        if (error != std::errc{} || end != pair + 2) return std::nullopt;
        bytes.push_back(static_cast<std::byte>(value));
    }
    return bytes;
}

}  // namespace ks::peer
