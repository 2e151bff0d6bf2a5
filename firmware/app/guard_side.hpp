#pragma once

#include "firmware/app/guard_word.hpp"
#include "firmware/app/meter_port.hpp"
#include "firmware/core/guard/guard.hpp"
#include "firmware/core/selftest/interrupt_watch.hpp"
#include "firmware/core/selftest/output_watch.hpp"

namespace ks::app {

/// The guard's context (D16): meter bytes in, relays out, watchdog fed, nothing awaited. Called
/// from the timer interrupt every `tick_every`.
template <hal::Board Board>
class GuardSide {
public:
    static constexpr Millis tick_every{5};

    GuardSide(Board& board, std::uint8_t outlets, std::uint32_t spread_permille)
        : board_{&board},
          outlets_{outlets},
          ports_{MeterPort<Board>{board, 0, meters_on(0, outlets)},
                 MeterPort<Board>{board, 1, meters_on(1, outlets)},
                 MeterPort<Board>{board, 2, meters_on(2, outlets)}},
          guard_{{.outlets = outlets,
                  .pulse = drivers::bl0942_pulse,
                  .spread_permille = spread_permille}}
    {}

    void tick()
    {
        const auto now = board_->now();
        flow_.begin();
        hear_rest(now);
        sense(now);
        judge(now);
        confirm_outputs(now);
        drive();
        watch_interrupts(now);
        static_cast<void>(word_.ticks.push(now));

        feed_watchdog();
    }

    /// The rest may use the guard's rings, and nothing else of it.
    [[nodiscard]] core::Guard& guard() { return guard_; }
    [[nodiscard]] const core::Guard& guard() const { return guard_; }
    [[nodiscard]] GuardWord& word() { return word_; }

private:
    friend struct TickSteps;

    static constexpr std::size_t bus_count = 3;
    static_assert(bus_count * drivers::meters_per_bus == protocol::outlet_limit);

    [[nodiscard]] static protocol::OutletNumber number(std::uint8_t index)
    {
        return static_cast<protocol::OutletNumber>(index + 1);
    }
    void feed_watchdog()
    {
        // Fed here and only here. A guard that hangs starves the dog at once, one that has lost its
        // way does too; a rest that hangs or skips is noticed by the guard, which opens everything
        // before it lets the dog bite.
        if (flow_.signature() != right_tick || guard_.flow() != core::Guard::right_flow)
            tell({.test = protocol::SelfTest::flow, .detail = flow_.signature()});
        else if (guard_.health() == core::Guard::Health::well)
            board_->feed_watchdog();
    }
    void tell(const core::Finding& finding) { static_cast<void>(word_.findings.push(finding)); }
    // Only a turn that went its whole way counts as a sign of life.
    void hear_rest(Instant now)
    {
        flow_.passed(TickStep::rest_heard);
        while (const auto turn = word_.turns.pop()) {
            if (*turn == right_turn)
                guard_.still_here(now);
            else
                tell({.test = protocol::SelfTest::flow, .detail = *turn});
        }
    }
    void judge(Instant now)
    {
        flow_.passed(TickStep::judged);
        guard_.tick(now, std::span{inputs_}.first(outlets_), board_->post_inputs());
    }
    void confirm_outputs(Instant now)
    {
        flow_.passed(TickStep::outputs_confirmed);
        if (outputs_.wrong(now, board_->confirm_outputs()))
            tell({.test = protocol::SelfTest::outputs, .detail = core::OutputWatch::times});
    }
    void drive()
    {
        flow_.passed(TickStep::driven);
        for (std::uint8_t i = 0; i < outlets_; ++i)
            board_->drive(number(i), guard_.relay(number(i)));
        board_->drive_contactor(guard_.contactor());
        board_->drive_group(guard_.group_line());
    }
    void watch_interrupts(Instant now)
    {
        flow_.passed(TickStep::interrupts_watched);
        for (std::uint8_t i = 0; i < hal::interrupt_sources; ++i) {
            const auto source = static_cast<hal::InterruptSource>(i);
            const auto verdict = interrupts_.look(now, source, board_->interrupts(source));
            board_->gate_interrupts(source, verdict.gate);
            if (verdict.news == core::InterruptWatch::Verdict::News::storm)
                tell({.test = protocol::SelfTest::interrupts, .detail = i});
        }
    }
    void sense(Instant now)
    {
        flow_.passed(TickStep::sensed);
        for (std::uint8_t i = 0; i < outlets_; ++i) {
            auto& port = ports_[i / drivers::meters_per_bus];
            const auto address = static_cast<std::uint8_t>(i % drivers::meters_per_bus);
            if (address == 0) port.tick(now);
            const auto& settings = guard_.settings();
            const auto& gains = settings.calibration[i];
            if (guard_.relay(number(i)) == hal::Relay::open)
                port.set_pin_trip(address, settings.of(number(i)).hard_overcurrent, gains.current);
            auto sample = port.take(address, now);
            if (sample) sample = drivers::calibrated(*sample, gains.voltage, gains.current);
            inputs_[i] = {.sample = sample,
                          .contact = board_->contact_temperature(number(i)),
                          .pin = board_->overcurrent_pin(number(i)),
                          .coil = board_->coil(number(i)),
                          .set_up = port.set_up(address)};
        }
    }
    /// Outlets fill the buses in order: 1 to 4 on the first, and so on.
    [[nodiscard]] static constexpr std::uint8_t meters_on(std::uint8_t bus, std::uint8_t outlets)
    {
        const int before = bus * static_cast<int>(drivers::meters_per_bus);
        const int left = std::max(0, outlets - before);
        return static_cast<std::uint8_t>(std::min(left, static_cast<int>(drivers::meters_per_bus)));
    }

    Board* board_;
    std::uint8_t outlets_;
    std::array<MeterPort<Board>, bus_count> ports_;
    std::array<hal::OutletInputs, protocol::outlet_limit> inputs_{};
    core::Guard guard_;
    core::Flow flow_;
    core::OutputWatch outputs_;
    core::InterruptWatch interrupts_;
    GuardWord word_;
};

}  // namespace ks::app
