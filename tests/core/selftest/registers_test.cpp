#include "firmware/boards/host/host_processor.hpp"
#include "firmware/core/selftest/registers.hpp"

#include <catch2/catch.hpp>

using namespace ks;

namespace {

/// A processor of thirteen registers; what the other tests ask of a board is not looked at here.
struct Registers : host::HostProcessor {
    [[nodiscard]] hal::Outputs confirm_outputs() const { return hal::Outputs::as_told; }
};
using Test = core::RegisterTest<Registers>;

/// An arithmetic unit whose every operand loses a bit on its way, while a plain copy does not.
struct WeakAdder : Registers {
    int reads{0};
    [[nodiscard]] std::uint32_t through_register(std::uint8_t which, std::uint32_t word)
    {
        const int copies = registers() * static_cast<int>(core::register_patterns.size());
        return Registers::through_register(which, ++reads > copies ? word & ~8U : word);
    }
};

}  // namespace

TEST_CASE("F-033: a processor that is sound passes the register test every time",
          "[core][selftest][unit]")
{
    Registers board;
    for (int i = 0; i < 1'000; ++i)
        CHECK_FALSE(Test::wrong(board).has_value());
}

TEST_CASE("F-033: a bit stuck in any register is found, and the register is named",
          "[core][selftest][unit]")
{
    for (std::uint8_t which = 0; which < Registers{}.registers(); ++which) {
        for (int bit = 0; bit < 32; ++bit) {
            CAPTURE(which, bit);
            Registers board;
            board.stuck_register = host::HostProcessor::Stuck{.at = which, .bits = 1U << bit};
            CHECK(Test::wrong(board) == which);
        }
    }
}

TEST_CASE("F-033: arithmetic that is wrong is found although every register holds its patterns",
          "[core][selftest][unit]")
{
    WeakAdder board;
    CHECK(core::RegisterTest<WeakAdder>::wrong(board) == Test::alu);
}

TEST_CASE("F-033: each operation of the arithmetic shows in its result", "[core][selftest][unit]")
{
    // Every bit of either operand moves the result, at every pattern.
    for (const auto a : core::register_patterns) {
        for (const auto b : core::register_patterns) {
            for (int bit = 0; bit < 32; ++bit) {
                CAPTURE(a, b, bit);
                CHECK(core::alu_result(a ^ 1U << bit, b) != core::alu_result(a, b));
            }
        }
    }
}
