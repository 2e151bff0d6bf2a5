#include "edge/ctl/settings_meter.hpp"

#include "edge/ctl/site_folder.hpp"
#include "edge/toml/measure.hpp"
#include "edge/toml/written.hpp"

#include <cmath>

namespace ks::edge {

namespace {

struct Range {
    double least;
    double most;
};

double number_in(const std::string& text, std::optional<double> (*from)(std::string_view),
                 Range range, const std::string& right)
{
    const auto number = from(text);
    if (number && *number >= range.least && *number <= range.most) return *number;
    throw SiteFault{'"' + text + "\": write " + right};
}

Gain gain_from(const MeterReadings& readings, double is, double shows)
{
    const auto gain = std::llround(readings.in_force.ten_thousandths * is / shows);
    if (gain < protocol::gain_least.ten_thousandths || gain > protocol::gain_most.ten_thousandths)
        throw SiteFault{readings.true_value + " read as " + readings.read_value +
                        " would take a gain of " + std::to_string(gain) + "; " +
                        std::to_string(protocol::gain_least.ten_thousandths) + " to " +
                        std::to_string(protocol::gain_most.ten_thousandths) +
                        " is what calibration may mend. The meter has a wrong part, or one of "
                        "the readings is wrong"};
    return Gain{static_cast<std::uint16_t>(gain)};
}

}  // namespace

Gain voltage_gain(const MeterReadings& readings)
{
    // Our choice: mains is somewhere between, and a reading elsewhere is of something else.
    constexpr Range mains{100.0, 300.0};
    const std::string right = "a mains voltage from 100 V to 300 V, as in \"231.4 V\"";
    return gain_from(readings, number_in(readings.true_value, volts_from, mains, right),
                     number_in(readings.read_value, volts_from, mains, right));
}

Gain current_gain(const MeterReadings& readings)
{
    // Our choice, five times where the chip's own error begins to grow (docs/sources.md, BL0942),
    // for it would be calibrated in; above 16 A no outlet may be.
    constexpr Range load{0.5, 16.0};
    const std::string right = "a current from 0.5 A to 16 A, as in \"4.02 A\"";
    return gain_from(readings, number_in(readings.true_value, amperes_from, load, right),
                     number_in(readings.read_value, amperes_from, load, right));
}

std::string toml_of(protocol::OutletNumber outlet, const protocol::MeterGains& gains)
{
    return "[[meter]]\noutlet = " + std::to_string(outlet) +
           "\nvoltage = " + std::to_string(gains.voltage.ten_thousandths) + "   # " +
           written(gains.voltage) + "\ncurrent = " + std::to_string(gains.current.ten_thousandths) +
           "   # " + written(gains.current) + '\n';
}

}  // namespace ks::edge
