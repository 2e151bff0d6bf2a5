#pragma once

#include "firmware/core/bays/bay_words.hpp"

namespace ks::core {

/// Which tag is in a bay. A reader hears the neighbours too, so a tag counts when it was read twice
/// running, and one that counts gives way only when it has not been read for a while.
class TagWatch {
public:
    /// Our choice: three polls of a slow bus and more.
    static constexpr Millis gives_way_after{30'000};

    constexpr void hear(TagToken tag, Instant now)
    {
        if (tag == tag_ && tag != 0) seen_at_ = now;
        const bool twice = tag != 0 && tag == last_;
        last_ = tag;
        if (!twice || tag == tag_) return;
        if (tag_ != 0 && now - seen_at_ < gives_way_after) return;
        tag_ = tag;
        seen_at_ = now;
    }
    /// The bay was seen empty: whatever was in it has gone.
    constexpr void clear() { tag_ = last_ = 0; }
    /// Of an empty bay: a bike that only rode past is not the one that parks there later.
    constexpr void forget_passed(Instant now)
    {
        if (now - seen_at_ >= gives_way_after) clear();
    }

    [[nodiscard]] constexpr TagToken tag() const { return tag_; }

private:
    TagToken tag_{0};
    TagToken last_{0};
    Instant seen_at_{};
};

static_assert(
    [] {
        TagWatch watch;
        const auto at = [](std::int64_t s) { return Instant{Millis{s * 1'000}}; };
        watch.hear(7, at(0));
        const bool once = watch.tag() == 0;
        watch.hear(7, at(1));
        watch.hear(9, at(2));
        watch.hear(9, at(3));
        const bool keeps = watch.tag() == 7;
        watch.hear(0, at(20));
        watch.hear(9, at(32));
        watch.hear(9, at(33));
        return once && keeps && watch.tag() == 9;
    }(),
    "a neighbour's tag takes no bay that has its own");

}  // namespace ks::core
