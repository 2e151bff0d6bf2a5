#pragma once

#include "firmware/base/fixed_queue.hpp"
#include "firmware/core/selftest/adc_watch.hpp"
#include "firmware/core/selftest/clock_watch.hpp"
#include "firmware/core/selftest/finding.hpp"
#include "firmware/core/selftest/image_check.hpp"
#include "firmware/core/selftest/ram_walk.hpp"
#include "firmware/core/selftest/random_health.hpp"
#include "firmware/core/selftest/registers.hpp"
#include "firmware/core/selftest/share.hpp"
#include "firmware/core/selftest/stack_guard.hpp"

namespace ks::app {

template <class B>
concept TestedBoard = hal::SelfTested<B> && requires(B& board, std::span<std::byte> in)
{
    requires std::same_as<decltype(board.random(in)), bool>;
};

/// The self-tests of the rest's context: all of them once before the guard may grant anything, then
/// slice by slice for as long as the post runs. The periods are our choice, from the time in which
/// a fault must be found (F-035); vendors' notes name none. The board outlives it.
template <TestedBoard Board>
class SelfTestSide {
public:
    static constexpr Millis slot_every{50};
    /// Slots to a pass. A byte that changes just behind the check is found at the end of the pass
    /// after this one, so two passes stay inside what is promised of the program: 5 s of its safety
    /// section, 60 s of the whole. A march finds a cell as it goes over it: one pass stays inside
    /// 10 s of the guard's memory and 10 min of all.
    static constexpr std::uint32_t safety_image_slots = 45;
    static constexpr std::uint32_t whole_image_slots = 560;
    static constexpr std::uint32_t safety_ram_slots = 160;
    static constexpr std::uint32_t whole_ram_slots = 9'600;
    /// Before the first pass is through: at a dozen cycles a byte and 1,500 a window, each share
    /// stays under a millisecond at 168 MHz [I].
    static constexpr std::uint32_t boot_bytes = 8 * 1'024;
    static constexpr std::uint32_t boot_windows = 64;
    static constexpr std::uint32_t random_every_slots = 20;
    static_assert(2 * safety_image_slots * slot_every.count() < 5'000);
    static_assert(2 * whole_image_slots * slot_every.count() < 60'000);
    static_assert(safety_ram_slots * slot_every.count() < 10'000);
    static_assert(whole_ram_slots * slot_every.count() < 600'000);

    explicit SelfTestSide(Board& board) : board_{&board}
    {
        core::StackGuard::prepare(board.stack_guard());
    }

    /// Whether a tick of the guard was heard of since the turn before.
    enum class Tick : std::uint8_t { heard, silent };

    /// One turn's worth, at most one slice of each test. Findings are taken after it.
    void turn(Instant now, Tick tick)
    {
        const auto second = board_->second_clock();
        watch_clocks(now, second, tick);
        if (const auto word = core::StackGuard::trampled(board_->stack_guard()))
            tell(SelfTest::stack, *word);
        if (!boot_over()) {
            boot_slice();
            slot_at_ = now + slot_every;
        } else if (now >= slot_at_) {
            // What came late is made up for, one slot a turn; after a long wait, not all of it.
            slot_at_ = std::max(slot_at_ + slot_every, now - owed_most);
            slot();
        }
    }
    [[nodiscard]] std::optional<core::Finding> take()
    {
        if (findings_.empty()) return std::nullopt;
        const auto finding = findings_.front();
        findings_.pop();
        return finding;
    }
    /// Every test has been through once; what it found, `take` has told or will.
    [[nodiscard]] bool boot_over() const { return done_ == all_parts; }

private:
    using SelfTest = protocol::SelfTest;
    static constexpr Millis owed_most{1'000};
    static constexpr std::size_t bytes_per_look = 128;

    enum class Part : std::uint8_t {
        registers,
        safety_image,
        whole_image,
        safety_ram,
        whole_ram,
        clock,
        adc,
        random,
    };
    static constexpr std::uint32_t all_parts = 0xFF;

    void through(Part part) { done_ |= std::uint32_t{1} << static_cast<unsigned>(part); }
    void tell(SelfTest test, std::uint32_t detail)
    {
        // Full only when nobody takes them; then the first ones say enough.
        static_cast<void>(findings_.push({.test = test, .detail = detail}));
    }

    void boot_slice()
    {
        look_at_registers();
        check_image(hal::ImagePart::safety, boot_bytes);
        check_image(hal::ImagePart::whole, boot_bytes);
        march(hal::RamPart::safety, boot_windows);
        march(hal::RamPart::whole, boot_windows);
        look_at_adc();
        if (drawn_ < core::RandomHealth::startup_bytes) look_at_random();
    }
    void slot()
    {
        look_at_registers();
        check_image(hal::ImagePart::safety,
                    core::share_of(board_->image(hal::ImagePart::safety).size, safety_image_slots));
        check_image(hal::ImagePart::whole,
                    core::share_of(board_->image(hal::ImagePart::whole).size, whole_image_slots));
        march(hal::RamPart::safety, windows_of(hal::RamPart::safety, safety_ram_slots));
        march(hal::RamPart::whole, windows_of(hal::RamPart::whole, whole_ram_slots));
        look_at_adc();
        if (++slots_ % random_every_slots == 0) look_at_random();
    }

    void watch_clocks(Instant now, Instant second, Tick tick)
    {
        if (tick == Tick::heard) ticks_.ticked(second);
        if (ticks_.lost(second)) tell(SelfTest::clock, core::tick_lost);
        const auto verdict = clocks_.look(now, second);
        if (verdict == core::ClockWatch::Verdict::early) return;
        if (verdict == core::ClockWatch::Verdict::wrong) tell(SelfTest::clock, clocks_.permille());
        through(Part::clock);
    }
    void look_at_registers()
    {
        if (const auto which = core::RegisterTest<Board>::wrong(*board_))
            tell(SelfTest::registers, *which);
        through(Part::registers);
    }
    void check_image(hal::ImagePart part, std::uint32_t bytes)
    {
        auto& image = images_[static_cast<std::size_t>(part)];
        const auto facts = board_->image(part);
        std::array<std::byte, core::ImageCheck::slice_most> room;
        while (bytes > 0) {
            const auto slice = image.next(facts, bytes);
            const auto into = std::span{room}.first(slice.size);
            board_->read_image(slice.at, into);
            bytes -= slice.size;
            const auto verdict = image.take(facts, into);
            if (verdict == core::ImageCheck::Verdict::going_on) continue;
            if (verdict == core::ImageCheck::Verdict::damaged)
                tell(SelfTest::flash, static_cast<std::uint32_t>(part));
            through(part == hal::ImagePart::safety ? Part::safety_image : Part::whole_image);
            return;
        }
    }
    [[nodiscard]] std::uint32_t windows_of(hal::RamPart part, std::uint32_t slots)
    {
        return core::share_of(core::RamWalk::windows(board_->ram(part).size()), slots);
    }
    void march(hal::RamPart part, std::uint32_t windows)
    {
        auto cells = board_->ram(part);
        auto& walk = walks_[static_cast<std::size_t>(part)];
        for (; windows > 0; --windows) {
            const auto window = walk.next(cells.size());
            std::uint32_t wrong = 0;
            board_->undisturbed([&] { wrong = core::march(cells, window.first, window.count); });
            if (wrong != 0) tell(SelfTest::ram, window.first);
            if (window.place == core::RamWalk::Window::Place::inside) continue;
            through(part == hal::RamPart::safety ? Part::safety_ram : Part::whole_ram);
            return;
        }
    }
    void look_at_adc()
    {
        for (std::uint8_t channel = 0; channel < hal::known_channels; ++channel)
            if (adc_.wrong(channel, board_->known_channel(channel)))
                tell(SelfTest::adc_reference, channel);
        if (++adc_looks_ == core::AdcWatch::looks) through(Part::adc);
    }
    void look_at_random()
    {
        std::array<std::byte, bytes_per_look> drawn;
        drawn_ += drawn.size();
        if (drawn_ >= core::RandomHealth::startup_bytes) through(Part::random);
        if (!board_->random(drawn)) return tell(SelfTest::random, core::random_gave_nothing);
        const auto verdict = random_.look(drawn);
        if (verdict != core::RandomHealth::Verdict::good)
            tell(SelfTest::random, static_cast<std::uint32_t>(verdict));
    }

    Board* board_;
    core::ClockWatch clocks_;
    core::TickWatch ticks_;
    std::array<core::ImageCheck, 2> images_;
    std::array<core::RamWalk, 2> walks_;
    core::AdcWatch adc_;
    core::RandomHealth random_;
    FixedQueue<core::Finding, 16> findings_;
    std::uint32_t done_{0};
    Instant slot_at_{};
    std::uint32_t slots_{0};
    std::size_t drawn_{0};
    int adc_looks_{0};
};

}  // namespace ks::app
