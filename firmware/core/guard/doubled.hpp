#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <type_traits>

namespace ks::core {

/// A safety variable, kept twice, the second time inverted, and compared at every look (IEC 60730-1
/// Annex H, Class B, table H.1 5.1). A bit that flips in either copy makes it unknown, never wrong
/// (F-034).
template <class T>
requires std::is_trivially_copyable_v<T> &&(sizeof(T) <= 8) class Doubled {
public:
    constexpr Doubled() : Doubled{T{}} {}
    constexpr explicit Doubled(T value) { set(value); }

    constexpr void set(T value)
    {
        value_ = value;
        inverted_ = ~word_of(value);
    }
    /// Nothing when the copies disagree.
    [[nodiscard]] constexpr std::optional<T> get() const
    {
        if (word_of(value_) != ~inverted_) return std::nullopt;
        return value_;
    }
    [[nodiscard]] constexpr bool intact() const { return get().has_value(); }

private:
    // What a flipped bit makes of an enumerator is still a number, and is looked at as one.
    [[nodiscard]] static constexpr std::uint64_t word_of(T value)
    {
        return static_cast<std::uint64_t>(value);
    }

    T value_;
    std::uint64_t inverted_;
};

}  // namespace ks::core
