#pragma once

#include "firmware/base/quantity.hpp"
#include "firmware/protocol/words.hpp"

namespace ks::core {

/// Why a rule opens an outlet, in the words of the trip record: `measured` and `limit` are in the
/// unit that the cause names.
struct Cut {
    protocol::TripCause cause;
    std::int64_t measured;
    std::int64_t limit;
    Millis held_for;
};

}  // namespace ks::core
