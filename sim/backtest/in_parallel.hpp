#pragma once

#include <atomic>
#include <thread>
#include <vector>

namespace ks::sim {

/// Calls `work(index)` for each index below `count`, on so many threads. The calls share nothing;
/// each leaves its result in a place of its own, so the order of the sum does not depend on luck.
template <class Work>
void in_parallel(std::size_t count, unsigned jobs, const Work& work)
{
    std::atomic<std::size_t> next{0};
    const auto toil = [&] {
        for (auto index = next++; index < count; index = next++)
            work(index);
    };
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < jobs; ++i)
        threads.emplace_back(toil);
    toil();
}

}  // namespace ks::sim
