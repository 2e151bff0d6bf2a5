#include "firmware/drivers/meter_bus.hpp"

#include "firmware/drivers/bl0942_scale.hpp"

namespace ks::drivers {

namespace {

constexpr std::uint32_t unlock_word = 0x55;
constexpr std::uint32_t lock_word = 0;
constexpr std::uint32_t two_cycles = 2;
/// CF1 is the over-current output; CF2 and ZX as the chip has them.
constexpr std::uint32_t overcurrent_on_cf1 = 0x25;
constexpr std::uint32_t gain_16 = 2;

/// Default mode: pulses counted, absolute, refresh every 400 ms, 50 Hz; and the rate, where 0
/// leaves it to the pin.
constexpr std::uint32_t mode_for(MeterBaud baud)
{
    constexpr std::uint32_t by_pin = 0x87;
    switch (baud) {
    case MeterBaud::at_4800:
    case MeterBaud::at_9600: return by_pin;
    case MeterBaud::at_19200: return by_pin | 2U << 8;
    case MeterBaud::at_38400: return by_pin | 3U << 8;
    }
    return by_pin;
}

void add_one(std::uint32_t& counter)
{
    if (counter != UINT32_MAX) ++counter;
}

}  // namespace

MeterBus::MeterBus(const Setup& setup) : setup_{setup}
{
    check(setup.meters > 0 && setup.meters <= meters_per_bus);
    check(setup.pin_trip > Milliamps{} && setup.pin_trip <= meter_current_ceiling);
    for (auto& meter : meters_)
        meter.pin_trip = setup.pin_trip;
}

void MeterBus::set_pin_trip(MeterAddress address, Milliamps pin_trip)
{
    check(address < setup_.meters);
    check(pin_trip > Milliamps{} && pin_trip <= meter_current_ceiling);
    auto& meter = meters_[address];
    if (meter.pin_trip == pin_trip) return;
    meter.pin_trip = pin_trip;
    // One that is being set up has perhaps been told the old one already.
    if (meter.phase == Phase::unknown) return;
    meter.phase = Phase::writing;
    meter.step = 0;
}

std::array<WriteFrame, 2> MeterBus::rate_frames(MeterAddress address, MeterBaud baud)
{
    return {write_frame(address, MeterRegister::write_protection, unlock_word),
            write_frame(address, MeterRegister::mode, mode_for(baud))};
}

MeterBus::Word MeterBus::write_at(std::size_t step) const
{
    using enum MeterRegister;
    if (step == 0) return {.at = write_protection, .value = unlock_word};
    if (step + 1 == writes) return {.at = write_protection, .value = lock_word};
    return read_at(step - 1);
}

// Everything that is written, and the gain, on which every conversion rests.
MeterBus::Word MeterBus::read_at(std::size_t step) const
{
    using enum MeterRegister;
    const auto threshold = bl0942_threshold_per_milliamp.of(meters_[address_].pin_trip.count());
    const std::array<Word, reads> words{
        Word{.at = overcurrent_threshold, .value = static_cast<std::uint32_t>(threshold)},
        Word{.at = overcurrent_cycles, .value = two_cycles},
        Word{.at = pin_functions, .value = overcurrent_on_cf1},
        Word{.at = mode, .value = mode_for(setup_.baud)}, Word{.at = gain, .value = gain_16}};
    check(step < reads);
    return words[step];
}

std::optional<hal::Sample> MeterBus::take(MeterAddress address)
{
    check(address < setup_.meters);
    const auto taken = meters_[address].sample;
    meters_[address].sample.reset();
    return taken;
}

const MeterBus::Errors& MeterBus::errors(MeterAddress address) const
{
    check(address < setup_.meters);
    return meters_[address].errors;
}

bool MeterBus::set_up_lost(MeterAddress address) const
{
    check(address < setup_.meters);
    return meters_[address].lost;
}

bool MeterBus::answering(MeterAddress address) const
{
    check(address < setup_.meters);
    return meters_[address].phase != Phase::unknown;
}

MeterBus::Action MeterBus::next(Instant now)
{
    if (setup_.meters == 0) return Wait{now + nothing_to_do};
    if (awaiting_ != Awaiting::nothing) {
        if (now < deadline_) return Wait{deadline_};
        give_up(now);
    }
    if (now < quiet_until_) return Wait{quiet_until_};
    return request(now);
}

MeterBus::Send MeterBus::request(Instant now)
{
    heard_.resize(0);
    switch (current().phase) {
    case Phase::unknown: return find(now);
    case Phase::writing: return write_next(now);
    case Phase::checking: return ask_word(now, read_at(current().step));
    case Phase::ready: break;
    }
    // The threshold is what a restarted chip has lost first and needs most; the others in turn.
    if (now >= current().check_at) return ask_word(now, read_at(current().step));
    return ask_packet(now);
}

template <std::size_t size>
MeterBus::Send MeterBus::send(const std::array<std::byte, size>& frame)
{
    static_assert(size <= sizeof(out_));
    std::copy(frame.begin(), frame.end(), out_.begin());
    return Send{Bytes{out_}.first(size)};
}

MeterBus::Send MeterBus::find(Instant now)
{
    const auto frames = rate_frames(address_, setup_.baud);
    const bool by_pin = mode_for(setup_.baud) == mode_for(MeterBaud::at_4800);
    auto& step = current().step;
    if (by_pin || step == frames.size()) {
        step = 0;
        return ask_packet(now);
    }
    const auto sent = send(frames[step++]);
    pause(now, wire_time(setup_.baud, sent.bytes.size()) + frame_pause);
    return sent;
}

MeterBus::Send MeterBus::write_next(Instant now)
{
    const auto word = write_at(current().step);
    const auto sent = send(write_frame(address_, word.at, word.value));
    pause(now, wire_time(setup_.baud, sent.bytes.size()) + frame_pause);
    if (++current().step == writes) {
        current().phase = Phase::checking;
        current().step = 0;
    }
    return sent;
}

MeterBus::Send MeterBus::ask_word(Instant now, Word word)
{
    expected_ = word;
    await(now, Awaiting::word, sizeof(ReadFrame) + meter_word_size);
    return send(read_frame(address_, word.at));
}

MeterBus::Send MeterBus::ask_packet(Instant now)
{
    await(now, Awaiting::packet, sizeof(ReadFrame) + meter_packet_size);
    return send(packet_request(address_));
}

void MeterBus::await(Instant now, Awaiting what, std::size_t bytes)
{
    awaiting_ = what;
    deadline_ = now + answer_limit(setup_.baud, bytes);
}

void MeterBus::pause(Instant now, Millis time) { quiet_until_ = now + time; }

void MeterBus::next_meter(Instant now)
{
    address_ = static_cast<MeterAddress>((address_ + 1U) % setup_.meters);
    pause(now, switch_pause);
}

void MeterBus::feed(Bytes bytes, Instant now)
{
    if (awaiting_ == Awaiting::nothing) {
        for (std::size_t i = 0; i < bytes.size(); ++i)
            add_one(stray_bytes_);
        return;
    }
    const auto size = heard_.size();
    const auto fits = std::min(bytes.size(), heard_most - size);
    std::copy_n(bytes.begin(), fits, heard_.raw().subspan(size).begin());
    heard_.resize(size + fits);
    for (std::size_t i = fits; i < bytes.size(); ++i)
        add_one(stray_bytes_);

    if (awaiting_ == Awaiting::word)
        hear_word(now);
    else
        hear_packet(now);
}

void MeterBus::hear_word(Instant now)
{
    if (heard_.size() < meter_word_size) return;
    const auto word = word_from(heard_.view().first(meter_word_size), address_, expected_.at);
    // A bad one is given up at its deadline: its rest may still be on the wire.
    if (word.ok()) judge_word(now, *word);
}

// A packet is looked for at every place, so noise before it costs nothing; and 23 bytes are 23,
// whatever follows them.
void MeterBus::hear_packet(Instant now)
{
    const auto heard = heard_.view();
    for (std::size_t from = 0; from + meter_packet_size <= heard.size(); ++from) {
        const auto sample = sample_from(heard.subspan(from, meter_packet_size), address_, now);
        if (sample.ok()) return keep(now, *sample);
    }
}

void MeterBus::keep(Instant now, const hal::Sample& sample)
{
    awaiting_ = Awaiting::nothing;
    auto& meter = current();
    meter.unanswered = 0;
    if (meter.phase == Phase::ready) {
        // A counter that goes back has wrapped, or its chip has restarted: look at once.
        if (sample.pulses < meter.pulses) meter.check_at = now;
        meter.pulses = sample.pulses;
        meter.sample = sample;
    } else {
        set_up_again();
    }
    next_meter(now);
}

void MeterBus::judge_word(Instant now, std::uint32_t value)
{
    awaiting_ = Awaiting::nothing;
    auto& meter = current();
    meter.unanswered = 0;
    pause(now, frame_pause);
    if (value != expected_.value) {
        add_one(meter.phase == Phase::ready ? meter.errors.restarts : meter.errors.set_ups_failed);
        meter.lost = true;
        set_up_again();
        return next_meter(now);
    }
    if (meter.phase == Phase::checking && ++meter.step < reads) return;
    if (meter.phase == Phase::ready && meter.step == 0) {
        meter.step = meter.other;
        meter.other = static_cast<std::uint8_t>(meter.other % (reads - 1) + 1);
        return;
    }
    meter.phase = Phase::ready;
    meter.lost = false;
    meter.step = 0;
    meter.check_at = now + check_every;
}

void MeterBus::set_up_again()
{
    current().phase = Phase::writing;
    current().step = 0;
    current().pulses = 0;
}

void MeterBus::give_up(Instant now)
{
    auto& meter = current();
    const auto heard = heard_.view();
    if (heard.empty()) {
        add_one(meter.errors.unanswered);
    } else if (awaiting_ == Awaiting::packet && heard.size() == meter_packet_size) {
        count(sample_from(heard, address_, now).reason());
    } else if (awaiting_ == Awaiting::word && heard.size() == meter_word_size) {
        count(word_from(heard, address_, expected_.at).reason());
    } else {
        count(MeterFault::mangled);
    }
    awaiting_ = Awaiting::nothing;
    meter.unanswered = static_cast<std::uint8_t>(std::min<int>(meter.unanswered + 1, UINT8_MAX));
    if (meter.phase != Phase::ready || meter.unanswered >= unanswered_most) {
        meter.phase = Phase::unknown;
        meter.lost = false;
    }
    meter.step = 0;
    next_meter(now);
}

void MeterBus::count(MeterFault fault)
{
    auto& errors = current().errors;
    switch (fault) {
    case MeterFault::mangled: return add_one(errors.mangled);
    case MeterFault::other_address: return add_one(errors.other_address);
    case MeterFault::absurd: return add_one(errors.absurd);
    }
}

}  // namespace ks::drivers
