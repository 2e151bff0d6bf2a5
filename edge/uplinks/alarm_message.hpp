#pragma once

#include "edge/domain/fleet.hpp"
#include "edge/domain/outbox.hpp"

#include <string>

namespace ks::edge {

/// What a receiver is told of an alarm's raise or clear. The key is made of the site and the cause
/// alone, so that the same fact has the same key in every life of the daemon. The delivery's id is
/// left to the caller.
[[nodiscard]] Delivery message_of(const AlarmChange& change, std::string_view site,
                                  const Fleet& fleet);

/// The body of one attempt: type, time, whether the fact is in the log yet, and the data.
[[nodiscard]] std::string body_of(const Outbox::Due& due);

}  // namespace ks::edge
