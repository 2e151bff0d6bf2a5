#include "sim/chips/bl0942.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ks::sim {

namespace {

constexpr std::uint8_t read_head = 0x58;
constexpr std::uint8_t write_head = 0xA8;
constexpr std::uint8_t packet_address = 0xAA;
constexpr std::uint8_t packet_head = 0x55;
constexpr std::uint8_t chips_on_a_bus = 4;
constexpr std::uint8_t register_soft_reset = 0x1C;
constexpr std::uint8_t register_protection = 0x1D;
constexpr std::uint32_t unlock_word = 0x55;
constexpr std::uint32_t reset_word = 0x5A'5A5A;
constexpr std::uint32_t mask_24 = 0xFF'FFFF;

constexpr std::uint32_t mode_cf_enable = 1U << 2;
constexpr std::uint32_t mode_slow_refresh = 1U << 3;
constexpr std::uint32_t mode_clear_on_read = 1U << 6;
constexpr std::uint32_t mode_absolute = 1U << 7;

constexpr std::uint32_t status_negative = 1U << 0;
constexpr std::uint32_t status_creep = 1U << 1;
constexpr std::uint32_t status_low_current = 1U << 8;
constexpr std::uint32_t status_low_voltage = 1U << 9;
constexpr std::uint32_t low_current = 0x3'FFFF;
constexpr std::uint32_t low_voltage = 0x7'FFFF;

constexpr std::uint32_t freq_at_50_hz = 0x4E20;
constexpr double gain_in_reference = 16.0;

// A chip that now and then says something absurd does so in every third packet, and one whose
// frames are garbled is heard in every third only: our choice, two in a row never agree by chance.
constexpr std::uint32_t mishap_every = 3;

double gain_of(std::uint32_t code)
{
    constexpr std::array gains{1.0, 4.0, 16.0, 24.0};
    return gains[code & 3U];
}

std::uint32_t unsigned_24(double counts)
{
    return static_cast<std::uint32_t>(std::clamp(counts, 0.0, 16'777'215.0));
}

std::int32_t signed_24(double counts)
{
    return static_cast<std::int32_t>(std::clamp(counts, -8'388'608.0, 8'388'607.0));
}

std::uint8_t low_byte(std::uint32_t value) { return static_cast<std::uint8_t>(value & 0xFFU); }

/// The chip's checksum: bitwise not of the low byte of the sum over the whole exchange.
std::uint8_t checksum(std::uint32_t start, Bytes bytes)
{
    const auto sum =
        std::accumulate(bytes.begin(), bytes.end(), start, [](std::uint32_t so_far, std::byte b) {
            return so_far + std::to_integer<std::uint32_t>(b);
        });
    return low_byte(~sum);
}

}  // namespace

Bl0942::Bl0942(std::uint8_t address, BaudPin pin) : address_{address}, pin_{pin}
{
    check(address < chips_on_a_bus);
    reset_registers();
}

std::uint32_t Bl0942::baud() const
{
    switch (config_.mode >> 8 & 3U) {
    case 2: return 19'200;
    case 3: return 38'400;
    }
    return pin_ == BaudPin::at_4800 ? 4'800 : 9'600;
}

bool Bl0942::overcurrent_pin() const
{
    const bool routed = (config_.pins & 3U) == 1;
    return routed && measured_.i_fast_rms >> 8 >= config_.fast_threshold;
}

void Bl0942::reset_registers()
{
    config_ = {.rms_offset = 0,
               .creep = 0x0B,
               .fast_threshold = 0xFFFF,
               .fast_cycles = 1,
               .freq_cycles = 3,
               .pins = 0x24,
               .mode = 0x87,
               .gain = 2};
    unlocked_ = 0;
    measured_ = {.i_rms = 0,
                 .v_rms = 0,
                 .i_fast_rms = 0,
                 .watt = 0,
                 .pulses = 0,
                 .freq = freq_at_50_hz,
                 .status = 0};
    uncounted_ = 0.0;
}

void Bl0942::power_cycle(Instant now, const MeterTerminals& seen)
{
    reset_registers();
    slow_ = fast_ = {.at = now, .seen = seen.integrals()};
    listening_ = Listening::head;
}

Millis Bl0942::fast_window() const
{
    // Code 0 … 3 and «4–7» of I_FAST_RMS_CYC at 50 Hz.
    constexpr std::array windows{Millis{10}, Millis{20}, Millis{40}, Millis{80}, Millis{160}};
    return windows[std::min<std::size_t>(config_.fast_cycles, 4)];
}

void Bl0942::follow_mishaps(Instant now, const MeterTerminals& seen)
{
    fault_ = seen.fault();
    if (seen.resets() != resets_seen_) {
        resets_seen_ = seen.resets();
        power_cycle(now, seen);
    }
    measured_.pulses = (measured_.pulses + seen.pulses_added() - pulses_added_seen_) & mask_24;
    pulses_added_seen_ = seen.pulses_added();
}

void Bl0942::measure(Instant now, const MeterTerminals& seen)
{
    follow_mishaps(now, seen);
    const Millis refresh{(config_.mode & mode_slow_refresh) != 0 ? 800 : 400};
    if (now - fast_.at >= fast_window()) take_fast_window(now, seen);
    if (now - slow_.at >= refresh) take_slow_window(now, seen);
}

void Bl0942::take_fast_window(Instant now, const MeterTerminals& seen)
{
    const Seconds lasted = static_cast<double>((now - fast_.at).count()) / 1000.0;
    const double square =
        (seen.integrals().fast_amp_squared - fast_.seen.fast_amp_squared) / lasted;
    fast_ = {.at = now, .seen = seen.integrals()};
    if (fault_ == MeterFault::frozen) return;
    const double gain = gain_of(config_.gain) / gain_in_reference * std::abs(seen.factor());
    measured_.i_fast_rms = unsigned_24(std::sqrt(std::max(0.0, square)) * gain *
                                       Bl0942Scale::per_amp * Bl0942Scale::fast_share);
}

void Bl0942::take_slow_window(Instant now, const MeterTerminals& seen)
{
    const Seconds lasted = static_cast<double>((now - slow_.at).count()) / 1000.0;
    const auto before = slow_.seen;
    const auto& after = seen.integrals();
    slow_ = {.at = now, .seen = after};
    if (fault_ == MeterFault::frozen) return;

    const Amps amps = std::sqrt(std::max(0.0, after.amp_squared - before.amp_squared) / lasted);
    const Volts volts = std::sqrt(std::max(0.0, after.volt_squared - before.volt_squared) / lasted);
    const Joules energy = (after.energy - before.energy) * seen.factor();
    const double gain = gain_of(config_.gain) / gain_in_reference;
    measured_.i_rms = unsigned_24(amps * gain * std::abs(seen.factor()) * Bl0942Scale::per_amp);
    measured_.v_rms = unsigned_24(volts * Bl0942Scale::per_volt);
    measured_.watt = signed_24(energy / lasted * gain * Bl0942Scale::per_watt);

    std::uint32_t status = measured_.status & status_negative;
    if (measured_.i_rms < low_current) status |= status_low_current;
    if (measured_.v_rms < low_voltage) status |= status_low_voltage;
    // WA_CREEP = WATT * 256 / 3125. Below it the chip says nothing flows and counts nothing.
    if (std::abs(measured_.watt) < static_cast<std::int32_t>(config_.creep * 3125U / 256U)) {
        measured_.watt = 0;
        measured_.i_rms = 0;
        status |= status_creep;
    }
    measured_.status = status;
    if ((status & status_creep) == 0) count_pulses(energy * gain);
}

void Bl0942::count_pulses(Joules energy)
{
    if ((config_.mode & mode_cf_enable) == 0) return;
    const bool absolute = (config_.mode & mode_absolute) != 0;
    uncounted_ += absolute ? std::abs(energy) : energy;
    const double whole = std::trunc(uncounted_ / Bl0942Scale::joules_per_pulse);
    if (whole == 0.0) return;
    uncounted_ -= whole * Bl0942Scale::joules_per_pulse;
    // 24 bits that wrap, both ways when the accumulation is algebraic.
    const auto pulses = static_cast<std::int64_t>(whole);
    measured_.pulses = static_cast<std::uint32_t>(measured_.pulses + pulses) & mask_24;
    measured_.status &= ~status_negative;
    if (energy < 0.0) measured_.status |= status_negative;
}

Bl0942::Answer Bl0942::feed(std::int64_t at_us, std::byte byte)
{
    if (fault_ == MeterFault::dead) {
        listening_ = Listening::head;
        return {};
    }
    if (listening_ != Listening::head && at_us - head_at_us_ > frame_limit_us)
        listening_ = Listening::head;
    const auto value = std::to_integer<std::uint8_t>(byte);
    switch (listening_) {
    case Listening::head: start_frame(at_us, value); return {};
    case Listening::read_address:
        listening_ = Listening::head;
        return value == packet_address ? packet() : register_answer(value);
    case Listening::write_bytes:
        frame_[frame_size_++] = value;
        if (frame_size_ == frame_.size()) finish_write();
        return {};
    case Listening::deaf: return {};
    }
    return {};
}

void Bl0942::start_frame(std::int64_t at_us, std::uint8_t head)
{
    const std::uint8_t kind = head & 0xFCU;
    if (kind != read_head && kind != write_head) return;
    head_at_us_ = at_us;
    frame_ = {head};
    frame_size_ = 1;
    // A frame for a neighbour could hold anything, a head of ours too. Why else would the data
    // sheet ask for 20 ms when the master turns to another chip? So the chip sits it out.
    if ((head & 3U) != address_)
        listening_ = Listening::deaf;
    else
        listening_ = kind == read_head ? Listening::read_address : Listening::write_bytes;
}

void Bl0942::finish_write()
{
    listening_ = Listening::head;
    const auto bytes = std::as_bytes(std::span{frame_});
    if (checksum(0, bytes.first(5)) != frame_[5]) return;
    write(frame_[1], static_cast<std::uint32_t>(frame_[2] | frame_[3] << 8 | frame_[4] << 16));
}

void Bl0942::write(std::uint8_t address, std::uint32_t value)
{
    if (address == register_soft_reset) {
        if (value == reset_word) reset_registers();
    } else if (address == register_protection) {
        unlocked_ = value & 0xFFU;
    } else if (unlocked_ == unlock_word) {
        write_config(address, value);
    }
}

void Bl0942::write_config(std::uint8_t address, std::uint32_t value)
{
    switch (address) {
    case 0x12: config_.rms_offset = value & 0xFFU; break;
    case 0x14: config_.creep = value & 0xFFU; break;
    case 0x15: config_.fast_threshold = value & 0xFFFFU; break;
    case 0x16: config_.fast_cycles = value & 7U; break;
    case 0x17: config_.freq_cycles = value & 3U; break;
    case 0x18: config_.pins = value & 0x3FU; break;
    case 0x19: config_.mode = value & 0x3FFU; break;
    case 0x1A: config_.gain = value & 3U; break;
    }
}

std::uint32_t Bl0942::register_at(std::uint8_t address) const
{
    switch (address) {
    case 0x03: return measured_.i_rms;
    case 0x04: return measured_.v_rms;
    case 0x05: return measured_.i_fast_rms;
    case 0x06: return static_cast<std::uint32_t>(measured_.watt) & mask_24;
    case 0x07: return measured_.pulses;
    case 0x08: return measured_.freq;
    case 0x09: return measured_.status;
    case 0x12: return config_.rms_offset;
    case 0x14: return config_.creep;
    case 0x15: return config_.fast_threshold;
    case 0x16: return config_.fast_cycles;
    case 0x17: return config_.freq_cycles;
    case 0x18: return config_.pins;
    case 0x19: return config_.mode;
    case 0x1A: return config_.gain;
    case register_protection: return unlocked_;
    }
    return 0;  // What a chip says about a register it has not got is in no source; zero is our
               // choice.
}

Bl0942::Answer Bl0942::register_answer(std::uint8_t address)
{
    Answer answer;
    ByteWriter writer{answer.raw()};
    writer.u24_le(register_at(address));
    writer.u8(checksum(std::uint32_t{read_head} + address_ + address, writer.written()));
    answer.resize(writer.size());
    if (address == 0x07 && (config_.mode & mode_clear_on_read) != 0) measured_.pulses = 0;
    return answer;
}

Bl0942::Measured Bl0942::shown() const
{
    auto shown = measured_;
    if (packets_ % mishap_every != 0) return shown;
    if (fault_ == MeterFault::absurd) {
        shown.v_rms = mask_24;   // 1,056 V
        shown.watt = 0x7F'FFFF;  // 13 kW
        shown.pulses = ~measured_.pulses & mask_24;
    }
    if (fault_ == MeterFault::forged) {
        constexpr Amps amps = 12.0;
        shown.i_rms = unsigned_24(amps * Bl0942Scale::per_amp);
        shown.watt = signed_24(amps * 220.0 * Bl0942Scale::per_watt);
    }
    return shown;
}

Bl0942::Answer Bl0942::packet()
{
    ++packets_;
    const auto measured = shown();
    Answer answer;
    ByteWriter writer{answer.raw()};
    writer.u8(packet_head);
    writer.u24_le(measured.i_rms);
    writer.u24_le(measured.v_rms);
    writer.u24_le(measured.i_fast_rms);
    writer.u24_le(static_cast<std::uint32_t>(measured.watt) & mask_24);
    writer.u24_le(measured.pulses);
    writer.u16_le(static_cast<std::uint16_t>(measured.freq));
    writer.u8(0);
    writer.u8(low_byte(measured.status));
    writer.u16_le(0);
    const bool garbled = fault_ == MeterFault::garbled && packets_ % mishap_every != 0;
    const auto sum = checksum(std::uint32_t{read_head} + address_, writer.written());
    writer.u8(garbled ? low_byte(~std::uint32_t{sum}) : sum);
    check(writer.ok() && writer.size() == packet_size);
    answer.resize(writer.size());
    if ((config_.mode & mode_clear_on_read) != 0) measured_.pulses = 0;
    return answer;
}

}  // namespace ks::sim
