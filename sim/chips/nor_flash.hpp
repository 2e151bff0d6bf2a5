#pragma once

#include "firmware/hal/nor_flash.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <vector>

namespace ks::sim {

/// A W25Q64 has 2,048 sectors of 4 KiB and pages of 256 bytes (docs/sources.md).
inline constexpr hal::NorGeometry w25q64{.sector_size = 4'096, .sectors = 2'048, .page_size = 256};

/// What is wrong with a sector.
enum class NorFault : std::uint8_t {
    none,
    read_fails,
    program_fails,    // reports an error and changes nothing
    program_ignored,  // reports success and changes nothing
    erase_fails,
    erase_ignored,
};

/// What a cell does that was being changed when power went.
enum class TornCells : std::uint8_t {
    settled,   // it has one value or the other
    unstable,  // it may read differently each time, until it is programmed or erased for good
};

/// A serial NOR chip: programs turn ones into zeros within one page, erases turn a sector to ones,
/// and power may fail in the middle of either. Memory that was never written costs nothing, in RAM
/// and in a backing file alike: bytes are stored inverted, so that holes read as erased.
class NorFlash {
public:
    /// In RAM.
    explicit NorFlash(const hal::NorGeometry& geometry);
    /// In a file, made if missing, so that a post finds its journal again in the next process.
    /// Throws `std::system_error` when the file cannot be used.
    NorFlash(const hal::NorGeometry& geometry, const std::filesystem::path& file);
    ~NorFlash();
    NorFlash(const NorFlash&) = delete;
    NorFlash& operator=(const NorFlash&) = delete;

    [[nodiscard]] hal::NorGeometry geometry() const { return geometry_; }
    hal::NorResult read(std::uint32_t address, std::span<std::byte> into);
    /// Refused when it would leave its page: the real chip would wrap and overwrite its beginning.
    hal::NorResult program(std::uint32_t address, Bytes from);
    hal::NorResult erase_sector(std::uint32_t address);

    /// Called within each erase from now on, before it takes effect: the chip takes its time, and
    /// the world goes on.
    void while_erasing(std::function<void()> happens) { while_erasing_ = std::move(happens); }

    /// Programs and erases so far, also refused and torn ones.
    [[nodiscard]] std::uint64_t operations() const { return operations_; }
    [[nodiscard]] std::uint64_t reads() const { return reads_; }
    [[nodiscard]] std::uint32_t erases(std::uint32_t sector) const { return erases_.at(sector); }

    /// The operation with this number, counted from 0 at construction, is torn: a random subset of
    /// its bits changes. From then on every call fails until `power_up`.
    void power_fails_at(std::uint64_t operation, std::uint64_t seed, TornCells cells);
    [[nodiscard]] bool powered() const { return power_ == Power::on; }
    void power_up();

    void set_fault(std::uint32_t sector, NorFault fault) { faults_[sector] = fault; }
    /// Changes bits at rest, as radiation or a weak cell would.
    void flip(std::uint32_t address, std::byte bits);
    /// These bits stay zero through every erase from now on.
    void stick(std::uint32_t address, std::byte bits);

    /// The chip's content, for a test that copies or compares whole chips.
    [[nodiscard]] std::vector<std::byte> image() const;
    void load(Bytes image);

private:
    enum class Power : std::uint8_t { on, off };

    [[nodiscard]] std::size_t size() const
    {
        return std::size_t{geometry_.sector_size} * geometry_.sectors;
    }
    [[nodiscard]] NorFault fault_at(std::uint32_t address) const;
    [[nodiscard]] bool power_fails_now();
    [[nodiscard]] std::byte get(std::size_t address) const { return ~memory_[address]; }
    void put(std::size_t address, std::byte value) { memory_[address] = ~value; }
    void settle(std::size_t address, std::byte bits);
    /// How a torn operation goes: how many of its cells changed, and how many of them are shaky.
    struct Tear {
        unsigned changed;
        unsigned shaky;
    };
    [[nodiscard]] Tear random_tear();
    void tear(std::size_t address, std::byte wanted, const Tear& how);
    [[nodiscard]] std::byte random_bits(unsigned chance);

    hal::NorGeometry geometry_;
    std::byte* memory_;
    std::vector<std::uint32_t> erases_;
    std::map<std::uint32_t, NorFault> faults_;
    std::map<std::size_t, std::byte> stuck_;
    std::map<std::size_t, std::byte> unstable_;
    std::uint64_t operations_{0};
    std::uint64_t reads_{0};
    std::function<void()> while_erasing_;
    std::optional<std::uint64_t> fails_at_;
    TornCells cells_{TornCells::settled};
    Power power_{Power::on};
    std::mt19937_64 random_{1};
};

static_assert(hal::NorFlash<NorFlash>);

}  // namespace ks::sim
