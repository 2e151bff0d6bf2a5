#pragma once

#include <cstdint>

// The words of the contract. The numbers are on the wire and in every log ever written: append,
// never renumber, never reuse.
namespace ks::protocol {

enum class OutletState : std::uint8_t {
    idle = 0,
    closing = 1,  // told to close, current not yet judged
    charging = 2,
    opening = 3,     // told to open, current not yet gone
    locked_out = 4,  // a trip is latched
};

/// What a protection cut for. The order within an outlet's rules is fixed: the first cut is named.
enum class TripCause : std::uint8_t {
    hard_overcurrent = 1,    // measured and limit in mA
    overload = 2,            // inverse time; mA
    contact_overheated = 3,  // 0.1 degrees C
    sensor_failed = 4,       // contact temperature sensor open or shorted
    meter_silent = 5,        // ms without a good reading
    relay_welded = 6,        // conducts while told open; mA
    contactor_welded = 7,    // conducts with the contactor told open; mA
    overpower = 8,           // above the tier of the outlet's type; mW
    overvoltage = 9,         // mV
    undervoltage = 10,       // mV
    contact_rising = 11,     // 0.1 degrees C within a minute
    residual_current = 12,   // of the outlet's circuit; mA
    no_taper = 13,           // power that should have fallen long ago; mW
    late_rise = 14,          // above the least behind the knee; mW
    arcing = 15,             // dropouts or jumps of power within a minute
    power_step = 16,         // above the highest of a known profile; mW
    no_current = 17,         // closings in a row that carried nothing: relay, fuse or contact open
    meter_frozen = 18,       // ms without the least change
    meter_implausible = 19,  // mW, and the most that voltage and current allow
    meters_mixed_up = 20,    // mA seen where another outlet was closed
    calibration_lost = 21,   // the meter is not set up as it was told
    coil_mismatch = 22,      // the coil's driver does not do as it is told
    load_shorted = 23,       // the check before a session found a short; mA
    residual_failed = 24,    // a residual-current monitor failed its own test; circuit
    smoke = 25,
    heat = 26,
    water = 27,
    emergency = 28,
    extinguisher = 29,
    enclosure_opened = 30,
    tilted = 31,
    input_failed = 32,        // a monitored input's loop is broken or shorted; input
    group_cut = 33,           // a post of the same group cut for fire
    cabinet_overheated = 34,  // 0.1 degrees C
    supply_low = 35,          // the post's own rail; mV
    memory_fault = 36,        // a doubled safety variable disagreed with itself
    self_test_failed = 37,    // which test
};

/// How grave a trip is: what a person must do about it, and how soon.
enum class Severity : std::uint8_t {
    notice = 1,   // the outlet looks after itself
    warning = 2,  // somebody should look within days
    hazard = 3,   // somebody must look today
    fire = 4,     // go there now
};

/// What begins a session.
enum class StartMeans : std::uint8_t {
    command = 1,  // from the edge
    card = 2,     // a card of the offline list
    test = 3,     // the installer's test mode
    queued = 4,   // a start that waited for its turn in the budget
    resumed = 5,  // after a pure loss of mains
};

/// The post's monitored inputs, in the order of hal::PostInput.
enum class InputName : std::uint8_t {
    smoke = 0,
    heat = 1,
    water = 2,
    emergency = 3,
    extinguisher = 4,
    enclosure = 5,
    tilt = 6,
    group = 7,
};

enum class InputCondition : std::uint8_t { quiet = 0, active = 1, fault = 2, absent = 3 };

/// The self-tests, after IEC 60730-1 Annex H, Class B.
enum class SelfTest : std::uint8_t {
    registers = 1,
    ram = 2,
    flash = 3,
    clock = 4,
    flow = 5,
    safety_variables = 6,
    adc_reference = 7,
    outputs = 8,
    interrupts = 9,
    stack = 10,
    random = 11,
};

enum class BayState : std::uint8_t { unknown = 0, free = 1, taken = 2 };

/// What stands around a post. Each kind counts its places from 1.
enum class PlaceKind : std::uint8_t {
    bay = 1,
    zone = 2,  // where no bike may be
    barrier = 3,
    smoke_detector = 4,
    heat_detector = 5,
    tag_reader = 6,   // of the bay of that number
    annunciator = 7,  // of the post itself: its number is 0
};

enum class BayMatter : std::uint8_t {
    not_charging = 1,  // taken for long, and its outlet idle
    overstay = 2,      // taken for long after its session ended
    forbidden = 3,     // a bike where none must be
    sensor_silent = 4,
    sensor_back = 5,
    settled = 6,         // what was told before is over
    finished = 7,        // its session has ended, and the bike is still there
    opened = 8,          // a barrier is open or was taken away
    fire = 9,            // a detector finds smoke or heat; the cut is a record of its own
    sensor_faulty = 10,  // it answers, and owns up to a fault
};

/// Why a session ended.
enum class EndReason : std::uint8_t {
    unplugged = 1,
    full = 2,
    time_limit = 3,  // what the session was granted
    time_cap = 4,    // the absolute cap, which nobody can extend
    energy_limit = 5,
    stopped = 6,  // by command
    no_load = 7,  // nothing drew power after the start
    tripped = 8,
    power_lost = 9,         // and where the post itself fell, found at the next boot
    contactor_opened = 10,  // a neighbour's welded relay took the post down
    post_fault = 11,        // the post's own program fell silent, and the guard opened everything
    too_little_power = 12,  // never drew enough to be a charger
    load_swapped = 13,      // another bike or charger appeared within the session
    shed = 14,              // newest of those that exceeded the budget
    test_over = 15,         // the installer's test mode
    card_stopped = 16,      // by the card that had started it
};

enum class ResetCause : std::uint8_t {
    power_on = 1,
    brown_out = 2,
    watchdog = 3,
    software = 4,
    check_failed = 5,
    pin = 6,
};

enum class CommandAction : std::uint8_t {
    start = 1,
    stop = 2,
    clear_trip = 3,
    locate = 4,
    set_settings = 5,
    test_outlet = 6,      // the installer's test mode
    set_cards = 7,        // the offline list
    silence_sounder = 8,  // the sound, never the alarm
};

/// Who stands behind a command. The edge decides who may do what; the post journals it.
enum class Role : std::uint8_t {
    resident = 1,
    staff = 2,
    manager = 3,
    installer = 4,
    admin = 5,
    edge = 6,  // the daemon itself, for a card its policy accepts
};

/// What became of a command. Everything from `malformed` on is a refusal: counted, journalled, and
/// nothing else changed.
enum class CommandOutcome : std::uint8_t {
    done = 0,
    malformed = 1,
    retained = 2,
    wrong_post = 3,
    not_authentic = 4,
    replayed = 5,
    nonce_stale = 6,
    late = 7,
    unknown_outlet = 8,
    outlet_busy = 9,
    outlet_locked = 10,
    not_charging = 11,
    nothing_to_clear = 12,
    wrong_cause = 13,
    cause_present = 14,
    above_limit = 15,
    not_approved = 16,
    not_idle = 17,
    meter_silent = 18,
    contactor_open = 19,
    journal_full = 20,
    out_of_range = 21,
    too_soon = 22,  // a relay rests 5 s between off and on, and closes at most three times a minute
    not_ready = 23,  // after a reset, until what was latched and in force has been restored
    queued = 24,     // accepted, and waits for its turn in the budget
    over_budget = 25,
    hazard_present = 26,  // smoke, heat, water, an emergency button: the post itself is not safe
    voltage_out_of_range = 27,
    load_shorted = 28,
    not_calibrated = 29,
    self_test_failed = 30,
    card_unknown = 31,
    card_expired = 32,
    clock_unknown = 33,  // an offline list cannot be judged without the time
    link_lost = 34,      // this site starts nothing without its edge
    queue_expired = 35,
    superseded = 36,  // an offline list's part that does not fit the parts before it
};

}  // namespace ks::protocol
