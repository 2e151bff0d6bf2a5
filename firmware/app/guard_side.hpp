#pragma once

#include "firmware/app/meter_port.hpp"
#include "firmware/core/guard/guard.hpp"

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
        sense(now);
        guard_.tick(now, std::span{inputs_}.first(outlets_), board_->post_inputs());

        for (std::uint8_t i = 0; i < outlets_; ++i)
            board_->drive(number(i), guard_.relay(number(i)));
        board_->drive_contactor(guard_.contactor());
        board_->drive_group(guard_.group_line());

        // Fed here and only here. A guard that hangs starves the dog at once; a rest that hangs is
        // noticed by the guard, which opens everything before it lets the dog bite.
        if (guard_.health() == core::Guard::Health::well) board_->feed_watchdog();
    }

    /// The rest may use the guard's rings, and nothing else of it.
    [[nodiscard]] core::Guard& guard() { return guard_; }
    [[nodiscard]] const core::Guard& guard() const { return guard_; }

private:
    static constexpr std::size_t bus_count = 3;
    static_assert(bus_count * drivers::meters_per_bus == protocol::outlet_limit);

    [[nodiscard]] static protocol::OutletNumber number(std::uint8_t index)
    {
        return static_cast<protocol::OutletNumber>(index + 1);
    }
    void sense(Instant now)
    {
        for (std::uint8_t i = 0; i < outlets_; ++i) {
            auto& port = ports_[i / drivers::meters_per_bus];
            const auto address = static_cast<std::uint8_t>(i % drivers::meters_per_bus);
            if (address == 0) port.tick(now);
            if (guard_.relay(number(i)) == hal::Relay::open)
                port.set_pin_trip(address, guard_.settings().of(number(i)).hard_overcurrent);
            inputs_[i] = {.sample = port.take(address, now),
                          .contact = board_->contact_temperature(number(i)),
                          .pin = board_->overcurrent_pin(number(i)),
                          .coil = board_->coil(number(i))};
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
};

}  // namespace ks::app
