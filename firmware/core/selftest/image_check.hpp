#pragma once

#include "firmware/hal/self_test.hpp"

namespace ks::core {

/// Compares a stretch of the program with its stored sum, slice after slice, and then begins again
/// (F-035). CRC-32C finds every single changed bit, which is what Class B asks of invariable memory
/// (IEC 60730-1 Annex H 4.1), and all bursts up to 32 bits.
class ImageCheck {
public:
    /// A slice is read into a buffer of this size.
    static constexpr std::uint32_t slice_most = 256;
    /// The largest image a board may have: the STM32F405's flash.
    static constexpr std::uint32_t image_most = 1'024 * 1'024;

    struct Slice {
        std::uint32_t at;
        std::uint32_t size;
    };
    /// The next slice to be read, of `wanted` bytes at most.
    [[nodiscard]] Slice next(const hal::ImageFacts& image, std::uint32_t wanted) const;

    enum class Verdict : std::uint8_t { going_on, good, damaged };
    /// The bytes of the slice that `next` named.
    [[nodiscard]] Verdict take(const hal::ImageFacts& image, Bytes slice);

private:
    std::uint32_t done_{0};
    std::uint32_t sum_{0};
};

static_assert(ImageCheck::image_most % ImageCheck::slice_most == 0);

}  // namespace ks::core
