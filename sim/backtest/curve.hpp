#pragma once

#include "firmware/protocol/settings.hpp"
#include "firmware/protocol/words.hpp"
#include "sim/plant/post.hpp"

#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace ks::sim {

/// What happens in a curve, at an outlet or (outlet 0) at the post.
struct StartSession {};
struct StopSession {};
struct PullPlug {};
/// The wires of the meters of this outlet and the next one are swapped.
struct MixMeters {};
using CurveDeed =
    std::variant<StartSession, StopSession, Bike, PullPlug, Fault, PostFault, Supply, MixMeters>;
struct CurveEvent {
    Millis at;
    std::uint8_t outlet;
    CurveDeed deed;
};

/// What an answer before the hazard is: something foreseen, or a mistake.
enum class Early : std::uint8_t { wrong, welcome };

/// What a curve's guard must do and must not do. The first cause of `must` is the one whose rule is
/// asked; any other of them is as good an answer to the same hazard.
struct Label {
    std::vector<protocol::TripCause> must{};
    /// No later than this after the hazard began.
    Millis within{0};
    /// What may come besides, without being called for or wrong.
    std::vector<protocol::TripCause> may{};
    Early early = Early::wrong;
    /// How the session must end; however it likes when empty. Where a cut is asked for, an end that
    /// takes the load away as well.
    std::vector<protocol::EndReason> ends{};
};

/// One charging curve, or one incident, with its label. Times count from when the post is ready.
struct Curve {
    std::string name;
    std::string family;
    /// Where its figures come from: a source of docs/sources.md, or the seeded model's own words.
    std::string source;
    std::uint64_t seed;
    std::uint8_t outlets = 1;
    PlantPost::Settings plant{};
    protocol::Settings settings = protocol::factory_settings;
    std::vector<CurveEvent> events;
    Millis lasts{0};
    /// When the hazard began; at the event of this index when there is no condition.
    std::function<bool(const PlantPost& plant)> hazard;
    std::size_t hazard_event = 0;
    Label label;
};

}  // namespace ks::sim
