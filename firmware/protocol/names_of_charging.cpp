#include "firmware/protocol/names.hpp"

namespace ks::protocol {

std::string_view name_of(OutletState word)
{
    switch (word) {
        using enum OutletState;
    case idle: return "idle";
    case closing: return "closing";
    case charging: return "charging";
    case opening: return "opening";
    case locked_out: return "locked_out";
    }
    return {};
}

std::string_view name_of(TripCause word)
{
    switch (word) {
        using enum TripCause;
    case hard_overcurrent: return "hard_overcurrent";
    case overload: return "overload";
    case contact_overheated: return "contact_overheated";
    case sensor_failed: return "sensor_failed";
    case meter_silent: return "meter_silent";
    case relay_welded: return "relay_welded";
    case contactor_welded: return "contactor_welded";
    case overpower: return "overpower";
    case overvoltage: return "overvoltage";
    case undervoltage: return "undervoltage";
    case contact_rising: return "contact_rising";
    case residual_current: return "residual_current";
    case no_taper: return "no_taper";
    case late_rise: return "late_rise";
    case arcing: return "arcing";
    case power_step: return "power_step";
    case no_current: return "no_current";
    case meter_frozen: return "meter_frozen";
    case meter_implausible: return "meter_implausible";
    case meters_mixed_up: return "meters_mixed_up";
    case calibration_lost: return "calibration_lost";
    case coil_mismatch: return "coil_mismatch";
    case load_shorted: return "load_shorted";
    case residual_failed: return "residual_failed";
    case smoke: return "smoke";
    case heat: return "heat";
    case water: return "water";
    case emergency: return "emergency";
    case extinguisher: return "extinguisher";
    case enclosure_opened: return "enclosure_opened";
    case tilted: return "tilted";
    case input_failed: return "input_failed";
    case group_cut: return "group_cut";
    case cabinet_overheated: return "cabinet_overheated";
    case supply_low: return "supply_low";
    case memory_fault: return "memory_fault";
    case self_test_failed: return "self_test_failed";
    }
    return {};
}

std::string_view name_of(Severity word)
{
    switch (word) {
        using enum Severity;
    case notice: return "notice";
    case warning: return "warning";
    case hazard: return "hazard";
    case fire: return "fire";
    }
    return {};
}

std::string_view name_of(EndReason word)
{
    switch (word) {
        using enum EndReason;
    case unplugged: return "unplugged";
    case full: return "full";
    case time_limit: return "time_limit";
    case time_cap: return "time_cap";
    case energy_limit: return "energy_limit";
    case stopped: return "stopped";
    case no_load: return "no_load";
    case tripped: return "tripped";
    case power_lost: return "power_lost";
    case contactor_opened: return "contactor_opened";
    case post_fault: return "post_fault";
    case too_little_power: return "too_little_power";
    case load_swapped: return "load_swapped";
    case shed: return "shed";
    case test_over: return "test_over";
    case card_stopped: return "card_stopped";
    }
    return {};
}

std::string_view name_of(StartMeans word)
{
    switch (word) {
        using enum StartMeans;
    case command: return "command";
    case card: return "card";
    case test: return "test";
    case queued: return "queued";
    case resumed: return "resumed";
    }
    return {};
}

std::string_view name_of(InputName word)
{
    switch (word) {
        using enum InputName;
    case smoke: return "smoke";
    case heat: return "heat";
    case water: return "water";
    case emergency: return "emergency";
    case extinguisher: return "extinguisher";
    case enclosure: return "enclosure";
    case tilt: return "tilt";
    case group: return "group";
    }
    return {};
}

std::string_view name_of(InputCondition word)
{
    switch (word) {
        using enum InputCondition;
    case quiet: return "quiet";
    case active: return "active";
    case fault: return "fault";
    case absent: return "absent";
    }
    return {};
}

std::string_view name_of(SelfTest word)
{
    switch (word) {
        using enum SelfTest;
    case registers: return "registers";
    case ram: return "ram";
    case flash: return "flash";
    case clock: return "clock";
    case flow: return "flow";
    case safety_variables: return "safety_variables";
    case adc_reference: return "adc_reference";
    case outputs: return "outputs";
    case interrupts: return "interrupts";
    case stack: return "stack";
    case random: return "random";
    }
    return {};
}

std::string_view name_of(BayState word)
{
    switch (word) {
        using enum BayState;
    case unknown: return "unknown";
    case free: return "free";
    case taken: return "taken";
    }
    return {};
}

std::string_view name_of(BayMatter word)
{
    switch (word) {
        using enum BayMatter;
    case not_charging: return "not_charging";
    case overstay: return "overstay";
    case forbidden: return "forbidden";
    case sensor_silent: return "sensor_silent";
    case sensor_back: return "sensor_back";
    case settled: return "settled";
    case finished: return "finished";
    case opened: return "opened";
    case fire: return "fire";
    case sensor_faulty: return "sensor_faulty";
    }
    return {};
}

std::string_view name_of(PlaceKind word)
{
    switch (word) {
        using enum PlaceKind;
    case bay: return "bay";
    case zone: return "zone";
    case barrier: return "barrier";
    case smoke_detector: return "smoke_detector";
    case heat_detector: return "heat_detector";
    case tag_reader: return "tag_reader";
    case annunciator: return "annunciator";
    }
    return {};
}

}  // namespace ks::protocol
