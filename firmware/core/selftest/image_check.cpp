#include "firmware/core/selftest/image_check.hpp"

#include "firmware/base/crc32c.hpp"

#include <algorithm>

namespace ks::core {

ImageCheck::Slice ImageCheck::next(const hal::ImageFacts& image, std::uint32_t wanted) const
{
    check(image.size > 0 && image.size <= image_most && done_ < image.size);
    return {.at = image.first + done_, .size = std::min({wanted, slice_most, image.size - done_})};
}

ImageCheck::Verdict ImageCheck::take(const hal::ImageFacts& image, Bytes slice)
{
    check(slice.size() <= image.size - done_);
    sum_ = crc32c(slice, sum_);
    done_ += static_cast<std::uint32_t>(slice.size());
    if (done_ < image.size) return Verdict::going_on;
    const auto verdict = sum_ == image.sum ? Verdict::good : Verdict::damaged;
    done_ = sum_ = 0;
    return verdict;
}

}  // namespace ks::core
