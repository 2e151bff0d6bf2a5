#include "firmware/core/selftest/interrupt_watch.hpp"

namespace ks::core {

InterruptWatch::Verdict InterruptWatch::look(Instant now, hal::InterruptSource source,
                                             std::uint32_t count)
{
    auto& is = sources_[static_cast<std::size_t>(source)];
    const auto begin_slot = [&] {
        is.slot_began = now;
        is.at_beginning = count;
    };
    if (!is.slot_began) begin_slot();
    if (is.gate == hal::InterruptGate::held) {
        if (now - is.held_since >= hold) {
            is.gate = hal::InterruptGate::open;
            begin_slot();
        }
        return {.gate = is.gate, .news = Verdict::News::none};
    }

    // Unsigned, so that a count that wraps is a difference all the same.
    const auto seen = count - is.at_beginning;
    if (seen > most(source)) {
        const bool told = is.mood == Source::Mood::storming;
        is.mood = Source::Mood::storming;
        is.gate = hal::InterruptGate::held;
        is.held_since = now;
        return {.gate = is.gate, .news = told ? Verdict::News::none : Verdict::News::storm};
    }
    if (now - *is.slot_began >= slot) {
        is.mood = Source::Mood::calm;
        begin_slot();
    }
    return {.gate = is.gate, .news = Verdict::News::none};
}

}  // namespace ks::core
