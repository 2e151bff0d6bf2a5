#pragma once

#include "firmware/base/bytes.hpp"
#include "firmware/base/instant.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ks::edge {

/// The key behind a secret written `whsec_` and base64, 24 to 64 bytes (Standard Webhooks).
/// Nothing when the text is not one.
[[nodiscard]] std::optional<std::vector<std::byte>> webhook_key(std::string_view secret);

/// The `webhook-signature` header: `v1,` and the base64 of HMAC-SHA-256 over
/// `<id>.<seconds>.<body>`.
[[nodiscard]] std::string webhook_signature(Bytes key, std::string_view id, std::int64_t seconds,
                                            std::string_view body);

/// ISO 8601 in UTC with milliseconds.
[[nodiscard]] std::string iso_time(UnixMillis at);

}  // namespace ks::edge
