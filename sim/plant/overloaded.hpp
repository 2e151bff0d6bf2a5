#pragma once

namespace ks::sim {

/// Lambdas as the cases of a `std::visit`.
template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace ks::sim
