#pragma once

#include "edge/store/sqlite.hpp"

namespace ks::edge {

/// The version this program writes and reads.
inline constexpr std::int64_t schema_version = 2;

/// Brings the database to `schema_version`, each step in a transaction of its own, so that a kill
/// between two steps leaves a version that exists. Refuses a database from a newer program.
void migrate(Database& database);

/// Throws when a reader meets a version it does not know.
void require_version(Database& database);

}  // namespace ks::edge
