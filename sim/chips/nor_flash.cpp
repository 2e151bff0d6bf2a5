#include "sim/chips/nor_flash.hpp"

#include <algorithm>
#include <fcntl.h>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>

namespace ks::sim {

using hal::NorResult;

namespace {

[[noreturn]] void give_up(const std::string& what)
{
    throw std::system_error{errno, std::generic_category(), what};
}

std::byte* map(std::size_t size, int flags, int file, const std::string& name)
{
    void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, file, 0);
    if (memory == MAP_FAILED) give_up(name);
    return static_cast<std::byte*>(memory);
}

}  // namespace

NorFlash::NorFlash(const hal::NorGeometry& geometry)
    : geometry_{geometry},
      memory_{map(std::size_t{geometry.sector_size} * geometry.sectors,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, "flash")},
      erases_(geometry.sectors)
{}

NorFlash::NorFlash(const hal::NorGeometry& geometry, const std::filesystem::path& file)
    : geometry_{geometry}, memory_{nullptr}, erases_(geometry.sectors)
{
    const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) give_up(file.string());
    if (ftruncate(descriptor, static_cast<off_t>(size())) != 0) {
        close(descriptor);
        give_up(file.string());
    }
    try {
        memory_ = map(size(), MAP_SHARED, descriptor, file.string());
    } catch (...) {
        close(descriptor);
        throw;
    }
    close(descriptor);
}

NorFlash::~NorFlash() { munmap(memory_, size()); }

NorFault NorFlash::fault_at(std::uint32_t address) const
{
    const auto found = faults_.find(address / geometry_.sector_size);
    return found == faults_.end() ? NorFault::none : found->second;
}

bool NorFlash::power_fails_now()
{
    const auto number = operations_++;
    if (!fails_at_ || number != *fails_at_) return false;
    power_ = Power::off;
    fails_at_.reset();
    return true;
}

NorResult NorFlash::read(std::uint32_t address, std::span<std::byte> into)
{
    if (power_ == Power::off || address > size() || into.size() > size() - address)
        return NorResult::failed;
    if (fault_at(address) == NorFault::read_fails) return NorResult::failed;
    ++reads_;
    std::transform(memory_ + address, memory_ + address + into.size(), into.begin(),
                   [](std::byte stored) { return ~stored; });
    if (unstable_.empty()) return NorResult::ok;
    for (auto cell = unstable_.lower_bound(address);
         cell != unstable_.end() && cell->first < address + into.size(); ++cell)
        into[cell->first - address] ^= cell->second & static_cast<std::byte>(random_());
    return NorResult::ok;
}

NorResult NorFlash::program(std::uint32_t address, Bytes from)
{
    if (power_ == Power::off) return NorResult::failed;
    const bool torn = power_fails_now();
    const auto page = geometry_.page_size;
    if (from.empty() || address >= size() || address % page + from.size() > page)
        return NorResult::failed;
    const auto fault = fault_at(address);
    if (fault == NorFault::program_fails) return NorResult::failed;
    if (fault == NorFault::program_ignored) return torn ? NorResult::failed : NorResult::ok;

    const auto how = random_tear();
    for (std::size_t i = 0; i < from.size(); ++i) {
        if (torn) {
            tear(address + i, get(address + i) & from[i], how);
            continue;
        }
        settle(address + i, ~from[i]);
        put(address + i, get(address + i) & from[i]);
    }
    return torn ? NorResult::failed : NorResult::ok;
}

NorResult NorFlash::erase_sector(std::uint32_t address)
{
    if (power_ == Power::off) return NorResult::failed;
    const bool torn = power_fails_now();
    if (address >= size() || address % geometry_.sector_size != 0) return NorResult::failed;
    const auto fault = fault_at(address);
    if (fault == NorFault::erase_fails) return NorResult::failed;
    if (fault == NorFault::erase_ignored) return torn ? NorResult::failed : NorResult::ok;

    ++erases_[address / geometry_.sector_size];
    if (while_erasing_) while_erasing_();
    const auto begin = memory_ + address;
    const auto end = begin + geometry_.sector_size;
    if (!torn && stuck_.empty() && unstable_.empty()) {
        // Untouched memory is left untouched, so that it goes on costing nothing.
        if (std::any_of(begin, end, [](std::byte stored) { return stored != std::byte{0}; }))
            std::fill(begin, end, std::byte{0});
        return NorResult::ok;
    }
    const auto how = random_tear();
    for (std::size_t at = address; at < address + geometry_.sector_size; ++at) {
        const auto stuck = stuck_.find(at);
        const auto wanted = stuck == stuck_.end() ? std::byte{0xFF} : ~stuck->second;
        if (torn) {
            tear(at, wanted, how);
            continue;
        }
        settle(at, std::byte{0xFF});
        put(at, wanted);
    }
    return torn ? NorResult::failed : NorResult::ok;
}

void NorFlash::power_fails_at(std::uint64_t operation, std::uint64_t seed, TornCells cells)
{
    fails_at_ = operation;
    random_.seed(seed);
    cells_ = cells;
}

void NorFlash::power_up() { power_ = Power::on; }

void NorFlash::flip(std::uint32_t address, std::byte bits) { put(address, get(address) ^ bits); }

void NorFlash::stick(std::uint32_t address, std::byte bits)
{
    stuck_[address] |= bits;
    put(address, get(address) & ~bits);
}

std::vector<std::byte> NorFlash::image() const
{
    std::vector<std::byte> copy(size());
    for (std::size_t i = 0; i < copy.size(); ++i)
        copy[i] = get(i);
    return copy;
}

void NorFlash::load(Bytes image)
{
    for (std::size_t i = 0; i < std::min(image.size(), size()); ++i)
        put(i, image[i]);
    unstable_.clear();
}

void NorFlash::settle(std::size_t address, std::byte bits)
{
    if (unstable_.empty()) return;
    const auto found = unstable_.find(address);
    if (found == unstable_.end()) return;
    found->second &= ~bits;
    if (found->second == std::byte{0}) unstable_.erase(found);
}

// With none, a quarter, half, three quarters or all of the bits changed: power also goes just
// before the first cell moves and just after the last. One shaky cell in hundreds is as likely as
// many, because that one is what passes for sound at first.
NorFlash::Tear NorFlash::random_tear()
{
    const auto changed = static_cast<unsigned>(random_() % 5);
    return {.changed = changed, .shaky = random_() % 2 == 0 ? 1U : 64U};
}

void NorFlash::tear(std::size_t address, std::byte wanted, const Tear& how)
{
    const auto concerned = get(address) ^ wanted;
    if (concerned == std::byte{0}) return;
    put(address, get(address) ^ (concerned & random_bits(how.changed)));
    if (cells_ == TornCells::settled || random_() % how.shaky != 0) return;
    const auto shaky = concerned & random_bits(1);
    if (shaky != std::byte{0}) unstable_[address] |= shaky;
}

std::byte NorFlash::random_bits(unsigned chance)
{
    const auto a = static_cast<std::byte>(random_());
    const auto b = static_cast<std::byte>(random_());
    constexpr auto none = std::byte{0};
    switch (chance) {
    case 0: return none;
    case 1: return a & b;
    case 2: return a;
    case 3: return a | b;
    default: return ~none;
    }
}

}  // namespace ks::sim
