#pragma once

#include "firmware/hal/sensing.hpp"
#include "firmware/protocol/ids.hpp"

#include <variant>

namespace ks::core {

/// Bays are numbered from 1, as painted on the ground.
using BayNumber = hal::Place;
inline constexpr std::size_t bay_limit = 16;
/// As many sensors as one bus has slaves.
inline constexpr std::size_t sensor_limit = 24;

/// Unknown is never free: nobody is sent to a bay, and no rule goes by, what no sensor vouches for.
enum class BayState : std::uint8_t { unknown, free, taken };

/// The reader's number of a bike's tag, or what stands for it; 0 is none.
using TagToken = std::uint64_t;

struct BayChanged {
    BayNumber bay;
    BayState from;
    BayState to;
    TagToken tag;
    protocol::OutletNumber outlet;  // 0 none
    protocol::CardToken card;       // 0 not known
    /// Of a bike that leaves: how long it stood there after its session was over.
    std::optional<Millis> stayed;
    constexpr bool operator==(const BayChanged&) const = default;
};

/// What staff should know about a place.
enum class BayMatter : std::uint8_t {
    not_charging,  // taken for long, and its outlet does not charge
    finished,      // the session is over, the bike still there
    overstay,      // and for long
    settled,       // one of the three is over, though the bike is still there
    bike_in_zone,
    zone_clear,
    barrier_open,
    barrier_closed,
    smoke,
    smoke_clear,
    heat,
    heat_clear,
    sensor_lost,    // silent: nobody watches that place
    sensor_faulty,  // nobody either, but it answers
    sensor_back,
};

struct BayEvent {
    BayMatter matter;
    hal::SensorKind kind;
    hal::Place place;
    protocol::OutletNumber outlet;  // 0 none
    protocol::CardToken card;       // 0 none
    TagToken tag;
    /// Since when it has been so; nothing when that was before this boot, or while nobody watched.
    std::optional<Instant> since;
    /// 0 the first time, then the number of the reminder.
    std::uint8_t reminder;
    constexpr bool operator==(const BayEvent&) const = default;
};

/// What the sounder, voice module or display is to say. The numbers are what the annunciator's
/// register is told; the higher is the more urgent.
enum class Message : std::uint8_t {
    silence = 0,
    not_charging = 1,
    overstay = 2,
    barrier_open = 3,
    bike_in_zone = 4,
    smoke = 5,
    heat = 6,
};

struct Announcement {
    Message message;
    hal::Place place;
    constexpr bool operator==(const Announcement&) const = default;
};

static_assert(BayState{} == BayState::unknown, "what nobody has set is unknown");
static_assert(Message::smoke > Message::bike_in_zone && Message::bike_in_zone > Message::overstay,
              "fire is more urgent than order, and a way out more than a bay");

using BayNews = std::variant<BayChanged, BayEvent>;

}  // namespace ks::core
