#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace ks::edge {

/// The newest so-many latencies, for medians and tails.
class Latencies {
public:
    static constexpr std::size_t kept = 65'536;

    void add(std::int64_t micros);
    /// Nothing when none were added. `permille` 500 is the median.
    [[nodiscard]] std::optional<std::int64_t> at(std::uint32_t permille) const;
    [[nodiscard]] std::size_t count() const { return values_.size(); }

private:
    std::vector<std::int64_t> values_;
    std::size_t next_{0};
};

}  // namespace ks::edge
