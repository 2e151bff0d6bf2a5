#include "edge/ctl/settings_meter.hpp"
#include "edge/ctl/settings_verbs.hpp"
#include "edge/ctl/site_folder.hpp"

#include <boost/json.hpp>

#include <memory>
#include <ostream>

namespace ks::edge {
namespace {

namespace json = boost::json;

struct CalibrateOptions {
    int outlet{0};
    std::string true_voltage;
    std::string read_voltage;
    std::string true_current;
    std::string read_current;
    std::uint16_t voltage_gain{unity_gain.ten_thousandths};
    std::uint16_t current_gain{unity_gain.ten_thousandths};
    bool as_json{false};
};

void calibrate(const CalibrateOptions& options, Terminal& terminal)
{
    protocol::MeterGains gains{.voltage = Gain{options.voltage_gain},
                               .current = Gain{options.current_gain}};
    if (options.true_voltage.empty() && options.true_current.empty())
        throw SiteFault{"nothing to calibrate by: give --true-voltage with --read-voltage, "
                        "--true-current with --read-current, or all four"};
    if (!options.true_voltage.empty())
        gains.voltage = voltage_gain({.true_value = options.true_voltage,
                                      .read_value = options.read_voltage,
                                      .in_force = gains.voltage});
    if (!options.true_current.empty())
        gains.current = current_gain({.true_value = options.true_current,
                                      .read_value = options.read_current,
                                      .in_force = gains.current});
    if (options.as_json) {
        const json::object line{{"outlet", options.outlet},
                                {"voltage", gains.voltage.ten_thousandths},
                                {"current", gains.current.ten_thousandths}};
        terminal.out << json::serialize(line) << '\n';
        return;
    }
    terminal.out << toml_of(static_cast<protocol::OutletNumber>(options.outlet), gains);
}

}  // namespace

void add_settings_calibrate(CLI::App& settings, Terminal& terminal)
{
    auto* verb = settings.add_subcommand(
        "calibrate", "The gains that make an outlet's meter right, for a profile or --meters");
    const auto options = std::make_shared<CalibrateOptions>();
    verb->add_option("--outlet", options->outlet, "The outlet, as printed on the post")
        ->required()
        ->check(CLI::Range(1, static_cast<int>(protocol::outlet_limit)));
    auto* true_voltage = verb->add_option("--true-voltage", options->true_voltage,
                                          "What a reference meter shows, as in \"231.4 V\"");
    auto* read_voltage = verb->add_option("--read-voltage", options->read_voltage,
                                          "What the console shows at the same moment");
    auto* true_current = verb->add_option("--true-current", options->true_current,
                                          "What a reference meter shows, as in \"4.02 A\"");
    auto* read_current = verb->add_option("--read-current", options->read_current,
                                          "What the console shows at the same moment");
    true_voltage->needs(read_voltage);
    read_voltage->needs(true_voltage);
    true_current->needs(read_current);
    read_current->needs(true_current);
    const CLI::Range gain{protocol::gain_least.ten_thousandths,
                          protocol::gain_most.ten_thousandths};
    verb->add_option("--voltage-gain", options->voltage_gain,
                     "The gain in force while it was read (10000)")
        ->check(gain);
    verb->add_option("--current-gain", options->current_gain,
                     "The gain in force while it was read (10000)")
        ->check(gain);
    verb->add_flag("--json", options->as_json, "Says it as one line of JSON");
    verb->callback([options, &terminal] { calibrate(*options, terminal); });
}

}  // namespace ks::edge
