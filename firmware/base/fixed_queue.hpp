#pragma once

#include "firmware/base/check.hpp"

#include <array>
#include <cstddef>

namespace ks {

/// First in, first out, with the room in its type; for one context. Between guard and rest stands
/// `SpscRing`.
template <class T, std::size_t room>
class FixedQueue {
public:
    [[nodiscard]] static constexpr std::size_t capacity() { return room; }
    [[nodiscard]] constexpr std::size_t size() const { return size_; }
    [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
    [[nodiscard]] constexpr bool full() const { return size_ == room; }

    [[nodiscard]] constexpr const T& front() const
    {
        check(!empty());
        return items_[first_];
    }
    /// The i-th from the front.
    [[nodiscard]] constexpr const T& operator[](std::size_t i) const
    {
        check(i < size_);
        return items_[(first_ + i) % room];
    }

    /// False when full: the caller decides what is lost, and says so.
    [[nodiscard]] constexpr bool push(const T& item)
    {
        if (full()) return false;
        items_[(first_ + size_) % room] = item;
        ++size_;
        return true;
    }
    constexpr void pop()
    {
        check(!empty());
        first_ = (first_ + 1) % room;
        --size_;
    }
    constexpr void clear() { first_ = size_ = 0; }

private:
    std::array<T, room> items_{};
    std::size_t first_{0};
    std::size_t size_{0};
};

}  // namespace ks
