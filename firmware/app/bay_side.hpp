#pragma once

#include "firmware/core/bays/bays.hpp"
#include "firmware/drivers/slave_table.hpp"

#include <concepts>

namespace ks::app {

/// The RS-485 wire of a board: bytes out, bytes in, nothing awaited.
template <class B>
concept SensorWire = requires(B& board, Bytes out, std::span<std::byte> in)
{
    requires std::same_as<decltype(board.bus_send(out)), std::size_t>;
    requires std::same_as<decltype(board.bus_receive(in)), std::size_t>;
};

/// What the installer mounted around a post: sensors on the bus, and what to make of them. Both
/// parts have passed their checks.
struct Fittings {
    drivers::SlaveTable slaves;
    drivers::ModbusRtu::Setup bus;
    core::BaySettings bays;
};

/// The rest's look around the post: polls the RS-485 bus, tells the bays what the sensors say, and
/// the annunciators what the bays want said. The board outlives it.
template <SensorWire Board>
class BaySide {
public:
    /// A message is repeated so often, silence too: one that was lost on the wire must neither be
    /// missed nor sound for ever. Our choice.
    static constexpr Millis say_again_after{10'000};

    BaySide(Board& board, const Fittings& fittings)
        : board_{&board},
          table_{fittings.slaves},
          bus_{drivers::bus_for(fittings.slaves, fittings.bus)},
          bays_{fittings.bays, places_in(fittings.slaves)}
    {
        check(drivers::check_table(fittings.slaves).ok());
    }

    /// One turn; news are taken from `bays` after it.
    void turn(Instant now)
    {
        listen(now);
        bays_.turn(now);
        announce(now);
        speak(now);
    }

    /// To be told what the outlets do and which cards are tapped.
    [[nodiscard]] core::Bays& bays() { return bays_; }
    [[nodiscard]] const core::Bays& bays() const { return bays_; }
    [[nodiscard]] const drivers::ModbusRtu& bus() const { return bus_; }

private:
    /// The board's own buffer is drained within a turn; more than this is a babbling line.
    static constexpr int chunks_most = 16;

    [[nodiscard]] static core::SensorPlaces places_in(const drivers::SlaveTable& table)
    {
        static_assert(core::sensor_limit >= drivers::modbus_slaves_most);
        core::SensorPlaces places;
        for (const auto& row : table.rows)
            places.push_back({.kind = row.kind, .place = row.place});
        return places;
    }

    void listen(Instant now)
    {
        std::array<std::byte, 64> chunk;
        for (int i = 0; i < chunks_most; ++i) {
            const auto count = board_->bus_receive(chunk);
            if (count == 0) return;
            bus_.feed(Bytes{chunk}.first(count), now);
            if (const auto heard = bus_.take()) hear(*heard);
        }
    }

    void hear(const drivers::ModbusRtu::Heard& heard)
    {
        for (const auto& row : table_.rows)
            if (row.address == heard.slave)
                bays_.hear(drivers::reading_from(drivers::map_of(table_, row), row.place,
                                                 heard.words, heard.at));
    }

    void announce(Instant now)
    {
        const auto wanted = bays_.announcement();
        if (wanted == said_ && now < say_again_at_) return;
        said_ = wanted;
        say_again_at_ = now + say_again_after;
        // A full queue is emptied by the next repetition.
        for (const auto& row : table_.rows)
            if (row.kind == hal::SensorKind::annunciator)
                static_cast<void>(bus_.write(drivers::output_question(
                    drivers::map_of(table_, row), row.address,
                    static_cast<std::uint16_t>(wanted.message), wanted.place)));
    }

    void speak(Instant now)
    {
        const auto action = bus_.next(now);
        if (const auto* send = std::get_if<drivers::ModbusRtu::Send>(&action))
            static_cast<void>(board_->bus_send(send->bytes));
    }

    Board* board_;
    drivers::SlaveTable table_;
    drivers::ModbusRtu bus_;
    core::Bays bays_;
    core::Announcement said_{};
    Instant say_again_at_{};
};

}  // namespace ks::app
