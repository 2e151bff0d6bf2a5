#pragma once

#include "firmware/app/guard_word.hpp"
#include "firmware/app/self_test_side.hpp"
#include "firmware/core/recorder/recorder.hpp"

#include <utility>

namespace ks::app {

/// What a post does about its own processor: it runs the self-tests, writes down what they find,
/// has the guard open everything, and restarts; after three failures, or three restarts in a row,
/// it stays up with everything open, to be asked and to be cleared (F-033, F-046). Belongs to the
/// rest. Board, word and recorder outlive it.
template <TestedBoard Board>
class SelfCare {
public:
    /// From the finding to the reset: the guard has opened everything within a tick, and the trip
    /// it told is in the journal a turn later. Our choice, with room for a slow erase.
    static constexpr Millis restart_after{500};
    /// The detail of a `flow` finding that no tick or turn was: the post keeps resetting itself.
    static constexpr std::uint32_t keeps_resetting = 3;

    SelfCare(Board& board, GuardWord& word, core::Recorder& recorder)
        : board_{&board}, word_{&word}, recorder_{&recorder}, tests_{board}
    {}

    /// What the guard must know before it grants anything. It is held back until every test has
    /// been through once: so long a start is `not_ready`, and the contactor stays open.
    void begin(const core::WishRestore& memory)
    {
        memory_ = memory;
        // Also when the power went after the count and before the latch.
        if (recorder_->strikes().blocked() &&
            !memory.whole.has(protocol::TripCause::self_test_failed))
            owed_ = core::Finding{.test = protocol::SelfTest::flow, .detail = keeps_resetting};
    }

    /// One turn. What the guard is to be told goes to `ask`.
    template <class Ask>
    void turn(const core::Moment& moment, Ask ask)
    {
        using Tick = typename SelfTestSide<Board>::Tick;
        auto tick = Tick::silent;
        while (word_->ticks.pop())
            tick = Tick::heard;
        if (const auto owed = std::exchange(owed_, std::nullopt))
            found(*owed, core::Recorder::Counts::no, moment, ask);
        while (const auto finding = word_->findings.pop())
            found(*finding, counts(*finding), moment, ask);
        tests_.turn(moment.now, tick);
        while (const auto finding = tests_.take())
            found(*finding, counts(*finding), moment, ask);
        if (tests_.boot_over()) give_memory(ask);
        if (restart_at_ && moment.now >= *restart_at_) board_->restart();
    }

    /// What the guard itself found in its memory is a failed self-test as well. Whatever is cleared
    /// must be found again if it was not mended.
    template <class Ask>
    void heard(const core::News& news, const core::Moment& moment, Ask ask)
    {
        if (const auto* cleared = std::get_if<core::NewsCleared>(&news))
            if (cleared->cause == protocol::TripCause::self_test_failed ||
                cleared->cause == protocol::TripCause::memory_fault)
                told_ = 0;
        const auto* tripped = std::get_if<core::NewsTripped>(&news);
        if (tripped == nullptr || tripped->trip.cause != protocol::TripCause::memory_fault) return;
        const core::Finding finding{.test = protocol::SelfTest::safety_variables,
                                    .detail = tripped->trip.outlet};
        found(finding, counts(finding), moment, ask);
    }

    /// The noise source was found wanting since it was asked last.
    [[nodiscard]] bool take_doubt_in_noise() { return std::exchange(doubts_noise_, false); }

private:
    static constexpr Millis tell_again_after{3'600'000};

    [[nodiscard]] static constexpr std::uint32_t bit_of(protocol::SelfTest test)
    {
        return std::uint32_t{1} << static_cast<unsigned>(test);
    }
    [[nodiscard]] static core::Recorder::Counts counts(const core::Finding& finding)
    {
        return core::response_to(finding.test) == core::Response::report
                   ? core::Recorder::Counts::no
                   : core::Recorder::Counts::yes;
    }
    template <class Ask>
    void give_memory(Ask ask)
    {
        if (const auto memory = std::exchange(memory_, std::nullopt)) ask(*memory);
    }

    /// Once for each test until it is cleared or the post boots: what fails in every slot must not
    /// fill the journal. What only is told, once an hour.
    template <class Ask>
    void found(const core::Finding& finding, core::Recorder::Counts counted,
               const core::Moment& moment, Ask ask)
    {
        if (moment.now - reports_forgotten_at_ >= tell_again_after) {
            reports_forgotten_at_ = moment.now;
            told_ &= ~(bit_of(protocol::SelfTest::interrupts) | bit_of(protocol::SelfTest::random));
        }
        const auto bit = bit_of(finding.test);
        if ((told_ & bit) != 0) return;
        told_ |= bit;
        if (finding.test == protocol::SelfTest::random) doubts_noise_ = true;

        recorder_->self_test_failed(finding.test, finding.detail, counted, moment);
        if (core::response_to(finding.test) != core::Response::restart) return;
        // The memory first: it may hold this very latch, which is then not told as a new one.
        give_memory(ask);
        ask(core::WishFault{.cause = protocol::TripCause::self_test_failed,
                            .measured = static_cast<std::int64_t>(finding.test)});
        if (!recorder_->strikes().blocked()) restart_at_ = moment.now + restart_after;
    }

    Board* board_;
    GuardWord* word_;
    core::Recorder* recorder_;
    SelfTestSide<Board> tests_;
    std::optional<core::WishRestore> memory_;
    std::optional<core::Finding> owed_;
    std::optional<Instant> restart_at_;
    std::uint32_t told_{0};
    Instant reports_forgotten_at_{};
    bool doubts_noise_{false};
};

}  // namespace ks::app
