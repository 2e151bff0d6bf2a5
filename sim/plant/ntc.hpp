#pragma once

#include "firmware/hal/sample.hpp"
#include "sim/plant/random.hpp"
#include "sim/plant/si.hpp"

namespace ks::sim {

enum class SensorFault : std::uint8_t { none, open, shorted, frozen };

/// A 10 kΩ NTC of B 3950 [R], as the board's divider meets it.
[[nodiscard]] Ohms ntc_ohms(Celsius temperature);

/// A temperature sensor with the noise of its converter: ± 0.2 K, our choice, two steps of twelve
/// bits around 25 °C.
class NtcSensor {
public:
    static constexpr double noise = 0.2;

    explicit NtcSensor(Random random) : random_{random} {}

    [[nodiscard]] SensorFault fault() const { return fault_; }
    /// What the board makes of the sensor: tenths of a degree, or nothing when it is open or
    /// shorted.
    [[nodiscard]] hal::Temperature read(Celsius truth) const;

    /// `truth` is where a sensor that freezes stays.
    void fail(SensorFault fault, Celsius truth)
    {
        fault_ = fault;
        frozen_at_ = truth;
    }
    void next_cycle() { wander_ = random_.between(-noise, noise); }

private:
    Random random_;
    double wander_{0.0};
    SensorFault fault_{SensorFault::none};
    Celsius frozen_at_{0.0};
};

}  // namespace ks::sim
