#pragma once

#include "firmware/hal/inputs.hpp"
#include "firmware/hal/nor_flash.hpp"
#include "firmware/hal/self_test.hpp"

namespace ks::hal {

/// The byte stream to the broker, as a modem in transparent mode gives it.
enum class Line : std::uint8_t { closed, opening, open };

/// Bits a second on a meter bus: what the chips wake at (their pin), and what the post works at.
enum class MeterRate : std::uint32_t { waking = 9'600, working = 38'400 };

/// What the post lets people hear.
enum class Sound : std::uint8_t {
    silent,
    reminder,  // a bike where it must not be, a bay that should be freed
    trouble,   // somebody must look
    alarm,     // go away from here, and call for help
};

/// A card held to the reader at an outlet: an opaque token, never the card's own number.
struct CardTap {
    std::uint8_t outlet;
    std::uint64_t token;
};

/// All that a post asks of its hardware. Every call returns at once, but for the NOR's own waits,
/// which only the rest (never the guard) makes. Outlets are numbered from 1, meter buses from 0.
template <class B>
concept Board = SelfTested<B> && requires(B& board, std::uint8_t outlet, std::uint8_t bus,
                                          Relay relay, Bytes out, std::span<std::byte> in)
{
    requires std::same_as<decltype(board.now()), Instant>;

    // The guard's side.
    requires std::same_as<decltype(board.meter_send(bus, out)), std::size_t>;
    requires std::same_as<decltype(board.meter_receive(bus, in)), std::size_t>;
    requires std::same_as<decltype(board.contact_temperature(outlet)), Temperature>;
    /// Latched by an interrupt since the last look, which forgets it unless it still stands.
    requires std::same_as<decltype(board.overcurrent_pin(outlet)), OvercurrentPin>;
    /// Read back from the coil's driver.
    requires std::same_as<decltype(board.coil(outlet)), Relay>;
    requires std::same_as<decltype(board.post_inputs()), PostInputs>;
    board.set_meter_rate(bus, MeterRate{});
    /// Both write their ports anew, whatever was there (F-045).
    board.drive(outlet, relay);
    board.drive_contactor(relay);
    board.drive_group(GroupLine{});
    board.feed_watchdog();

    // The rest's side.
    requires NorFlash<std::remove_cvref_t<decltype(board.nor())>>;
    requires std::same_as<decltype(board.line()), Line>;
    board.open_line();
    board.close_line();
    requires std::same_as<decltype(board.send(out)), std::size_t>;
    requires std::same_as<decltype(board.receive(in)), std::size_t>;
    requires std::same_as<decltype(board.card_tap()), std::optional<CardTap>>;
    /// Fills with entropy of the hardware; false when its health test fails.
    requires std::same_as<decltype(board.random(in)), bool>;
    board.locate(outlet, Millis{});
    board.sound(Sound{});
    /// The RS-485 line to detectors, bays and tag readers.
    requires std::same_as<decltype(board.bus_send(out)), std::size_t>;
    requires std::same_as<decltype(board.bus_receive(in)), std::size_t>;
};

}  // namespace ks::hal
