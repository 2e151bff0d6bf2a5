#pragma once

#include "firmware/base/fixed_vector.hpp"
#include "firmware/protocol/cause_set.hpp"
#include "firmware/protocol/command.hpp"

#include <array>
#include <optional>
#include <variant>

// What the rest asks of the guard. The guard may refuse, and answers every wish that has a ticket.
namespace ks::core {

/// Names a wish, so that its answer finds the command behind it.
using Ticket = std::uint32_t;

struct WishStart {
    Ticket ticket;
    protocol::OutletNumber outlet;
    protocol::SessionId session;
    protocol::StartMeans means;
    Millis time_limit;
    MilliwattHours energy_limit;
    /// A resumed session's load: another one ends it. Zero: whatever comes.
    Milliwatts expected{};
};

/// `whole_post` stops every outlet.
struct WishStop {
    Ticket ticket;
    protocol::OutletNumber outlet;
    protocol::EndReason reason;
};

struct WishClear {
    Ticket ticket;
    protocol::OutletNumber outlet;
    protocol::TripCause cause;
};

/// What may change limits: the rest has proved an approval, or there is none.
enum class Approval : std::uint8_t { none, both_approvers };

struct WishSettings {
    Ticket ticket;
    protocol::Settings settings;
    Approval approval;
};

/// The first wish after every boot: what was latched and in force before. Until it has come, the
/// guard starts nothing.
struct WishRestore {
    protocol::Settings settings;
    /// By outlet, from index 0 for outlet 1; `whole` for latched faults of the post itself.
    std::array<std::optional<protocol::TripCause>, protocol::outlet_limit> latched;
    protocol::CauseSet whole;
    /// Settings that could not be read are not commissioned ones: nothing starts before there are.
    enum class Memory : std::uint8_t { good, lost } memory;
};

/// May sessions start at all? Not while the alarm lane is full: what cannot be journalled must not
/// happen. Nor when the site wants none without its edge.
struct WishStarts {
    enum class Policy : std::uint8_t { allowed, refused, link_lost } policy;
};

/// The rest has found a fault that is not the guard's to see: a failed self-test, a detector on the
/// RS-485 bus. Latched for the whole post. What is `standing` cannot be cleared before it is
/// `gone`.
struct WishFault {
    enum class Lasts : std::uint8_t { not_known, standing, gone };
    protocol::TripCause cause;
    std::int64_t measured;
    Lasts lasts{Lasts::not_known};
};

using Wish =
    std::variant<WishStart, WishStop, WishClear, WishSettings, WishRestore, WishStarts, WishFault>;

}  // namespace ks::core
