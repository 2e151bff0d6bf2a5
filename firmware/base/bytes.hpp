#pragma once

#include "firmware/base/check.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace ks {

using Bytes = std::span<const std::byte>;

[[nodiscard]] inline Bytes bytes_of(std::string_view text)
{
    return std::as_bytes(std::span{text.data(), text.size()});
}

[[nodiscard]] inline std::string_view text_of(Bytes bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[nodiscard]] inline bool equal(Bytes a, Bytes b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// Reads numbers and runs of bytes off a span and never past it. The first read that does not
/// fit makes the reader bad, and every later one answers zero; ask `ok()` once at the end.
class ByteReader {
public:
    explicit constexpr ByteReader(Bytes bytes) : left_{bytes} {}

    [[nodiscard]] constexpr bool ok() const { return ok_; }
    [[nodiscard]] constexpr std::size_t left() const { return left_.size(); }
    [[nodiscard]] constexpr bool at_end() const { return ok_ && left_.empty(); }

    constexpr Bytes take(std::size_t count)
    {
        if (!ok_ || count > left_.size()) {
            ok_ = false;
            left_ = {};
            return {};
        }
        const auto taken = left_.first(count);
        left_ = left_.subspan(count);
        return taken;
    }
    constexpr std::uint8_t u8() { return static_cast<std::uint8_t>(big(1)); }
    constexpr std::uint16_t u16_be() { return static_cast<std::uint16_t>(big(2)); }
    constexpr std::uint32_t u32_be() { return static_cast<std::uint32_t>(big(4)); }
    constexpr std::uint64_t u64_be() { return big(8); }
    constexpr std::uint16_t u16_le() { return static_cast<std::uint16_t>(little(2)); }
    constexpr std::uint32_t u24_le() { return static_cast<std::uint32_t>(little(3)); }
    constexpr std::uint32_t u32_le() { return static_cast<std::uint32_t>(little(4)); }
    constexpr std::uint64_t u64_le() { return little(8); }

private:
    constexpr std::uint64_t big(std::size_t width)
    {
        std::uint64_t value = 0;
        for (const auto byte : take(width))
            value = value << 8 | std::to_integer<std::uint64_t>(byte);
        return value;
    }
    constexpr std::uint64_t little(std::size_t width)
    {
        std::uint64_t value = 0;
        unsigned shift = 0;
        for (const auto byte : take(width)) {
            value |= std::to_integer<std::uint64_t>(byte) << shift;
            shift += 8;
        }
        return value;
    }

    Bytes left_;
    bool ok_{true};
};

/// Writes into a span handed in by the owner and never past it. What does not fit makes the
/// writer bad and nothing more is written; ask `ok()` once at the end.
class ByteWriter {
public:
    explicit constexpr ByteWriter(std::span<std::byte> room) : room_{room} {}

    [[nodiscard]] constexpr bool ok() const { return ok_; }
    [[nodiscard]] constexpr std::size_t size() const { return size_; }
    [[nodiscard]] constexpr Bytes written() const { return room_.first(size_); }

    constexpr void put(Bytes bytes)
    {
        if (!ok_ || bytes.size() > room_.size() - size_) {
            ok_ = false;
            return;
        }
        std::copy(bytes.begin(), bytes.end(), room_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += bytes.size();
    }
    constexpr void u8(std::uint8_t value) { big(value, 1); }
    constexpr void u16_be(std::uint16_t value) { big(value, 2); }
    constexpr void u32_be(std::uint32_t value) { big(value, 4); }
    constexpr void u64_be(std::uint64_t value) { big(value, 8); }
    constexpr void u16_le(std::uint16_t value) { little(value, 2); }
    constexpr void u24_le(std::uint32_t value) { little(value, 3); }
    constexpr void u32_le(std::uint32_t value) { little(value, 4); }
    constexpr void u64_le(std::uint64_t value) { little(value, 8); }

private:
    constexpr void big(std::uint64_t value, unsigned width)
    {
        std::byte out[8]{};
        for (unsigned i = 0; i < width; ++i)
            out[i] = static_cast<std::byte>(value >> (8 * (width - 1 - i)));
        put(std::span{out, width});
    }
    constexpr void little(std::uint64_t value, unsigned width)
    {
        std::byte out[8]{};
        for (unsigned i = 0; i < width; ++i)
            out[i] = static_cast<std::byte>(value >> (8 * i));
        put(std::span{out, width});
    }

    std::span<std::byte> room_;
    std::size_t size_{0};
    bool ok_{true};
};

}  // namespace ks
