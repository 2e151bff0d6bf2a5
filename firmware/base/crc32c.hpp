#pragma once

#include "firmware/base/bytes.hpp"

namespace ks {

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4), reflected, for bytes at rest. `so_far` continues
/// an earlier run.
[[nodiscard]] std::uint32_t crc32c(Bytes bytes);
[[nodiscard]] std::uint32_t crc32c(Bytes bytes, std::uint32_t so_far);

}  // namespace ks
