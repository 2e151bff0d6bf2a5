#include "firmware/boards/host/host_processor.hpp"

#include "firmware/base/crc32c.hpp"

#include <link.h>

namespace ks::host {

namespace {

/// The beginning of the program's code as it lies in memory. The loader calls back once for each
/// part of the process, for the program itself first.
Bytes find_code()
{
    Bytes found;
    dl_iterate_phdr(
        [](dl_phdr_info* part, std::size_t, void* into) {
            for (int i = 0; i < part->dlpi_phnum; ++i) {
                const auto& segment = part->dlpi_phdr[i];
                if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
                const auto* begin =
                    reinterpret_cast<const std::byte*>(part->dlpi_addr + segment.p_vaddr);
                *static_cast<Bytes*>(into) = {begin, segment.p_memsz};
            }
            return 1;
        },
        &found);
    return found.first(std::min<std::size_t>(found.size(), HostProcessor::image_most));
}

// Taken when the first board asks, because nothing that builds a Linux program stores a sum behind
// it: what changes from then on is found.
struct Program {
    Bytes code = find_code();
    hal::ImageFacts whole{
        .first = 0, .size = static_cast<std::uint32_t>(code.size()), .sum = crc32c(code)};
    hal::ImageFacts safety{
        .first = 0, .size = whole.size / 4, .sum = crc32c(code.first(whole.size / 4))};
};

const Program& program()
{
    static const Program is;
    return is;
}

}  // namespace

// Through one that the compiler chooses: a process cannot name more of them without assembly for
// every processor it may run on.
std::uint32_t HostProcessor::through_register(std::uint8_t which, std::uint32_t word) const
{
    asm volatile("" : "+r"(word));
    return stuck_register && stuck_register->at == which ? word | stuck_register->bits : word;
}

hal::ImageFacts HostProcessor::image(hal::ImagePart part) const
{
    return part == hal::ImagePart::safety ? program().safety : program().whole;
}

void HostProcessor::read_image(std::uint32_t at, std::span<std::byte> into) const
{
    const auto& code = program().code;
    check(at <= code.size() && into.size() <= code.size() - at);
    std::copy_n(code.begin() + at, into.size(), into.begin());
    if (flipped_byte && *flipped_byte >= at && *flipped_byte - at < into.size())
        into[*flipped_byte - at] ^= std::byte{1};
}

// The reference's band as the target's data sheet is remembered, 1.18 to 1.24 V [R]; ground may
// read a few counts.
hal::KnownChannel HostProcessor::known_channel(std::uint8_t which) const
{
    if (which == 0)
        return {.shown = shown[0], .least = Millivolts{1'180}, .most = Millivolts{1'240}};
    return {.shown = shown[1], .least = Millivolts{0}, .most = Millivolts{20}};
}

}  // namespace ks::host
