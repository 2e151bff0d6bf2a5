#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace ks::edge {

/// What stands for {name} in a text.
struct Part {
    std::string_view name;
    std::string value;
};

/// The text with every part in its place; the order of the parts tells which goes in first.
[[nodiscard]] std::string filled(std::string text, std::initializer_list<Part> parts);

}  // namespace ks::edge
