#include "firmware/core/selftest/random_health.hpp"

namespace ks::core {

RandomHealth::Verdict RandomHealth::look(Bytes drawn)
{
    auto verdict = Verdict::good;
    for (const auto byte : drawn) {
        run_ = run_ > 0 && byte == last_ ? run_ + 1 : 1;
        last_ = byte;
        if (run_ > repetitions_most && verdict == Verdict::good) verdict = Verdict::repeating;

        if (seen_ == 0) {
            counted_ = byte;
            alike_ = 0;
        }
        if (byte == counted_) ++alike_;
        if (alike_ > proportion_most && verdict == Verdict::good) verdict = Verdict::lopsided;
        seen_ = (seen_ + 1) % window;
    }
    return verdict;
}

}  // namespace ks::core
