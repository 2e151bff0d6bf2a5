#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>

namespace ks::crypto {

/// Room for a value whose type a header must not name, because naming it would pull the library's
/// own headers into every layer above. Only plain values live here, so copying bytes copies them.
template <std::size_t room>
class Opaque {
public:
    template <class T>
    T& make()
    {
        static_assert(fits<T>(), "the room in the header is too small for the library's type");
        return *std::construct_at(reinterpret_cast<T*>(bytes_.data()));
    }
    template <class T>
    [[nodiscard]] T& as()
    {
        static_assert(fits<T>());
        return *std::launder(reinterpret_cast<T*>(bytes_.data()));
    }
    template <class T>
    [[nodiscard]] const T& as() const
    {
        static_assert(fits<T>());
        return *std::launder(reinterpret_cast<const T*>(bytes_.data()));
    }

private:
    template <class T>
    static constexpr bool fits()
    {
        return sizeof(T) <= room && alignof(T) <= alignof(Opaque) &&
               std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>;
    }

    alignas(8) std::array<std::byte, room> bytes_{};
};

}  // namespace ks::crypto
