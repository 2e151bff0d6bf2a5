#include "edge/app/latencies.hpp"

#include "firmware/base/check.hpp"

#include <algorithm>

namespace ks::edge {

void Latencies::add(std::int64_t micros)
{
    if (values_.size() < kept) {
        values_.push_back(micros);
        return;
    }
    values_[next_] = micros;
    next_ = (next_ + 1) % kept;
}

std::optional<std::int64_t> Latencies::at(std::uint32_t permille) const
{
    check(permille <= 1'000);
    if (values_.empty()) return std::nullopt;
    auto sorted = values_;
    const auto place = static_cast<std::ptrdiff_t>((sorted.size() - 1) * permille / 1'000);
    std::nth_element(sorted.begin(), sorted.begin() + place, sorted.end());
    return sorted[static_cast<std::size_t>(place)];
}

}  // namespace ks::edge
