#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <optional>

namespace ks {

/// The only thing that guard and rest share: one side pushes, the other pops, neither waits.
/// The guard runs in an interrupt and may come between any two instructions of the rest.
template <class T, std::size_t room>
class SpscRing {
    static_assert((room & (room - 1)) == 0, "indices run freely and are masked");

public:
    [[nodiscard]] static constexpr std::size_t capacity() { return room; }

    /// Writer's side.
    [[nodiscard]] bool full() const
    {
        return tail_.load(std::memory_order_relaxed) - head_.load(std::memory_order_acquire) ==
               room;
    }
    /// Writer's side. False when full; the writer keeps what it could not say and tries again.
    [[nodiscard]] bool push(const T& item)
    {
        if (full()) return false;
        const auto tail = tail_.load(std::memory_order_relaxed);
        items_[tail & (room - 1)] = item;
        tail_.store(tail + 1, std::memory_order_release);
        return true;
    }

    /// Reader's side.
    [[nodiscard]] std::optional<T> pop()
    {
        const auto head = head_.load(std::memory_order_relaxed);
        if (head == tail_.load(std::memory_order_acquire)) return std::nullopt;
        const T item = items_[head & (room - 1)];
        head_.store(head + 1, std::memory_order_release);
        return item;
    }

    [[nodiscard]] bool empty() const
    {
        return head_.load(std::memory_order_acquire) == tail_.load(std::memory_order_acquire);
    }

private:
    std::array<T, room> items_{};
    std::atomic<std::size_t> head_{0};
    std::atomic<std::size_t> tail_{0};
};

}  // namespace ks
