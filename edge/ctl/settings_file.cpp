#include "edge/ctl/settings_file.hpp"

#include "edge/ctl/settings_changes.hpp"
#include "edge/toml/profile.hpp"
#include "edge/toml/written.hpp"
#include "firmware/protocol/names.hpp"

namespace ks::edge {

namespace {

namespace fs = std::filesystem;
using protocol::Settings;

/// The head of an array of four, with which every record begins and no UTF-8 text does.
constexpr char record_head = '\x84';

std::vector<std::string> lines_of(const std::vector<TomlFault>& faults, const fs::path& file)
{
    std::vector<std::string> lines;
    for (const auto& fault : faults)
        lines.push_back(told(fault, file.string()));
    return lines;
}

SettingsLoading from_reading(const ProfileReading& reading, const fs::path& file)
{
    if (!reading.ok()) return {.file = {}, .faults = lines_of(reading.faults(), file)};
    return {.file =
                SettingsFile{
                    .kind = SettingsFile::Kind::profile,
                    .record = {.settings = reading.settings(), .approval_a = {}, .approval_b = {}}},
            .faults = {}};
}

template <class Owner>
void add_faults(const Owner& limits, std::string_view where, std::vector<std::string>& faults)
{
    protocol::each_limit_of<Owner>([&](const auto& row) {
        const auto value = limits.*row.field;
        if (value >= row.least && value <= row.most) return;
        faults.push_back(std::string{where} + "." + std::string{row.name} + " is " +
                         written(value) + "; " + written(row.least) + " to " + written(row.most) +
                         " is compiled in");
    });
}

SettingsLoading from_record(std::string_view content, const fs::path& file)
{
    const auto record = protocol::decode_settings_record(bytes_of(content));
    if (!record)
        return {.file = {},
                .faults = {file.string() + ": is no settings record that is whole (" +
                           std::string{protocol::name_of(record.reason())} + ")"}};
    SettingsLoading loading{
        .file = SettingsFile{.kind = SettingsFile::Kind::record, .record = *record}, .faults = {}};
    for (const auto& fault : faults_in(record->settings))
        loading.faults.push_back(file.string() + ": " + fault);
    if (!loading.faults.empty()) loading.file.reset();
    return loading;
}

}  // namespace

std::vector<std::string> faults_in(const Settings& settings)
{
    std::vector<std::string> faults;
    for (std::size_t type = 0; type < protocol::outlet_types; ++type)
        add_faults(settings.types[type], name_of_type(type), faults);
    add_faults(settings.post, "post", faults);
    for (std::size_t i = 0; i < settings.calibration.size(); ++i)
        if (!within_bounds(settings.calibration[i]))
            faults.push_back("meter " + std::to_string(i + 1) + " has gains of " +
                             written(settings.calibration[i].voltage) + " and " +
                             written(settings.calibration[i].current) + "; " +
                             written(protocol::gain_least) + " to " + written(protocol::gain_most) +
                             " is compiled in");
    return faults;
}

SettingsLoading load_settings(const fs::path& file)
{
    const auto content = read_file(file);
    if (!content.text) return {.file = {}, .faults = lines_of(content.faults, file)};
    if (content.text->starts_with(record_head)) return from_record(*content.text, file);
    return from_reading(read_profile(*content.text), file);
}

SettingsLoading with_meters(const SettingsFile& profile, const fs::path& meters)
{
    if (profile.kind == SettingsFile::Kind::record)
        return {.file = {},
                .faults = {meters.string() + ": a settings record has its meters in it; put them "
                                             "in when the record is made of a profile"}};
    return from_reading(read_meters_file(meters, profile.record.settings), meters);
}

}  // namespace ks::edge
