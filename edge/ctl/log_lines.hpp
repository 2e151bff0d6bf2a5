#pragma once

#include "edge/ctl/chain_verifier.hpp"

#include <istream>
#include <ostream>
#include <string>

// An export of the log: one JSON object per line, records and gaps with all that the chain needs.
namespace ks::edge {

/// Throws `StoreError` when the log cannot be read.
void export_log(const std::string& database, std::ostream& out);

/// Both walk everything they find.
[[nodiscard]] ChainVerifier verify_database(const std::string& database);
/// Throws with the line's number when a line is not one of an export.
[[nodiscard]] ChainVerifier verify_export(std::istream& in);

}  // namespace ks::edge
