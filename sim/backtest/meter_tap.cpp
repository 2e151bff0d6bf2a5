#include "sim/backtest/meter_tap.hpp"

#include "firmware/drivers/bl0942_scale.hpp"
#include "firmware/protocol/limits.hpp"

namespace ks::sim {

namespace {

// What firmware/drivers/meter_bus.cpp writes (data sheet V1.10).
constexpr std::uint32_t unlock_word = 0x55;
constexpr std::uint32_t two_cycles = 2;
constexpr std::uint32_t overcurrent_on_cf1 = 0x25;
constexpr Millis found_within{5'000};  // drivers::MeterBus::check_every

std::int64_t microseconds(Instant at) { return at.since_boot().count() * 1000; }

}  // namespace

void MeterTap::write(Instant now, drivers::MeterRegister to, std::uint32_t value)
{
    for (const auto byte : drivers::write_frame(0, to, value))
        static_cast<void>(chip_.feed(microseconds(now), byte));
}

void MeterTap::set_up(Instant now)
{
    using enum drivers::MeterRegister;
    constexpr auto most = protocol::loosest<protocol::Limits>.hard_overcurrent;
    write(now, write_protection, unlock_word);
    write(now, overcurrent_threshold,
          static_cast<std::uint32_t>(drivers::bl0942_threshold_per_milliamp.of(most.count())));
    write(now, overcurrent_cycles, two_cycles);
    write(now, pin_functions, overcurrent_on_cf1);
    write(now, write_protection, 0);
    resets_seen_ = wires_->resets();
    set_up_at_.reset();
}

void MeterTap::measure(Instant now)
{
    chip_.measure(now, *wires_);
    if (wires_->resets() == resets_seen_) return;
    if (!set_up_at_) set_up_at_ = now + found_within;
    if (now >= *set_up_at_) set_up(now);
}

std::optional<hal::Sample> MeterTap::ask(Instant now)
{
    static_cast<void>(chip_.feed(microseconds(now), drivers::packet_request(0)[0]));
    const auto answer = chip_.feed(microseconds(now), drivers::packet_request(0)[1]);
    const auto sample = drivers::sample_from(answer.view(), 0, now);
    if (!sample) return std::nullopt;
    return sample.value();
}

}  // namespace ks::sim
