#include "edge/toml/profile.hpp"

#include "edge/toml/limit_rows.hpp"

namespace ks::edge {

namespace {

using Need = TomlTable::Need;
using protocol::Settings;

void read_name(TomlTable& table, Settings& settings)
{
    const auto text = table.text("name", Need::required);
    if (!text) return;
    const auto room = protocol::ProfileName::capacity();
    if (text->empty() || text->size() > room) {
        table.refuse("name", "must have 1 to " + std::to_string(room) + " letters");
        return;
    }
    settings.profile = protocol::ProfileName{bytes_of(*text)};
    if (!protocol::is_profile_name(settings.profile))
        table.refuse("name", "must be printable ASCII, so that every terminal and page shows it");
}

void read_second(TomlTable& table, Settings& settings)
{
    settings.types[1] = settings.types[0];
    auto second = table.table("second", Need::optional);
    if (!second) return;
    const auto outlets = second->wholes("outlets", Need::required, {1, protocol::outlet_limit});
    for (const auto outlet : outlets.value_or(std::vector<std::int64_t>{}))
        settings.type_of[static_cast<std::size_t>(outlet - 1)] = 1;
    read_limits(*second, settings.types[1]);
    second->finish();
}

void read_gain(TomlTable& meter, std::string_view key, Gain& gain)
{
    const auto number =
        meter.whole(key, Need::optional,
                    {protocol::gain_least.ten_thousandths, protocol::gain_most.ten_thousandths});
    if (number) gain.ten_thousandths = static_cast<std::uint16_t>(*number);
}

void read_meters(TomlTable& table, Settings& settings)
{
    std::array<bool, protocol::outlet_limit> seen{};
    for (auto& meter : table.tables("meter")) {
        const auto outlet = meter.whole("outlet", Need::required, {1, protocol::outlet_limit});
        protocol::MeterGains gains = protocol::factory_gains;
        read_gain(meter, "voltage", gains.voltage);
        read_gain(meter, "current", gains.current);
        meter.finish();
        if (!outlet) continue;
        const auto i = static_cast<std::size_t>(*outlet - 1);
        if (seen[i]) meter.refuse("outlet", "has a meter already, further up");
        seen[i] = true;
        settings.calibration[i] = gains;
    }
}

ProfileReading finished(TomlTable& table, FaultList& faults, const Settings& settings)
{
    table.finish();
    if (!faults.empty()) return ProfileReading{faults.take()};
    check(within_bounds(settings));
    return ProfileReading{settings};
}

}  // namespace

ProfileReading read_profile(std::string_view text)
{
    const auto parsed = parse_toml(text);
    if (!parsed.table) return ProfileReading{parsed.faults};
    FaultList faults;
    TomlTable table{*parsed.table, "", faults};
    auto settings = protocol::factory_settings;
    read_name(table, settings);
    // 0 is a post that was never commissioned.
    settings.version = static_cast<std::uint32_t>(
        table.whole("version", Need::required, {1, UINT32_MAX}).value_or(1));
    if (auto standard = table.table("standard", Need::optional)) {
        read_limits(*standard, settings.types[0]);
        standard->finish();
    }
    read_second(table, settings);
    if (auto post = table.table("post", Need::optional)) {
        read_limits(*post, settings.post);
        post->finish();
    }
    read_meters(table, settings);
    return finished(table, faults, settings);
}

ProfileReading read_profile_file(const std::filesystem::path& file)
{
    const auto content = read_file(file);
    return content.text ? read_profile(*content.text) : ProfileReading{content.faults};
}

ProfileReading read_meters_file(const std::filesystem::path& file, const Settings& settings)
{
    const auto content = read_file(file);
    if (!content.text) return ProfileReading{content.faults};
    const auto parsed = parse_toml(*content.text);
    if (!parsed.table) return ProfileReading{parsed.faults};
    FaultList faults;
    TomlTable table{*parsed.table, "", faults};
    if (settings.calibration != protocol::factory_calibration)
        faults.add(0, "meter", "the profile names meters itself; they belong into one of the two");
    auto with_meters = settings;
    read_meters(table, with_meters);
    return finished(table, faults, with_meters);
}

}  // namespace ks::edge
