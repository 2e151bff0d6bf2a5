#pragma once

#include "firmware/base/fixed_vector.hpp"
#include "firmware/base/instant.hpp"
#include "firmware/protocol/ids.hpp"
#include "firmware/protocol/settings.hpp"
#include "firmware/protocol/words.hpp"

#include <optional>
#include <variant>

namespace ks::protocol {

/// Close an outlet for one session. Both limits may only tighten the settings' caps.
struct StartOutlet {
    OutletNumber outlet;
    CardToken card;
    Millis time_limit;
    MilliwattHours energy_limit;
    constexpr bool operator==(const StartOutlet&) const = default;
};

/// Open an outlet, or all of them with `whole_post`.
struct StopOutlet {
    OutletNumber outlet;
    constexpr bool operator==(const StopOutlet&) const = default;
};

/// Clear a latched trip. It names the cause, so that nobody clears what he has not seen.
struct ClearTrip {
    OutletNumber outlet;
    TripCause cause;
    constexpr bool operator==(const ClearTrip&) const = default;
};

/// Blink and beep, to be found in the dark.
struct LocateOutlet {
    OutletNumber outlet;
    Millis duration;
    constexpr bool operator==(const LocateOutlet&) const = default;
};

using Signature = std::array<std::byte, 64>;

/// New settings. Tightening needs nothing but the envelope; raising any limit needs both approvers'
/// ECDSA P-256 signatures over the settings bytes, and every outlet idle (D2).
struct SetSettings {
    Settings settings;
    std::optional<Signature> approval_a;
    std::optional<Signature> approval_b;
    constexpr bool operator==(const SetSettings&) const = default;
};

/// The installer's test mode: closes for so long, with whatever is plugged in, and ends by itself.
struct TestOutlet {
    OutletNumber outlet;
    Millis duration;
    constexpr bool operator==(const TestOutlet&) const = default;
};

/// A card that the post may accept while it does not hear the edge.
struct OfflineCard {
    CardToken card;
    UnixMillis expires;
    /// Of one session.
    Millis time_limit;
    MilliwattHours energy_limit;
    constexpr bool operator==(const OfflineCard&) const = default;
};
inline constexpr std::size_t cards_per_part = 12;
inline constexpr std::size_t offline_cards_most = 96;
static_assert(offline_cards_most % cards_per_part == 0, "a full list comes in full parts");

/// A part of the offline list. Parts of one version come in order, from `first` 0; with the last
/// one the new list replaces the old one at once. An empty list forgets all cards.
struct SetCards {
    std::uint32_t version;
    /// The whole list is void afterwards.
    UnixMillis good_until;
    std::uint32_t first;
    std::uint32_t total;
    FixedVector<OfflineCard, cards_per_part> cards;
    bool operator==(const SetCards&) const = default;
};

/// Silences the sounder for so long. The alarm goes on, and a new one sounds again.
struct SilenceSounder {
    Millis duration;
    constexpr bool operator==(const SilenceSounder&) const = default;
};

using CommandBody = std::variant<StartOutlet, StopOutlet, ClearTrip, LocateOutlet, SetSettings,
                                 TestOutlet, SetCards, SilenceSounder>;

static_assert(std::variant_size_v<CommandBody> ==
              static_cast<std::size_t>(CommandAction::silence_sounder));

/// What arrives on `down/command` (S-22). The authentication code covers everything before it and
/// the post's id; only `stop` may come without one, and only energising actions need a nonce.
struct Command {
    PostId post;
    CommandId id;
    std::optional<Nonce> nonce;
    Role role;
    /// Who, as the edge's audit log knows him: first 8 bytes of a digest, never a name.
    std::array<std::byte, 8> issuer;
    UnixMillis issued;
    /// For how long after it was issued the command means anything.
    Millis good_for;
    CommandBody body;
    bool operator==(const Command&) const = default;
};

[[nodiscard]] constexpr CommandAction action_of(const CommandBody& body)
{
    return static_cast<CommandAction>(body.index() + 1);
}

/// The outlet that a command names; `whole_post` when its action is not one outlet's.
[[nodiscard]] constexpr OutletNumber outlet_of(const CommandBody& body)
{
    return std::visit(
        [](const auto& action) {
            if constexpr (requires { action.outlet; })
                return action.outlet;
            else
                return whole_post;
        },
        body);
}

/// Energising in the sense of S-23: whatever makes more power possible than before.
[[nodiscard]] constexpr bool energises(CommandAction action)
{
    return action == CommandAction::start || action == CommandAction::clear_trip ||
           action == CommandAction::set_settings || action == CommandAction::test_outlet ||
           action == CommandAction::set_cards;
}

static_assert(energises(CommandAction::start) && energises(CommandAction::test_outlet));
static_assert(!energises(CommandAction::stop) && !energises(CommandAction::silence_sounder),
              "what makes safe or quiet needs no nonce");

/// Longest encoded command: settings of two outlet types with two approvals. A test measures it.
inline constexpr std::size_t command_limit = 1'024;

}  // namespace ks::protocol
