#pragma once

#include "firmware/protocol/cbor.hpp"
#include "firmware/protocol/settings.hpp"

namespace ks::protocol {

/// Settings as they stand alone and as they lie within a command: the same bytes, so that what was
/// approved is what was sent.
void put(CborWriter& out, const Settings& settings);
[[nodiscard]] Settings take_settings(CborReader& in);

}  // namespace ks::protocol
