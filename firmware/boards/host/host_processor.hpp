#pragma once

#include "firmware/hal/self_test.hpp"

#include <array>
#include <optional>

namespace ks::host {

/// What the self-tests look at, as far as a Linux process has it: real registers, the real memory
/// that its owner lends, the program's real code. What a process has not, a second oscillator,
/// analogue channels, interrupts, stands here as plain values. Whatever can break has a field that
/// breaks it; the owner sets it and the firmware must find it.
class HostProcessor {
public:
    /// 64 KiB of the program's code, and the first quarter of it for what the guard is made of: the
    /// linker of Linux knows no safety section.
    static constexpr std::uint32_t image_most = 64 * 1'024;
    static constexpr std::size_t stack_words = 32;

    HostProcessor() = default;
    HostProcessor(const HostProcessor&) = delete;  // it looks at its own memory
    HostProcessor& operator=(const HostProcessor&) = delete;

    /// Some bits of a word, register or cell, that stay one.
    struct Stuck {
        std::uint32_t at;
        std::uint32_t bits;
    };

    /// Memory by words, as `volatile` shows it.
    class Cells {
    public:
        Cells(std::span<std::byte> memory, const std::optional<Stuck>& stuck)
            : memory_{memory}, stuck_{stuck.value_or(Stuck{.at = 0, .bits = 0})}
        {}
        [[nodiscard]] std::uint32_t size() const
        {
            return static_cast<std::uint32_t>(memory_.size() / sizeof(std::uint32_t));
        }
        [[nodiscard]] std::uint32_t read(std::uint32_t at) const
        {
            check(at < size());
            const auto word = reinterpret_cast<const volatile std::uint32_t*>(memory_.data())[at];
            return stuck_.bits != 0 && stuck_.at == at ? word | stuck_.bits : word;
        }
        void write(std::uint32_t at, std::uint32_t word)
        {
            check(at < size());
            reinterpret_cast<volatile std::uint32_t*>(memory_.data())[at] = word;
        }

    private:
        std::span<std::byte> memory_;
        Stuck stuck_;
    };

    // What the firmware sees: hal::SelfTested, but for the ports.
    [[nodiscard]] std::uint8_t registers() const { return 13; }  // as many as the target has
    [[nodiscard]] std::uint32_t through_register(std::uint8_t which, std::uint32_t word) const;
    [[nodiscard]] Cells ram(hal::RamPart) { return {memory.empty() ? own_ : memory, stuck_ram}; }
    /// One thread makes all calls, so nothing comes in between; only the compiler must not carry a
    /// value across.
    template <class Work>
    void undisturbed(Work&& work)
    {
        asm volatile("" ::: "memory");
        work();
        asm volatile("" ::: "memory");
    }
    [[nodiscard]] hal::ImageFacts image(hal::ImagePart part) const;
    void read_image(std::uint32_t at, std::span<std::byte> into) const;
    [[nodiscard]] Instant second_clock() const { return Instant{Millis{second_us_ / 1'000}}; }
    [[nodiscard]] hal::KnownChannel known_channel(std::uint8_t which) const;
    [[nodiscard]] std::span<std::uint32_t> stack_guard() { return stack; }
    [[nodiscard]] std::uint32_t interrupts(hal::InterruptSource source) const
    {
        return interrupted.at(static_cast<std::size_t>(source));
    }
    void gate_interrupts(hal::InterruptSource source, hal::InterruptGate gate)
    {
        gates.at(static_cast<std::size_t>(source)) = gate;
    }
    void restart() { wants_restart = true; }

    // What the owner sees.
    /// What is marched over; a little memory of the board's own as long as none is lent.
    std::span<std::byte> memory;
    std::optional<Stuck> stuck_register;
    std::optional<Stuck> stuck_ram;
    /// A byte of the program that reads with its lowest bit flipped.
    std::optional<std::uint32_t> flipped_byte;
    /// The post's own clock by the second one.
    std::int32_t clock_permille{1'000};
    /// The reference, and ground, as the converter shows them.
    std::array<Millivolts, hal::known_channels> shown{Millivolts{1'210}, Millivolts{0}};
    std::array<std::uint32_t, stack_words> stack{};
    std::array<std::uint32_t, hal::interrupt_sources> interrupted{};
    std::array<hal::InterruptGate, hal::interrupt_sources> gates{};
    std::optional<std::byte> stuck_noise;
    bool wants_restart{false};

protected:
    /// The post's clock went on so far.
    void let_second_clock_run(Millis by)
    {
        second_us_ += by.count() * 1'000 * 1'000 / clock_permille;
    }

private:
    alignas(std::uint32_t) std::array<std::byte, 1'024> room_{};
    std::span<std::byte> own_{room_};
    std::int64_t second_us_{0};
};

}  // namespace ks::host
