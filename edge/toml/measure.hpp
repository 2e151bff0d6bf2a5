#pragma once

#include "firmware/base/quantity.hpp"

#include <optional>
#include <string_view>

namespace ks::edge {

/// Numbers with their unit as people write them: «12s», «2.5Wh», «40%». Nothing for anything else,
/// also for a number without its unit. A blank may stand between the two.
[[nodiscard]] std::optional<Millis> duration_from(std::string_view text);    // ms, s, min, h
[[nodiscard]] std::optional<double> watt_hours_from(std::string_view text);  // Wh, kWh
[[nodiscard]] std::optional<double> share_from(std::string_view text);       // %; 0 … 1
[[nodiscard]] std::optional<double> amperes_from(std::string_view text);     // mA, A
[[nodiscard]] std::optional<double> volts_from(std::string_view text);       // V
[[nodiscard]] std::optional<double> watts_from(std::string_view text);       // W, kW
[[nodiscard]] std::optional<double> celsius_from(std::string_view text);     // °C, C
/// «0x» and 1 to 16 hexadecimal digits.
[[nodiscard]] std::optional<std::uint64_t> token_from(std::string_view text);

}  // namespace ks::edge
