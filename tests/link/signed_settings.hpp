#pragma once

#include "firmware/core/recorder/recorder.hpp"

#include <vector>

namespace ks::test {

/// The limits of D2: those of two types of outlet and of the post, each outlet's type, and the two
/// gains of its meter.
inline constexpr unsigned settings_fields = 2 * 29 + 15 + 12 + 2 * 12;

/// As loose as anything can be made.
[[nodiscard]] protocol::Settings loosest_settings();

/// One limit by so many thousandths of its range towards more power; below zero is to the safe
/// side. An outlet's type changes to the other one, whatever that means, and so does a gain.
void shift(protocol::Settings& settings, unsigned field, int by);

/// Settings as both approvers signed them, and what somebody without their keys can do about it.
struct SignedSettings {
    protocol::Settings settings;
    protocol::Signature by_a;
    protocol::Signature by_b;
    protocol::Signature by_nobody;
};

/// Both approvers' keys and a stock of settings they have signed, some beyond what is compiled in:
/// signing is dear, and the same signatures serve every post.
struct Stock {
    core::Approvers approvers;
    std::vector<SignedSettings> by_version;  // version 1 at index 0

    [[nodiscard]] static Stock made(std::uint32_t seed, std::uint32_t versions);
};

/// Whether any limit of `one` protects less than that of `other`: written down here once more, so
/// that the firmware's own opinion has somebody to disagree with.
[[nodiscard]] bool looser(const protocol::Settings& one, const protocol::Settings& other);
/// What nobody's signature moves a limit to.
[[nodiscard]] bool beyond_the_compiled(const protocol::Settings& settings);

}  // namespace ks::test
