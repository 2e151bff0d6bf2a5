#pragma once

#include "edge/domain/batch.hpp"
#include "edge/store/sqlite.hpp"

namespace ks::edge {

/// Where the newest record of each matter lies that a page shows until the next one: inputs, bays,
/// relays, cuts and their curves. Without it a restart would have to read the whole log for them.
class NewestTable {
public:
    explicit NewestTable(Database& database) : database_{database} {}

    void apply(const Accepted& accepted);

private:
    Database& database_;
    Statement put_{database_, "INSERT OR REPLACE INTO newest VALUES (?1, ?2, ?3, ?4)"};
};

}  // namespace ks::edge
