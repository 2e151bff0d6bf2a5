#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace ks::edge {

/// Who a console user is. The words are in users files and in the API: never renamed.
enum class ConsoleRole : std::uint8_t { resident, staff, manager, installer, auditor, admin };

/// What can be looked at. Nobody changes anything of a site over the console yet.
enum class View : std::uint8_t { site, alarms, sessions, curves, status };

/// The role matrix that demand S-49 asks for, in one place. Residents have no console: they
/// may see their own outlet only, and nothing here knows whose that is. A power curve shows when
/// somebody is at home (S-67), so it is for those who answer for safety.
[[nodiscard]] constexpr bool may(ConsoleRole role, View view)
{
    switch (role) {
        using enum ConsoleRole;
    case resident: return false;
    case staff: return view != View::curves && view != View::status;
    case manager:
    case installer:
    case auditor:
    case admin: return true;
    }
    return false;
}

static_assert(!may(ConsoleRole::resident, View::site));
static_assert(may(ConsoleRole::staff, View::sessions) && !may(ConsoleRole::staff, View::curves));

[[nodiscard]] constexpr std::string_view name_of(ConsoleRole role)
{
    switch (role) {
        using enum ConsoleRole;
    case resident: return "resident";
    case staff: return "staff";
    case manager: return "manager";
    case installer: return "installer";
    case auditor: return "auditor";
    case admin: return "admin";
    }
    return {};
}

[[nodiscard]] constexpr std::optional<ConsoleRole> role_from(std::string_view name)
{
    using enum ConsoleRole;
    for (const auto role : {resident, staff, manager, installer, auditor, admin})
        if (name_of(role) == name) return role;
    return std::nullopt;
}

static_assert(role_from("admin") == ConsoleRole::admin && !role_from("root"));

}  // namespace ks::edge
