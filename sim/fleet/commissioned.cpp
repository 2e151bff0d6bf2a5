#include "sim/fleet/commissioned.hpp"

#include "edge/toml/limit_rows.hpp"

namespace ks::sim {

protocol::Settings read_commissioned(ScenarioTable& table, const protocol::Settings& profile)
{
    auto settings = profile;
    edge::read_limits(table, settings.types[0]);
    // Read again for the second type, which the profile may have given other limits; a slip is told
    // once.
    if (!table.refused()) edge::read_limits(table, settings.types[1]);
    edge::read_limits(table, settings.post);
    table.finish();
    if (settings != profile) ++settings.version;
    check(within_bounds(settings));
    return settings;
}

}  // namespace ks::sim
