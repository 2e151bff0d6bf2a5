#pragma once

#include "firmware/base/check.hpp"

#include <utility>
#include <variant>

namespace ks {

/// Why something was not done. Returned as `return Failure{Reason::late};`
template <class Reason>
struct Failure {
    Reason reason;
};

template <class Reason>
Failure(Reason) -> Failure<Reason>;

/// A value, or the reason why there is none. Ask before taking: taking the wrong one is a bug.
template <class T, class Reason>
class [[nodiscard]] Result {
public:
    constexpr Result(T value) : state_{std::in_place_index<0>, std::move(value)} {}
    constexpr Result(Failure<Reason> failure) : state_{std::in_place_index<1>, failure.reason} {}

    [[nodiscard]] constexpr bool ok() const { return state_.index() == 0; }
    constexpr explicit operator bool() const { return ok(); }

    [[nodiscard]] constexpr const T& value() const
    {
        check(ok());
        return *std::get_if<0>(&state_);
    }
    [[nodiscard]] constexpr T& value()
    {
        check(ok());
        return *std::get_if<0>(&state_);
    }
    [[nodiscard]] constexpr Reason reason() const
    {
        check(!ok());
        return *std::get_if<1>(&state_);
    }
    [[nodiscard]] constexpr T value_or(T other) const { return ok() ? value() : other; }

    constexpr const T& operator*() const { return value(); }
    constexpr T& operator*() { return value(); }
    constexpr const T* operator->() const { return &value(); }

private:
    std::variant<T, Reason> state_;
};

/// What a function returns that either works or says why not.
struct Done {
    constexpr bool operator==(const Done&) const = default;
};

}  // namespace ks
