#pragma once

#include "firmware/base/bytes.hpp"

#include <array>

namespace ks {

/// A run of bytes of any length up to `room`, held by value.
template <std::size_t room>
class FixedBytes {
public:
    constexpr FixedBytes() = default;
    /// What does not fit is a bug of the caller, who knows the room.
    constexpr explicit FixedBytes(Bytes bytes) : size_{bytes.size()}
    {
        check(bytes.size() <= room);
        std::copy(bytes.begin(), bytes.end(), items_.begin());
    }

    [[nodiscard]] static constexpr std::size_t capacity() { return room; }
    [[nodiscard]] constexpr std::size_t size() const { return size_; }
    [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
    [[nodiscard]] constexpr Bytes view() const { return {items_.data(), size_}; }
    [[nodiscard]] std::string_view text() const { return text_of(view()); }

    /// All of the room, to be filled in place; `resize` then says how much of it counts.
    [[nodiscard]] constexpr std::span<std::byte> raw() { return items_; }
    constexpr void resize(std::size_t size)
    {
        check(size <= room);
        size_ = size;
    }

    constexpr bool operator==(const FixedBytes& other) const
    {
        return std::equal(view().begin(), view().end(), other.view().begin(), other.view().end());
    }

private:
    std::array<std::byte, room> items_{};
    std::size_t size_{0};
};

}  // namespace ks
