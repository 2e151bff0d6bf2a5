#pragma once

#include "tests/protocol/samples.hpp"

#include <initializer_list>
#include <string_view>

// One table per decoder: a good message in diagnostic notation with one field replaced, written by
// libcbor, and the reason it is refused for.
namespace ks::protocol {

struct Row {
    std::string_view field;
    std::string_view becomes;
    /// Nothing: still good, the boundary itself.
    std::optional<Refusal> reason;
};

inline constexpr auto good = std::nullopt;

[[nodiscard]] Row row(std::string_view field, std::string_view becomes,
                      std::optional<Refusal> reason);

/// `name` is one of `samples::examples`.
void check_rows(std::string_view name, std::initializer_list<Row> rows);

}  // namespace ks::protocol
