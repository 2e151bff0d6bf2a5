#pragma once

#include "firmware/boards/host/host_processor.hpp"
#include "firmware/boards/host/tcp_line.hpp"
#include "firmware/hal/board.hpp"
#include "firmware/protocol/ids.hpp"

#include <array>
#include <deque>
#include <utility>
#include <vector>

namespace ks::host {

/// Bytes on a serial line between the post and what hangs on it.
struct SerialWire {
    std::deque<std::byte> to_post;
    std::vector<std::byte> from_post;
    hal::MeterRate rate{hal::MeterRate::waking};
};

/// A post's hardware as a Linux process sees it. Outputs and inputs are plain values: whoever owns
/// the board (the simulator, a test) reads what the post drives and puts in what it senses. The
/// flash is lent; the line is a real socket.
template <hal::NorFlash Nor>
class HostBoard : public HostProcessor {
public:
    static constexpr std::size_t meter_buses = 3;

    HostBoard(Nor& nor, std::string address, std::uint16_t port)
        : nor_{&nor}, line_{std::move(address), port}
    {}

    // What the firmware sees: hal::Board.
    [[nodiscard]] Instant now() const { return now_; }
    std::size_t meter_send(std::uint8_t bus, Bytes out)
    {
        auto& wire = wires.at(bus).from_post;
        wire.insert(wire.end(), out.begin(), out.end());
        return out.size();
    }
    std::size_t meter_receive(std::uint8_t bus, std::span<std::byte> in)
    {
        return take(wires.at(bus), in);
    }
    void set_meter_rate(std::uint8_t bus, hal::MeterRate rate) { wires.at(bus).rate = rate; }
    [[nodiscard]] hal::Temperature contact_temperature(std::uint8_t outlet) const
    {
        return contacts.at(outlet - 1U);
    }
    [[nodiscard]] hal::OvercurrentPin overcurrent_pin(std::uint8_t outlet)
    {
        return std::exchange(pins.at(outlet - 1U), hal::OvercurrentPin::quiet);
    }
    [[nodiscard]] hal::Relay coil(std::uint8_t outlet) const { return coils.at(outlet - 1U); }
    [[nodiscard]] hal::PostInputs post_inputs() const { return inputs; }
    void drive(std::uint8_t outlet, hal::Relay relay)
    {
        relays.at(outlet - 1U) = told_.at(outlet - 1U) = relay;
    }
    [[nodiscard]] hal::Outputs confirm_outputs()
    {
        const bool altered = relays != told_ || ports == Ports::inputs;
        ports = Ports::outputs;
        return altered ? hal::Outputs::altered : hal::Outputs::as_told;
    }
    void drive_contactor(hal::Relay relay) { contactor = relay; }
    void drive_group(hal::GroupLine line) { group = line; }
    void feed_watchdog() { watchdog_fed_at = now_; }

    [[nodiscard]] Nor& nor() { return *nor_; }
    [[nodiscard]] hal::Line line() { return line_.state(); }
    void open_line() { line_.open(); }
    void close_line() { line_.close(); }
    [[nodiscard]] std::size_t send(Bytes out) { return line_.send(out); }
    [[nodiscard]] std::size_t receive(std::span<std::byte> in) { return line_.receive(in); }
    [[nodiscard]] std::optional<hal::CardTap> card_tap()
    {
        if (taps.empty()) return std::nullopt;
        const auto tap = taps.front();
        taps.pop_front();
        return tap;
    }
    [[nodiscard]] bool random(std::span<std::byte> into);
    void locate(std::uint8_t outlet, Millis duration) { located = {outlet, duration}; }
    void sound(hal::Sound now_heard) { sounds = now_heard; }
    std::size_t bus_send(Bytes out)
    {
        rs485.from_post.insert(rs485.from_post.end(), out.begin(), out.end());
        return out.size();
    }
    std::size_t bus_receive(std::span<std::byte> in) { return take(rs485, in); }

    // What the owner sees.
    void set_now(Instant now)
    {
        let_second_clock_run(now - now_);
        now_ = now;
    }
    /// What a coil really gets: nothing from a port that has become an input.
    [[nodiscard]] hal::Relay pulled(std::uint8_t outlet) const
    {
        return ports == Ports::outputs ? relays.at(outlet - 1U) : hal::Relay::open;
    }
    /// Which way the ports of the coils are set.
    enum class Ports : std::uint8_t { outputs, inputs } ports{Ports::outputs};
    [[nodiscard]] int line_descriptor() const { return line_.descriptor(); }
    void set_air(TcpLine::Air air) { line_.set_air(air); }

    std::array<SerialWire, meter_buses> wires;
    SerialWire rs485;
    std::array<hal::OvercurrentPin, protocol::outlet_limit> pins{};
    std::array<hal::Relay, protocol::outlet_limit> coils{};
    hal::PostInputs inputs{};
    hal::GroupLine group{hal::GroupLine::released};
    hal::Sound sounds{hal::Sound::silent};
    std::array<hal::Temperature, protocol::outlet_limit> contacts{};
    std::array<hal::Relay, protocol::outlet_limit> relays{};
    hal::Relay contactor{hal::Relay::open};
    std::deque<hal::CardTap> taps;
    Instant watchdog_fed_at{};
    std::pair<std::uint8_t, Millis> located{};

private:
    static std::size_t take(SerialWire& wire, std::span<std::byte> in)
    {
        std::size_t count = 0;
        for (; count < in.size() && !wire.to_post.empty(); ++count) {
            in[count] = wire.to_post.front();
            wire.to_post.pop_front();
        }
        return count;
    }

    std::array<hal::Relay, protocol::outlet_limit> told_{};
    Nor* nor_;
    Instant now_{};
    TcpLine line_;
};

/// The operating system's generator; false when it gives nothing.
[[nodiscard]] bool system_random(std::span<std::byte> into);

template <hal::NorFlash Nor>
bool HostBoard<Nor>::random(std::span<std::byte> into)
{
    if (!stuck_noise) return system_random(into);
    std::fill(into.begin(), into.end(), *stuck_noise);
    return true;
}

}  // namespace ks::host
