#include "sim/chips/nor_flash.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <unistd.h>

using namespace ks;
using hal::NorResult;
using sim::NorFault;
using sim::TornCells;

namespace {

constexpr hal::NorGeometry chip{.sector_size = 1'024, .sectors = 4, .page_size = 128};

std::byte byte_at(sim::NorFlash& flash, std::uint32_t address)
{
    std::array<std::byte, 1> one{};
    REQUIRE(flash.read(address, one) == NorResult::ok);
    return one[0];
}

}  // namespace

TEST_CASE("a program turns ones to zeros and never back; an erase makes a sector ones",
          "[sim][nor][unit]")
{
    sim::NorFlash flash{chip};
    CHECK(byte_at(flash, 5) == std::byte{0xFF});
    CHECK(flash.program(5, std::array{std::byte{0xF0}}) == NorResult::ok);
    CHECK(flash.program(5, std::array{std::byte{0x3F}}) == NorResult::ok);
    CHECK(byte_at(flash, 5) == std::byte{0x30});
    CHECK(flash.erase_sector(0) == NorResult::ok);
    CHECK(byte_at(flash, 5) == std::byte{0xFF});
    CHECK(flash.erases(0) == 1);
    CHECK(flash.operations() == 3);
}

TEST_CASE("what the real chip would misunderstand is refused and changes nothing",
          "[sim][nor][unit]")
{
    sim::NorFlash flash{chip};
    const auto blank = flash.image();
    const std::vector<std::byte> zeros(129);
    CHECK(flash.program(120, Bytes{zeros}.first(9)) == NorResult::failed);
    CHECK(flash.program(0, zeros) == NorResult::failed);
    CHECK(flash.program(0, {}) == NorResult::failed);
    CHECK(flash.program(4'096, Bytes{zeros}.first(1)) == NorResult::failed);
    CHECK(flash.erase_sector(100) == NorResult::failed);
    CHECK(flash.erase_sector(4'096) == NorResult::failed);
    std::array<std::byte, 2> into{};
    CHECK(flash.read(4'095, into) == NorResult::failed);
    CHECK(flash.image() == blank);
}

TEST_CASE("a torn program changes some of its bits and no other, and all fails until power is back",
          "[sim][nor][unit]")
{
    std::size_t partial = 0;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        sim::NorFlash flash{chip};
        const std::vector<std::byte> zeros(64);
        flash.power_fails_at(0, seed, TornCells::settled);
        CHECK(flash.program(128, zeros) == NorResult::failed);
        CHECK_FALSE(flash.powered());
        CHECK(flash.erase_sector(0) == NorResult::failed);
        std::array<std::byte, 1> one{};
        CHECK(flash.read(0, one) == NorResult::failed);
        flash.power_up();
        CHECK(byte_at(flash, 127) == std::byte{0xFF});
        CHECK(byte_at(flash, 192) == std::byte{0xFF});
        const auto seen = byte_at(flash, 140);
        if (seen != std::byte{0xFF} && seen != std::byte{0}) ++partial;
    }
    CHECK(partial > 10);
}

TEST_CASE("a torn erase leaves a mixed sector and spares the others", "[sim][nor][unit]")
{
    sim::NorFlash flash{chip};
    const std::vector<std::byte> zeros(128);
    for (std::uint32_t at = 0; at < 2'048; at += 128)
        REQUIRE(flash.program(at, zeros) == NorResult::ok);
    flash.power_fails_at(flash.operations(), 3, TornCells::settled);
    CHECK(flash.erase_sector(0) == NorResult::failed);
    flash.power_up();
    const auto image = flash.image();
    const auto zero = std::count(image.begin(), image.begin() + 1'024, std::byte{0});
    CHECK(zero < 1'024);
    CHECK(std::count(image.begin() + 1'024, image.begin() + 2'048, std::byte{0}) == 1'024);
}

TEST_CASE("F-051 an unstable cell reads both ways until it is programmed for good",
          "[sim][nor][unit]")
{
    sim::NorFlash flash{chip};
    const std::vector<std::byte> zeros(128);
    flash.power_fails_at(0, 8, TornCells::unstable);
    static_cast<void>(flash.program(0, zeros));
    flash.power_up();
    const auto differs = [&] {
        std::array<std::byte, 128> first{};
        std::array<std::byte, 128> again{};
        static_cast<void>(flash.read(0, first));
        for (int i = 0; i < 20; ++i) {
            static_cast<void>(flash.read(0, again));
            if (first != again) return true;
        }
        return false;
    };
    CHECK(differs());
    REQUIRE(flash.program(0, zeros) == NorResult::ok);
    CHECK_FALSE(differs());
    CHECK(byte_at(flash, 77) == std::byte{0});
}

TEST_CASE("bad sectors fail or lie as they were told to", "[sim][nor][unit]")
{
    sim::NorFlash flash{chip};
    const std::array zero{std::byte{0}};
    flash.set_fault(1, NorFault::program_fails);
    flash.set_fault(2, NorFault::program_ignored);
    CHECK(flash.program(1'024, zero) == NorResult::failed);
    CHECK(flash.program(2'048, zero) == NorResult::ok);
    CHECK(byte_at(flash, 2'048) == std::byte{0xFF});

    REQUIRE(flash.program(0, zero) == NorResult::ok);
    flash.set_fault(0, NorFault::erase_ignored);
    CHECK(flash.erase_sector(0) == NorResult::ok);
    CHECK(byte_at(flash, 0) == std::byte{0});
    flash.set_fault(0, NorFault::erase_fails);
    CHECK(flash.erase_sector(0) == NorResult::failed);
    flash.set_fault(0, NorFault::read_fails);
    std::array<std::byte, 1> one{};
    CHECK(flash.read(0, one) == NorResult::failed);
    flash.set_fault(0, NorFault::none);
    flash.stick(9, std::byte{0x81});
    CHECK(flash.erase_sector(0) == NorResult::ok);
    CHECK(byte_at(flash, 9) == std::byte{0x7E});
}

TEST_CASE("a chip kept in a file is the same chip in the next process", "[sim][nor][unit]")
{
    const auto file =
        std::filesystem::temp_directory_path() / ("ks_nor_" + std::to_string(getpid()) + ".flash");
    {
        sim::NorFlash flash{chip, file};
        CHECK(byte_at(flash, 4'000) == std::byte{0xFF});
        REQUIRE(flash.program(4'000, std::array{std::byte{0x12}}) == NorResult::ok);
    }
    sim::NorFlash again{chip, file};
    CHECK(byte_at(again, 4'000) == std::byte{0x12});
    CHECK(std::filesystem::file_size(file) == 4'096);
    std::filesystem::remove(file);

    CHECK_THROWS_AS((sim::NorFlash{chip, "/nowhere/at/all"}), std::system_error);
}
