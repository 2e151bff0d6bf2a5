#include "sim/chips/bl0942_bus.hpp"

#include <algorithm>

namespace ks::sim {

namespace {

std::int64_t microseconds(Instant at) { return at.since_boot().count() * 1000; }

/// 8N1: ten bits, rounded up.
std::int64_t byte_us(std::uint32_t baud) { return (10'000'000 + baud - 1) / baud; }

std::int64_t half_bit_us(std::uint32_t baud) { return 500'000 / baud; }

}  // namespace

void Bl0942Bus::attach(std::uint8_t address, Bl0942::BaudPin pin, const MeterTerminals& seen)
{
    for (const auto& wired : chips_)
        check(wired->chip.address() != address);
    chips_.push_back(Wired{.chip = Bl0942{address, pin}, .seen = &seen});
    chips_[chips_.size() - 1]->chip.power_cycle(now_, seen);
}

const Bl0942& Bl0942Bus::chip(std::uint8_t address) const
{
    const auto found = std::find_if(chips_.begin(), chips_.end(), [&](const auto& wired) {
        return wired->chip.address() == address;
    });
    check(found != chips_.end());
    return (*found)->chip;
}

std::size_t Bl0942Bus::send(Bytes bytes)
{
    // An idle wire takes the first byte now; a busy one when it is free.
    if (outgoing_.empty()) wire_free_us_ = std::max(wire_free_us_, microseconds(now_));
    std::size_t taken = 0;
    for (const auto byte : bytes) {
        if (!outgoing_.push({.byte = byte, .starts_frame = taken == 0})) break;
        ++taken;
    }
    return taken;
}

std::size_t Bl0942Bus::receive(std::span<std::byte> into)
{
    const auto now_us = microseconds(now_);
    std::size_t given = 0;
    while (given < into.size() && !incoming_.empty() && incoming_.front().complete_us <= now_us) {
        into[given++] = incoming_.front().byte;
        incoming_.pop();
    }
    return given;
}

std::uint32_t Bl0942Bus::rate_for(std::byte head) const
{
    if (master_baud_) return *master_baud_;
    const auto address = std::to_integer<std::uint8_t>(head) & 3U;
    for (const auto& wired : chips_)
        if (wired->chip.address() == address) return wired->chip.baud();
    return rate_;
}

void Bl0942Bus::advance_to(Instant now)
{
    for (auto& wired : chips_)
        wired->chip.measure(now, *wired->seen);

    const auto now_us = microseconds(now);
    while (!outgoing_.empty()) {
        const auto next = outgoing_.front();
        if (next.starts_frame) rate_ = rate_for(next.byte);
        if (wire_free_us_ + byte_us(rate_) > now_us) break;
        wire_free_us_ += byte_us(rate_);
        outgoing_.pop();
        deliver(next.byte);
    }
    now_ = now;
}

void Bl0942Bus::deliver(std::byte byte)
{
    // Half duplex: who speaks does not hear.
    if (wire_free_us_ <= answered_until_us_) return;
    for (auto& wired : chips_) {
        if (wired->chip.baud() != rate_) continue;
        const auto answer = wired->chip.feed(wire_free_us_, byte);
        if (!answer.empty()) queue_answer(wired->chip, answer);
    }
}

void Bl0942Bus::queue_answer(const Bl0942& chip, const Bl0942::Answer& answer)
{
    // The answer starts half a bit after the address (data sheet V1.10).
    auto complete_us = wire_free_us_ + half_bit_us(chip.baud());
    for (const auto byte : answer.view()) {
        complete_us += byte_us(chip.baud());
        // A full receive buffer overruns: what comes later is lost, as in any UART.
        if (!incoming_.push({.byte = byte, .complete_us = complete_us})) break;
    }
    answered_until_us_ = complete_us;
}

void Bl0942Bus::power_cycle()
{
    for (auto& wired : chips_)
        wired->chip.power_cycle(now_, *wired->seen);
    outgoing_.clear();
    incoming_.clear();
    wire_free_us_ = answered_until_us_ = microseconds(now_);
}

}  // namespace ks::sim
