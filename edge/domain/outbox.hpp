#pragma once

#include "edge/domain/alarm.hpp"
#include "firmware/base/result.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ks::edge {

/// The log's own number of a delivery.
using DeliveryId = std::uint64_t;

/// One message for one uplink. `key` names the fact, not the attempt: it is made of the record that
/// caused it, so a daemon that dies and takes the record in again sends the same key.
struct Delivery {
    DeliveryId id{};
    std::string key;
    std::string type;
    std::string data;  // JSON object
    UnixMillis created_at;
    AlarmId alarm{};
    std::uint32_t attempts{};
    /// When the bytes came in; only in the run that took them in.
    std::optional<Instant> heard;
    /// The post's own wall time of the fact, when good enough.
    std::optional<UnixMillis> happened_at;
};

/// What a receiver made of an attempt.
struct Attempt {
    enum class Kind : std::uint8_t {
        answered,    // `status` is HTTP's
        unanswered,  // no connection, no or half an answer, or too late
    };
    Kind kind{};
    std::uint16_t status{};
    std::optional<Millis> retry_after;
};

enum class DeliveryState : std::uint8_t { pending = 1, delivered = 2, dead = 3 };

/// A change to write down.
struct DeliveryChange {
    DeliveryId id{};
    DeliveryState state{};
    std::uint32_t attempts{};
    std::uint16_t status{};
    UnixMillis at;
};

}  // namespace ks::edge
