#include "sim/plant/surroundings.hpp"

#include "firmware/base/check.hpp"

namespace ks::sim {

namespace {

constexpr std::uint64_t sensor_stream = 1001;
constexpr std::uint64_t smoke_stream = 1002;
constexpr std::uint64_t loops_stream = 1100;

}  // namespace

Surroundings::Surroundings(Settings settings, std::uint8_t outlets, std::uint64_t seed)
    : settings_{settings},
      cabinet_{settings.cabinet},
      cabinet_sensor_{Random{seed, sensor_stream}},
      smoke_{Random{seed, smoke_stream}},
      rail_{settings.rail}
{
    check(settings.outlets_per_circuit >= 1 && outlets >= 1);
    circuits_.resize(circuit_of(outlets) + 1);
    check(circuits_.size() <= hal::circuits_most);
    for (std::size_t i = 0; i < hal::post_input_count; ++i)
        loops_.emplace_back(Random{seed, loops_stream + i});
}

hal::InputState Surroundings::input(hal::PostInput which) const
{
    const bool speaks = (which == hal::PostInput::smoke && smoke_.speaks()) ||
                        (which == hal::PostInput::group && group_ == hal::GroupLine::pulled);
    return loops_.at(static_cast<std::size_t>(which))
        .state(speaks ? AlarmLoop::Sensor::speaks : AlarmLoop::Sensor::silent);
}

hal::Residual Surroundings::residual(std::size_t circuit) const
{
    if (circuit >= circuits_.size()) return std::nullopt;
    return circuits_[circuit].read();
}

void Surroundings::advance(Instant now, Seconds lasts, const Course& course)
{
    cabinet_.advance(now, lasts, course.losses + heater_);
    smoke_.advance(lasts, course.smoke_per_second + smoke_comes_);
    rail_.advance(lasts, course.mains);
}

void Surroundings::next_cycle(Seconds lasts)
{
    cabinet_sensor_.next_cycle();
    smoke_.next_cycle();
    for (auto& loop : loops_)
        loop.next_cycle(lasts);
}

void Surroundings::set_input(hal::PostInput input, LoopIs is)
{
    loops_.at(static_cast<std::size_t>(input)).set(is);
}

void Surroundings::fail_residual(std::size_t circuit, ResidualFault fault)
{
    circuits_.at(circuit).fail(fault);
}

void Surroundings::clear_faults()
{
    for (auto& loop : loops_)
        if (loop.is() != LoopIs::absent) loop.set(LoopIs::sound);
    for (auto& circuit : circuits_)
        circuit.fail(ResidualFault::none);
    fail_cabinet_sensor(SensorFault::none);
    heat_cabinet(0.0);
    bring_smoke(0.0);
    set_rail(Rail::nominal);
}

}  // namespace ks::sim
