#pragma once

#include "firmware/core/selftest/march.hpp"

namespace ks::core {

/// Which words are marched over next. Windows overlap by one word, so that a short between the last
/// word of one and the first of the next is inside a window too (IEC 60730-1 Annex H 4.2, 4.3).
class RamWalk {
public:
    struct Window {
        std::uint32_t first;
        std::uint32_t count;
        /// The next window is the first again.
        enum class Place : std::uint8_t { inside, last } place;
    };

    /// Of `words` in all, which never change.
    [[nodiscard]] constexpr Window next(std::uint32_t words)
    {
        check(words > 1 && next_ < words);
        const auto count = words - next_ < march_words_most ? words - next_ : march_words_most;
        const Window window{.first = next_,
                            .count = count,
                            .place = next_ + count == words ? Window::Place::last
                                                            : Window::Place::inside};
        next_ = window.place == Window::Place::last ? 0 : next_ + count - 1;
        return window;
    }

    [[nodiscard]] static constexpr std::uint32_t windows(std::uint32_t words)
    {
        constexpr auto stride = march_words_most - 1;
        return words <= march_words_most ? 1 : (words - 2) / stride + 1;
    }

private:
    std::uint32_t next_{0};
};

static_assert([] {
    for (std::uint32_t words = 2; words < 100; ++words) {
        RamWalk walk;
        std::uint32_t windows = 0;
        std::uint32_t seen_to = 0;
        for (auto place = RamWalk::Window::Place::inside; place == RamWalk::Window::Place::inside;
             ++windows) {
            const auto window = walk.next(words);
            if (windows > 0 && window.first != seen_to - 1) return false;
            seen_to = window.first + window.count;
            place = window.place;
        }
        if (seen_to != words || windows != RamWalk::windows(words)) return false;
    }
    return true;
}());

}  // namespace ks::core
