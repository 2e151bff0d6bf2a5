#pragma once

#include "firmware/core/bays/bay_words.hpp"
#include "firmware/crypto/ecdsa.hpp"
#include "firmware/protocol/record.hpp"

namespace ks::app {

/// What leaves the post instead of a tag's own number (firmware/protocol/SPEC.md): the same for the
/// same tag at the same post, and no use to anybody without the post's key. 0 stays 0.
[[nodiscard]] protocol::TagToken token_of(core::TagToken tag, const crypto::PrivateKey& key);

[[nodiscard]] protocol::BayChanged record_of(const core::BayChanged& changed,
                                             const crypto::PrivateKey& key);
/// `now`: until when it has lasted.
[[nodiscard]] protocol::BayNoticed record_of(const core::BayEvent& event, Instant now);

}  // namespace ks::app
