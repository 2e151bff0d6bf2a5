#include "sim/fleet/mishap_table.hpp"

#include <array>

namespace ks::sim {

namespace {

using enum MishapPlace;
using enum MishapParameter;
using Value = std::optional<double>;

Action with(PostFault fault) { return InjectPost{std::move(fault)}; }

Action broken(ProcessorFault fault) { return BreakProcessor{fault}; }

Action loop(Value input, LoopIs is)
{
    check(input.has_value() && *input >= 0.0 && *input < double{hal::post_input_count});
    return with(InputIs{static_cast<hal::PostInput>(*input), is});
}

Action residual(Value circuit, ResidualFault kind)
{
    return with(ResidualFaulty{static_cast<std::size_t>(circuit.value_or(1.0)) - 1, kind});
}

constexpr Amps other_posts = 40.0;   // our choice: a dozen posts in the evening
constexpr Volts sagging_rail = 9.0;  // our choice: three quarters of it

constexpr std::array rows{
    // The contactor.
    MishapRow{{"contactor_welded", post, none},
              [](Value) { return with(ContactorFaulty{ContactFault::welded}); }},
    MishapRow{{"contactor_stuck_open", post, none},
              [](Value) { return with(ContactorFaulty{ContactFault::stuck_open}); }},
    MishapRow{{"contactor_sound", post, none},
              [](Value) { return with(ContactorFaulty{ContactFault::none}); }},
    MishapRow{{"contactor_coil_shorted", post, none},
              [](Value) { return with(ContactorCoilFaulty{CoilFault::shorted}); }},
    MishapRow{{"contactor_coil_broken", post, none},
              [](Value) { return with(ContactorCoilFaulty{CoilFault::broken}); }},

    // The supplies.
    MishapRow{{"mains_off", post, none}, [](Value) { return Action{MainsAre{Supply::off}}; }},
    MishapRow{{"mains_on", post, none}, [](Value) { return Action{MainsAre{Supply::on}}; }},
    MishapRow{{"mains_volts", post, voltage}, [](Value v) { return with(MainsLevel{v}); }},
    MishapRow{{"brown_outs", post, none}, [](Value) { return with(BrownOuts{}); }},
    MishapRow{{"feeder_load", post, current},
              [](Value v) { return with(DrawnElsewhere{v.value_or(other_posts)}); }},
    MishapRow{{"rail_volts", post, voltage},
              [](Value v) { return with(RailSags{v.value_or(sagging_rail)}); }},
    MishapRow{{"rail_from_mains", post, none},
              [](Value) { return with(RailFedBy{RailFeed::mains}); }},
    MishapRow{{"rail_buffered", post, none},
              [](Value) { return with(RailFedBy{RailFeed::buffered}); }},
    MishapRow{{"power_cut", post, none}, [](Value) { return Action{PostPower{Supply::off}}; }},
    MishapRow{{"power_cut_mid_write", post, none}, [](Value) { return Action{TornPower{}}; }},
    MishapRow{{"power_up", post, none}, [](Value) { return Action{PostPower{Supply::on}}; }},

    // The link.
    MishapRow{{"link_jammed", post, none},
              [](Value) { return Action{AirIs{host::TcpLine::Air::jammed}}; }},
    MishapRow{{"link_clear", post, none},
              [](Value) { return Action{AirIs{host::TcpLine::Air::clear}}; }},

    // What is supervised.
    MishapRow{{"input_active", post, input}, [](Value v) { return loop(v, LoopIs::active); }},
    MishapRow{{"input_flapping", post, input}, [](Value v) { return loop(v, LoopIs::flapping); }},
    MishapRow{{"input_stuck", post, input}, [](Value v) { return loop(v, LoopIs::stuck); }},
    MishapRow{{"input_stuck_quiet", post, input},
              [](Value v) { return loop(v, LoopIs::stuck_quiet); }},
    MishapRow{{"input_wire_broken", post, input},
              [](Value v) { return loop(v, LoopIs::wire_broken); }},
    MishapRow{{"input_wire_shorted", post, input},
              [](Value v) { return loop(v, LoopIs::wire_shorted); }},
    MishapRow{{"input_absent", post, input}, [](Value v) { return loop(v, LoopIs::absent); }},
    MishapRow{{"input_sound", post, input}, [](Value v) { return loop(v, LoopIs::sound); }},
    MishapRow{{"smoke", post, none}, [](Value) { return with(SmokeComes{}); }},
    MishapRow{{"smoke_over", post, none}, [](Value) { return with(SmokeComes{0.0}); }},
    MishapRow{{"residual_failed", post, circuit},
              [](Value v) { return residual(v, ResidualFault::failed); }},
    MishapRow{{"residual_stuck", post, circuit},
              [](Value v) { return residual(v, ResidualFault::stuck); }},
    MishapRow{{"residual_sound", post, circuit},
              [](Value v) { return residual(v, ResidualFault::none); }},

    // The heat.
    MishapRow{{"cabinet_heated", post, power},
              [](Value v) { return with(CabinetHeated{v.value_or(CabinetHeated{}.watts)}); }},
    MishapRow{{"cabinet_sensor_open", post, none},
              [](Value) { return with(CabinetSensorFaulty{SensorFault::open}); }},
    MishapRow{{"cabinet_sensor_shorted", post, none},
              [](Value) { return with(CabinetSensorFaulty{SensorFault::shorted}); }},
    MishapRow{{"cabinet_sensor_frozen", post, none},
              [](Value) { return with(CabinetSensorFaulty{SensorFault::frozen}); }},
    MishapRow{{"hot_summer", post, none}, [](Value) { return with(ClimateIs{hot_summer}); }},
    MishapRow{{"hard_winter", post, none}, [](Value) { return with(ClimateIs{hard_winter}); }},
    MishapRow{{"mild_weather", post, none}, [](Value) { return with(ClimateIs{mild_climate}); }},

    // The processor.
    MishapRow{{"register_stuck", post, none},
              [](Value) { return broken(ProcessorFault::register_stuck); }},
    MishapRow{{"ram_stuck", post, none}, [](Value) { return broken(ProcessorFault::ram_stuck); }},
    MishapRow{{"image_damaged", post, none},
              [](Value) { return broken(ProcessorFault::image_damaged); }},
    MishapRow{{"clock_slow", post, none}, [](Value) { return broken(ProcessorFault::clock_slow); }},
    MishapRow{{"timer_lost", post, none}, [](Value) { return broken(ProcessorFault::timer_lost); }},
    MishapRow{{"rest_hangs", post, none}, [](Value) { return broken(ProcessorFault::rest_hangs); }},
    MishapRow{{"stack_overruns", post, none},
              [](Value) { return broken(ProcessorFault::stack_overruns); }},
    MishapRow{{"interrupt_storm", post, none},
              [](Value) { return broken(ProcessorFault::interrupt_storm); }},
    MishapRow{{"adc_stuck", post, none}, [](Value) { return broken(ProcessorFault::adc_stuck); }},
    MishapRow{{"reference_drifts", post, none},
              [](Value) { return broken(ProcessorFault::reference_drifts); }},
    MishapRow{{"outputs_altered", post, none},
              [](Value) { return broken(ProcessorFault::outputs_altered); }},
    MishapRow{{"noise_stuck", post, none},
              [](Value) { return broken(ProcessorFault::noise_stuck); }},
    MishapRow{{"check_fails", post, none},
              [](Value) { return broken(ProcessorFault::check_fails); }},

    MishapRow{{"clear_post", post, none}, [](Value) { return Action{ClearPostFaults{}}; }},
};

}  // namespace

std::span<const MishapRow> post_mishaps() { return rows; }

}  // namespace ks::sim
