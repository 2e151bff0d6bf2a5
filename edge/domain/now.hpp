#pragma once

#include "firmware/base/instant.hpp"

namespace ks::edge {

/// Both clocks at one moment, handed to whatever decides: `mono` for decisions, `wall` for people.
struct Now {
    Instant mono;
    UnixMillis wall;
};

}  // namespace ks::edge
