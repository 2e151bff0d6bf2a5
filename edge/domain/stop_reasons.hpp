#pragma once

#include "firmware/protocol/words.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

// Why charging ended, in our words and in those of whoever must be told. The numbers and names are
// theirs (docs/sources.md, Stop reasons); which of them is nearest to ours is our choice. Where one
// has no word for it, the field is empty: no number is made up.
namespace ks::edge {

/// A cut is told by its cause, every other end by its reason.
using OwnReason = std::variant<protocol::EndReason, protocol::TripCause>;

struct StopReason {
    OwnReason ours;
    /// AP3000 protocol V8.6, section 3.3.
    std::optional<std::uint8_t> ap3000;
    /// `stopReason` of China Tower's push interface for two-wheelers, 0 to 24.
    std::optional<std::uint8_t> china_tower;
    /// `Reason` of OCPP 1.6.
    std::string_view ocpp16;
    /// `ReasonEnumType` of OCPP 2.0.1.
    std::string_view ocpp201;
    /// ChargeX minimum required error code; empty where none fits.
    std::string_view mrec;
};

namespace stop {

using enum protocol::EndReason;
using Cut = protocol::TripCause;
inline constexpr auto none = std::nullopt;

// China Tower's numbers that stand for many of ours.
inline constexpr std::uint8_t by_plan = 0;
inline constexpr std::uint8_t post_broken = 6;
inline constexpr std::uint8_t bike_broken = 7;
inline constexpr std::uint8_t other = 8;

/// AP3000's word for whatever a fire system does.
inline constexpr std::uint8_t fire_system = 0x18;

}  // namespace stop

/// One row for each end reason and each cause of a cut.
inline constexpr std::array stop_reasons{
    StopReason{stop::unplugged, 5, 4, "EVDisconnected", "EVDisconnected", ""},
    StopReason{stop::full, 1, 9, "Other", "StoppedByEV", ""},
    StopReason{stop::time_limit, 3, stop::by_plan, "Other", "TimeLimitReached", ""},
    StopReason{stop::time_cap, 2, 24, "Other", "TimeLimitReached", ""},
    StopReason{stop::energy_limit, 4, stop::by_plan, "Other", "EnergyLimitReached", ""},
    StopReason{stop::stopped, 7, 3, "Remote", "Remote", ""},
    StopReason{stop::no_load, 0x0E, stop::other, "Other", "Timeout", ""},
    // Only where the cause is not known: a cut is told by its cause.
    StopReason{stop::tripped, stop::none, stop::other, "Other", "Other", ""},
    StopReason{stop::power_lost, stop::none, 5, "PowerLoss", "PowerLoss", "CX015"},
    StopReason{stop::contactor_opened, stop::none, stop::post_broken, "Other", "Other", "CX017"},
    StopReason{stop::post_fault, stop::none, stop::post_broken, "Reboot", "Reboot", ""},
    StopReason{stop::too_little_power, 9, stop::other, "Other", "Other", ""},
    StopReason{stop::load_swapped, 5, 4, "EVDisconnected", "EVDisconnected", ""},
    StopReason{stop::shed, stop::none, 14, "Other", "Other", ""},
    StopReason{stop::test_over, stop::none, stop::by_plan, "Local", "Local", ""},
    StopReason{stop::card_stopped, 0x16, 1, "Local", "Local", ""},

    StopReason{stop::Cut::hard_overcurrent, 0x0C, 11, "Other", "OvercurrentFault", "CX004"},
    StopReason{stop::Cut::overload, 6, 11, "Other", "OvercurrentFault", "CX004"},
    StopReason{stop::Cut::contact_overheated, 0x0B, 17, "Other", "Other", "CX019"},
    StopReason{stop::Cut::sensor_failed, stop::none, stop::post_broken, "Other", "Other", ""},
    StopReason{stop::Cut::meter_silent, stop::none, stop::post_broken, "Other", "Other", ""},
    StopReason{stop::Cut::relay_welded, stop::none, stop::post_broken, "Other", "Other", "CX017"},
    StopReason{stop::Cut::contactor_welded, stop::none, stop::post_broken, "Other", "Other",
               "CX017"},
    StopReason{stop::Cut::overpower, 6, 11, "Other", "Other", ""},
    StopReason{stop::Cut::overvoltage, 0x1A, 12, "Other", "PowerQuality", "CX005"},
    StopReason{stop::Cut::undervoltage, 0x1B, 13, "Other", "PowerQuality", "CX006"},
    StopReason{stop::Cut::contact_rising, 0x0B, 17, "Other", "Other", "CX019"},
    StopReason{stop::Cut::residual_current, stop::none, 16, "Other", "GroundFault", "CX002"},
    StopReason{stop::Cut::no_taper, stop::none, stop::bike_broken, "Other", "Other", ""},
    StopReason{stop::Cut::late_rise, stop::none, stop::bike_broken, "Other", "Other", ""},
    StopReason{stop::Cut::arcing, stop::none, 23, "Other", "Other", ""},
    StopReason{stop::Cut::power_step, 8, 23, "Other", "Other", ""},
    StopReason{stop::Cut::no_current, 0x0E, stop::post_broken, "Other", "Other", "CX017"},
    StopReason{stop::Cut::meter_frozen, stop::none, stop::post_broken, "Other", "Other", ""},
    StopReason{stop::Cut::meter_implausible, stop::none, stop::post_broken, "Other", "Other", ""},
    StopReason{stop::Cut::meters_mixed_up, stop::none, stop::post_broken, "Other", "Other", ""},
    StopReason{stop::Cut::calibration_lost, stop::none, stop::post_broken, "Other", "Other", ""},
    StopReason{stop::Cut::coil_mismatch, stop::none, stop::post_broken, "Other", "Other", "CX017"},
    StopReason{stop::Cut::load_shorted, stop::none, stop::bike_broken, "Other", "Other", ""},
    StopReason{stop::Cut::residual_failed, stop::none, stop::post_broken, "Other", "Other", ""},
    StopReason{stop::Cut::smoke, stop::fire_system, stop::other, "Other", "Other", ""},
    StopReason{stop::Cut::heat, stop::fire_system, stop::other, "Other", "Other", ""},
    StopReason{stop::Cut::water, 0x10, stop::other, "Other", "Other", ""},
    StopReason{stop::Cut::emergency, stop::none, stop::other, "EmergencyStop", "EmergencyStop",
               "CX008"},
    StopReason{stop::Cut::extinguisher, stop::fire_system, stop::other, "Other", "Other", ""},
    // Both papers speak of the door of a charging cabinet.
    StopReason{stop::Cut::enclosure_opened, 0x14, 18, "Other", "Other", ""},
    StopReason{stop::Cut::tilted, stop::none, stop::other, "Other", "Other", ""},
    StopReason{stop::Cut::input_failed, stop::none, stop::post_broken, "Other", "Other", ""},
    StopReason{stop::Cut::group_cut, stop::fire_system, stop::other, "Other", "Other", ""},
    StopReason{stop::Cut::cabinet_overheated, 0x0A, 17, "Other", "Other", ""},
    StopReason{stop::Cut::supply_low, stop::none, stop::post_broken, "Other", "Other", ""},
    StopReason{stop::Cut::memory_fault, stop::none, stop::post_broken, "Other", "Other", ""},
    StopReason{stop::Cut::self_test_failed, stop::none, stop::post_broken, "Other", "Other", ""},
};

/// The row of a reason; nothing for a number that we do not know.
[[nodiscard]] constexpr std::optional<StopReason> stop_reason(const OwnReason& ours)
{
    for (const auto& row : stop_reasons)
        if (row.ours == ours) return row;
    return std::nullopt;
}

static_assert(stop_reason(protocol::EndReason::full)->china_tower == 9);
static_assert(stop_reason(protocol::TripCause::water)->ap3000 == 0x10);
static_assert(!stop_reason(static_cast<protocol::EndReason>(0)));

/// Where the catalogue (config/text/words.toml) has the text of a reason and what to do about it:
/// sections whose keys are the reasons' names.
struct TextSections {
    std::string_view text;
    std::string_view advice;
};

[[nodiscard]] constexpr TextSections sections_of(const OwnReason& ours)
{
    const bool cut = std::holds_alternative<protocol::TripCause>(ours);
    return cut ? TextSections{.text = "cause", .advice = "advice"}
               : TextSections{.text = "end_reason", .advice = "end_advice"};
}

static_assert(sections_of(protocol::TripCause::smoke).advice == "advice");

/// The reason's own name, the key in both sections.
[[nodiscard]] std::string_view name_of(const OwnReason& ours);

}  // namespace ks::edge
