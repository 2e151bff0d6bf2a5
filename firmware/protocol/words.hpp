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
    power_lost = 9,         // found at the next boot
    contactor_opened = 10,  // a neighbour's welded relay took the post down
    post_fault = 11,        // the post's own program fell silent, and the guard opened everything
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
};

}  // namespace ks::protocol
