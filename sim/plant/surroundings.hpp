#pragma once

#include "sim/plant/post_fault.hpp"
#include "sim/plant/smoke.hpp"

#include <array>
#include <vector>

namespace ks::sim {

/// What a post has around its outlets: the cabinet and its weather, the supervised inputs, the
/// smoke at its detector, the residual-current monitors and its own supply.
class Surroundings {
public:
    struct Settings {
        Cabinet::Settings cabinet{};
        Rail::Settings rail{};
        /// Outlets behind one residual-current device, counted from outlet 1; at most ten, says a
        /// fire guideline (docs/sources.md, Standards).
        std::uint8_t outlets_per_circuit = 5;
    };
    /// What the post itself does to them during a piece of time.
    struct Course {
        Watts losses;
        Volts mains;
        double smoke_per_second;
    };

    Surroundings(Settings settings, std::uint8_t outlets, std::uint64_t seed);

    [[nodiscard]] Celsius air(Instant now) const { return cabinet_.climate().air(now); }
    [[nodiscard]] const Cabinet& cabinet() const { return cabinet_; }
    [[nodiscard]] const SmokeDetector& smoke() const { return smoke_; }
    [[nodiscard]] const Rail& rail() const { return rail_; }
    [[nodiscard]] std::size_t circuits() const { return circuits_.size(); }
    [[nodiscard]] std::uint8_t outlets_per_circuit() const { return settings_.outlets_per_circuit; }
    [[nodiscard]] std::size_t circuit_of(std::uint8_t outlet) const
    {
        return (outlet - 1U) / settings_.outlets_per_circuit;
    }
    [[nodiscard]] hal::InputState input(hal::PostInput which) const;
    /// Nothing also for a circuit that does not exist.
    [[nodiscard]] hal::Residual residual(std::size_t circuit) const;
    [[nodiscard]] hal::Temperature cabinet_temperature() const
    {
        return cabinet_sensor_.read(cabinet_.temperature());
    }

    void see_leak(std::size_t circuit, Amps amps) { circuits_.at(circuit).see(amps); }
    void advance(Instant now, Seconds lasts, const Course& course);
    void next_cycle(Seconds lasts);

    void set_input(hal::PostInput input, LoopIs is);
    void fail_residual(std::size_t circuit, ResidualFault fault);
    void fail_cabinet_sensor(SensorFault fault)
    {
        cabinet_sensor_.fail(fault, cabinet_.temperature());
    }
    void heat_cabinet(Watts watts) { heater_ = watts; }
    void bring_smoke(double per_second) { smoke_comes_ = per_second; }
    /// What the other posts of its group do to the line they share.
    void set_group(hal::GroupLine others) { group_ = others; }
    void set_climate(const Climate& climate) { cabinet_.set_climate(climate); }
    void set_rail(Volts volts) { rail_.set_level(volts); }
    void feed_rail(RailFeed feed) { rail_.set_feed(feed); }
    /// All of it as it should be, but for the weather and for what was never fitted.
    void clear_faults();

private:
    Settings settings_;
    Cabinet cabinet_;
    NtcSensor cabinet_sensor_;
    SmokeDetector smoke_;
    Rail rail_;
    std::vector<AlarmLoop> loops_;
    std::vector<ResidualMonitor> circuits_;
    Watts heater_{0.0};
    double smoke_comes_{0.0};
    hal::GroupLine group_{hal::GroupLine::released};
};

}  // namespace ks::sim
