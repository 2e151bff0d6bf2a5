#pragma once

#include "firmware/base/bytes.hpp"
#include "firmware/base/instant.hpp"

#include <concepts>

// What the self-tests ask of a board, after the components of IEC 60730-1 Annex H, Class B, as
// vendors' notes give them (the text itself was not read). Each call says what the target must do;
// a board without the hardware must not pretend: it has no such board.
namespace ks::hal {

/// `safety`: what the guard decides with. `whole`: all that software may look at while it runs.
enum class RamPart : std::uint8_t { safety, whole };
enum class ImagePart : std::uint8_t { safety, whole };

/// A stretch of the program as it was built, and the CRC-32C that was stored with it. The target's
/// sums are written behind the image by the build and lie outside both parts.
struct ImageFacts {
    std::uint32_t first;
    std::uint32_t size;
    std::uint32_t sum;
};

/// What an analogue channel of known voltage shows, and between what it must lie. A board has two,
/// far apart, so that no one stuck code satisfies both: the target's internal reference and its own
/// ground, read through the very multiplexer that the temperatures come through.
struct KnownChannel {
    Millivolts shown;
    Millivolts least;
    Millivolts most;
};
inline constexpr std::uint8_t known_channels = 2;

/// Whoever can interrupt the program, but for the guard's own timer.
enum class InterruptSource : std::uint8_t {
    meters,   // UARTs of the meter buses
    pins,     // edges of the chips' over-current pins
    line,     // the modem
    sensors,  // the RS-485 line
};
inline constexpr std::size_t interrupt_sources = 4;

enum class InterruptGate : std::uint8_t { open, held };

/// Whether the ports still are what was last driven.
enum class Outputs : std::uint8_t { as_told, altered };

/// RAM by 32-bit words, read and written past every cache and every register.
template <class C>
concept RamCells = requires(C& cells, std::uint32_t at, std::uint32_t word)
{
    requires std::same_as<decltype(cells.size()), std::uint32_t>;
    requires std::same_as<decltype(cells.read(at)), std::uint32_t>;
    cells.write(at, word);
};

template <class B>
concept SelfTested = requires(B& board, std::uint8_t which, std::uint32_t word,
                              std::span<std::byte> into, InterruptSource source, void (&work)())
{
    /// So many registers; each gives back what was put through it. The target goes through r0 to
    /// r12 and the FPU's in assembly, with the compiler's values saved around it.
    requires std::same_as<decltype(board.registers()), std::uint8_t>;
    requires std::same_as<decltype(board.through_register(which, word)), std::uint32_t>;

    /// No window may hold the stack that the test itself runs on: start-up code marches over that
    /// one, and over all RAM destructively, before C++ begins.
    requires RamCells<decltype(board.ram(RamPart{}))>;
    /// Runs `work` with nothing between its instructions, the guard's tick included; the target
    /// masks interrupts. Whoever calls it answers for its length.
    board.undisturbed(work);

    requires std::same_as<decltype(board.image(ImagePart{})), ImageFacts>;
    /// Reads the program at an offset, past any cache.
    board.read_image(word, into);

    /// From an oscillator that shares nothing with the one behind `now()`, and within 5 percent
    /// itself: on the target a 32 kHz crystal, or the internal low-speed oscillator if it was
    /// measured at commissioning. It also moves when the tick does not.
    requires std::same_as<decltype(board.second_clock()), Instant>;

    requires std::same_as<decltype(board.known_channel(which)), KnownChannel>;

    /// The words next to the end of the stacks, both of them, which nobody writes.
    requires std::same_as<decltype(board.stack_guard()), std::span<std::uint32_t>>;

    /// Counts freely since boot, and wraps.
    requires std::same_as<decltype(board.interrupts(source)), std::uint32_t>;
    board.gate_interrupts(source, InterruptGate{});

    /// Compares the ports' levels with what was last driven, and writes every direction anew.
    requires std::same_as<decltype(board.confirm_outputs()), Outputs>;

    /// Resets the processor, which opens everything; need not return.
    board.restart();
};

}  // namespace ks::hal
