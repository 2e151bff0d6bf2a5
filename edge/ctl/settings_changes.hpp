#pragma once

#include "firmware/protocol/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ks::edge {

/// What a change means for whoever stands at the outlet. A gain has no safe direction, so it always
/// counts as loosening (D2).
enum class Effect { tightens, loosens };

/// One limit that two settings see differently.
struct SettingsChange {
    std::string where;  // «standard», «second», «post», «outlet 3», «meter 3»
    std::string what;   // the row's name; «type», «voltage», «current»
    std::string from;
    std::string to;
    Effect effect;
};

/// From `now` to `wanted`, in the order of the bytes. The limits of a type that no outlet is of, in
/// either, mean nothing and are left out.
[[nodiscard]] std::vector<SettingsChange> changes_between(const protocol::Settings& now,
                                                          const protocol::Settings& wanted);

/// As profile files call them.
[[nodiscard]] std::string_view name_of_type(std::size_t type);

}  // namespace ks::edge
