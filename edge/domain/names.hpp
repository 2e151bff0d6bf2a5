#pragma once

#include "edge/domain/alarm.hpp"
#include "edge/domain/batch.hpp"

#include <string_view>

namespace ks::edge {

// The edge's own words as uplinks and exports write them. Released words stay: receivers compare
// them.
[[nodiscard]] std::string_view name_of(AlarmKind word);
[[nodiscard]] std::string_view name_of(Condition word);
[[nodiscard]] std::string_view name_of(Attention word);
[[nodiscard]] std::string_view name_of(AlarmStep word);
[[nodiscard]] std::string_view name_of(Standing word);
[[nodiscard]] std::string_view name_of(GapOrigin word);
[[nodiscard]] std::string_view name_of(CommandStage word);

/// What `measured` and `limit` of an alarm are counted in; empty when they mean nothing.
[[nodiscard]] std::string_view unit_of(AlarmKind word);
[[nodiscard]] std::string_view unit_of(protocol::TripCause word);

}  // namespace ks::edge
