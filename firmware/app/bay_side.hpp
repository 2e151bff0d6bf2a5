#pragma once

#include "firmware/core/bays/bays.hpp"
#include "firmware/core/recorder/session_book.hpp"
#include "firmware/drivers/slave_table.hpp"

#include <concepts>
#include <utility>

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

/// A post that stands alone.
inline constexpr Fittings no_fittings{
    .slaves = {},
    .bus = {.baud = drivers::ModbusBaud::at_9600, .response = Millis{100}},
    .bays = core::factory_bay_settings};

/// The rest's look around the post: polls the RS-485 bus, tells the bays what the sensors say and
/// the outlets do, the guard when a detector finds fire, and the annunciators what the bays want
/// said. The board outlives it.
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

    /// What was latched before this boot: such outlets charge nobody.
    void begin(const core::WishRestore& memory, Instant now)
    {
        whole_ = memory.whole;
        tell_locks(now);
    }
    /// What the guard told, after the book has taken it in.
    void follow(const core::News& news, const core::SessionBook& book)
    {
        if (const auto* is = std::get_if<core::NewsState>(&news)) {
            outlets_[is->outlet - 1U] = is->to;
            tell_lock(is->outlet, is->at);
        } else if (const auto* begun = std::get_if<core::NewsStarted>(&news)) {
            const auto* running = book.at(begun->outlet);
            bays_.session_started(begun->outlet, running != nullptr ? running->card : 0, begun->at);
        } else if (const auto* ended = std::get_if<core::NewsEnded>(&news)) {
            bays_.session_ended(ended->outlet, ended->reason, ended->at);
        } else if (const auto* cut = std::get_if<core::NewsTripped>(&news)) {
            if (cut->trip.outlet == protocol::whole_post)
                latch(whole_.with(cut->trip.cause), cut->at);
        } else if (const auto* over = std::get_if<core::NewsCleared>(&news)) {
            if (over->outlet == protocol::whole_post) latch(whole_.without(over->cause), over->at);
        }
    }

    /// One turn; news are taken from `bays` after it, and what concerns the guard from `fault`.
    void turn(Instant now)
    {
        listen(now);
        bays_.turn(now);
        announce(now);
        speak(now);
    }

    /// What the guard must know and has not been told: a detector finds fire, or none does any
    /// more.
    [[nodiscard]] std::optional<core::WishFault> fault()
    {
        using Lasts = core::WishFault::Lasts;
        for (auto& fire : fires_) {
            const auto place = bays_.fire_at(fire.detector);
            const auto lasts = place ? Lasts::standing : Lasts::gone;
            if (std::exchange(fire.told, lasts) != lasts)
                return core::WishFault{
                    .cause = fire.cause, .measured = place.value_or(0), .lasts = lasts};
        }
        return std::nullopt;
    }

    /// Nothing happens on the bus by itself before then.
    [[nodiscard]] Instant wake_at() const { return wake_at_; }
    /// To be told which cards are tapped.
    [[nodiscard]] core::Bays& bays() { return bays_; }
    [[nodiscard]] const core::Bays& bays() const { return bays_; }
    [[nodiscard]] const drivers::ModbusRtu& bus() const { return bus_; }

private:
    /// The board's own buffer is drained within a turn; more than this is a babbling line.
    static constexpr int chunks_most = 16;

    struct Fire {
        hal::SensorKind detector;
        protocol::TripCause cause;
        core::WishFault::Lasts told{core::WishFault::Lasts::gone};
    };

    /// No outlet of a post that is cut as a whole can charge, whatever its own state.
    void tell_lock(protocol::OutletNumber outlet, Instant now)
    {
        const auto own = outlets_[outlet - 1U];
        const bool cut = !whole_.empty() && own == protocol::OutletState::idle;
        bays_.outlet_is(outlet, cut ? protocol::OutletState::locked_out : own, now);
    }
    void tell_locks(Instant now)
    {
        for (std::size_t i = 0; i < outlets_.size(); ++i)
            tell_lock(static_cast<protocol::OutletNumber>(i + 1), now);
    }
    void latch(protocol::CauseSet causes, Instant now)
    {
        whole_ = causes;
        tell_locks(now);
    }

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
        if (const auto* wait = std::get_if<drivers::ModbusRtu::Wait>(&action)) {
            wake_at_ = wait->until;
            return;
        }
        static_cast<void>(board_->bus_send(std::get<drivers::ModbusRtu::Send>(action).bytes));
        wake_at_ = now;
    }

    Board* board_;
    drivers::SlaveTable table_;
    drivers::ModbusRtu bus_;
    core::Bays bays_;
    core::Announcement said_{};
    Instant say_again_at_{};
    Instant wake_at_{};
    /// As the guard tells them; and what is latched for all of them.
    std::array<protocol::OutletState, protocol::outlet_limit> outlets_{};
    protocol::CauseSet whole_;
    std::array<Fire, 2> fires_{Fire{hal::SensorKind::smoke, protocol::TripCause::smoke},
                               Fire{hal::SensorKind::temperature, protocol::TripCause::heat}};
};

}  // namespace ks::app
