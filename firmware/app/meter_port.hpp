#pragma once

#include "firmware/drivers/bl0942_scale.hpp"
#include "firmware/drivers/meter_bus.hpp"
#include "firmware/hal/board.hpp"
#include "firmware/hal/inputs.hpp"
#include "firmware/protocol/settings.hpp"

namespace ks::app {

/// Where a chip raises its over-current pin. The threshold is exact for a sine only; a rectifier's
/// current shifts it, so it stands a quarter above the limit that packets are judged by
/// (docs/sources.md, BL0942). The chip compares what it shows itself: one that shows too little is
/// told a lower threshold. Rounds down, to the safe side.
[[nodiscard]] constexpr Milliamps pin_trip(Milliamps limit, Gain current)
{
    check(current >= protocol::gain_least);
    const auto true_trip = std::int64_t{limit.count()} + limit.count() / 4;
    return Milliamps{static_cast<std::int32_t>(true_trip * gain_scale / current.ten_thousandths)};
}
static_assert(pin_trip(Milliamps{10'000}, unity_gain) == Milliamps{12'500} &&
              pin_trip(Milliamps{10'000}, Gain{10'500}) == Milliamps{11'904});
static_assert(pin_trip(protocol::loosest<protocol::Limits>.hard_overcurrent, protocol::gain_least) <
                  drivers::meter_current_ceiling,
              "no limit and no gain ask for a threshold that no current reaches");

/// One meter bus on the board's UART. The chips wake at a low rate; the port tells each the working
/// rate, follows with its own UART, and then lets the driver talk. A chip that restarted is back at
/// the low rate and cannot be heard: the port then does all of it again, seldom enough that the
/// other chips of the bus are never silent for as long as their rule allows.
template <hal::Board Board>
class MeterPort {
public:
    /// Two frames for each of four chips with their pauses take 220 ms; once in ten seconds that is
    /// far inside the second after which a silent meter cuts.
    static constexpr Millis again_after{10'000};
    static constexpr Millis silence_limit{2'000};

    /// A port without meters is there and never ticked.
    MeterPort(Board& board, std::uint8_t bus, std::uint8_t meters)
        : board_{&board},
          bus_{bus},
          meters_{meters},
          driver_{{.meters = std::max(meters, std::uint8_t{1}),
                   .pin_trip =
                       pin_trip(protocol::loosest<protocol::Limits>.hard_overcurrent, unity_gain),
                   .baud = drivers::MeterBaud::at_38400}}
    {}

    void tick(Instant now)
    {
        if (step_ < step_count()) {
            if (now >= next_step_at_) bring_up(now);
            return;
        }
        listen(now);
        speak(now);
        if (someone_is_silent(now) && now - brought_up_at_ >= again_after) step_ = 0;
    }

    [[nodiscard]] std::optional<hal::Sample> take(std::uint8_t address, Instant now)
    {
        const auto sample = driver_.take(address);
        if (sample) heard_at_[address] = now;
        return sample;
    }

    [[nodiscard]] hal::MeterSetUp set_up(std::uint8_t address) const
    {
        return driver_.set_up_lost(address) ? hal::MeterSetUp::lost : hal::MeterSetUp::held;
    }

    /// For an outlet that is open: its chip is set up anew.
    void set_pin_trip(std::uint8_t address, Milliamps limit, Gain current)
    {
        driver_.set_pin_trip(address, pin_trip(limit, current));
    }

private:
    [[nodiscard]] std::size_t step_count() const { return std::size_t{meters_} * 2 + 1; }

    /// One step: a frame at the waking rate, or the change to the working rate at the end.
    void bring_up(Instant now)
    {
        using drivers::MeterBaud;
        using drivers::MeterBus;
        if (step_ == 0) board_->set_meter_rate(bus_, hal::MeterRate::waking);
        if (step_ + 1 == step_count()) {
            board_->set_meter_rate(bus_, hal::MeterRate::working);
            brought_up_at_ = now;
            heard_at_.fill(now);
            drop_received();
        } else {
            const auto address = static_cast<std::uint8_t>(step_ / 2);
            const auto frames = MeterBus::rate_frames(address, MeterBaud::at_38400);
            const auto& frame = frames[step_ % 2];
            check(board_->meter_send(bus_, frame) == frame.size());
            next_step_at_ = now + MeterBus::wire_time(MeterBaud::at_9600, frame.size()) +
                            MeterBus::switch_pause;
        }
        ++step_;
    }

    void drop_received()
    {
        std::array<std::byte, 64> chunk;
        while (board_->meter_receive(bus_, chunk) == chunk.size()) {
        }
    }

    void listen(Instant now)
    {
        std::array<std::byte, 64> chunk;
        const auto count = board_->meter_receive(bus_, chunk);
        if (count > 0) driver_.feed(Bytes{chunk}.first(count), now);
    }

    void speak(Instant now)
    {
        // The driver sends one frame and then waits for its answer, so this ends at once.
        constexpr int frames_most = 4;
        for (int i = 0; i < frames_most; ++i) {
            const auto action = driver_.next(now);
            const auto* send = std::get_if<drivers::MeterBus::Send>(&action);
            if (send == nullptr) return;
            static_cast<void>(board_->meter_send(bus_, send->bytes));
        }
    }

    [[nodiscard]] bool someone_is_silent(Instant now) const
    {
        for (std::uint8_t i = 0; i < meters_; ++i)
            if (now - heard_at_[i] >= silence_limit) return true;
        return false;
    }

    Board* board_;
    std::uint8_t bus_;
    std::uint8_t meters_;
    drivers::MeterBus driver_;
    std::size_t step_{0};
    Instant next_step_at_{};
    Instant brought_up_at_{};
    std::array<Instant, drivers::meters_per_bus> heard_at_{};
};

}  // namespace ks::app
