#pragma once

#include "firmware/base/check.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace ks {

/// A vector whose room is part of its type. Elements are default-made once and assigned after.
/// Pushing past the room is a bug: whoever pushes something from outside asks `full()` first.
template <class T, std::size_t room>
class FixedVector {
public:
    [[nodiscard]] static constexpr std::size_t capacity() { return room; }
    [[nodiscard]] constexpr std::size_t size() const { return size_; }
    [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
    [[nodiscard]] constexpr bool full() const { return size_ == room; }

    [[nodiscard]] constexpr const T& operator[](std::size_t i) const
    {
        check(i < size_);
        return items_[i];
    }
    [[nodiscard]] constexpr T& operator[](std::size_t i)
    {
        check(i < size_);
        return items_[i];
    }
    [[nodiscard]] constexpr const T* begin() const { return items_.data(); }
    [[nodiscard]] constexpr const T* end() const { return items_.data() + size_; }
    [[nodiscard]] constexpr T* begin() { return items_.data(); }
    [[nodiscard]] constexpr T* end() { return items_.data() + size_; }
    [[nodiscard]] constexpr std::span<const T> view() const { return {items_.data(), size_}; }

    constexpr void push_back(const T& item)
    {
        check(!full());
        items_[size_++] = item;
    }
    /// Shifts what follows; meant for short lists.
    constexpr void erase_at(std::size_t i)
    {
        check(i < size_);
        for (; i + 1 < size_; ++i)
            items_[i] = items_[i + 1];
        --size_;
    }
    constexpr void clear() { size_ = 0; }

    constexpr bool operator==(const FixedVector& other) const
    {
        return std::equal(begin(), end(), other.begin(), other.end());
    }

private:
    std::array<T, room> items_{};
    std::size_t size_{0};
};

}  // namespace ks
