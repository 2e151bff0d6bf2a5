#pragma once

#include "firmware/protocol/codec.hpp"

#include <random>

namespace ks::protocol {

/// Values of every type of the contract, anywhere in their ranges and, one time in four, at their
/// ends. The seed decides everything.
class RandomValues {
public:
    explicit RandomValues(std::uint64_t seed) : engine_{seed} {}

    [[nodiscard]] Record record();
    [[nodiscard]] Command command();
    [[nodiscard]] Settings settings();
    [[nodiscard]] Birth birth();
    [[nodiscard]] NonceOffer nonce_offer();
    [[nodiscard]] Ack ack();
    [[nodiscard]] TimeNotice time_notice();
    [[nodiscard]] RangeRequest range_request();

    [[nodiscard]] std::int64_t number(std::int64_t least, std::int64_t most);

    template <std::size_t size>
    [[nodiscard]] std::array<std::byte, size> bytes()
    {
        std::array<std::byte, size> made{};
        for (auto& byte : made)
            byte = static_cast<std::byte>(number(0, 0xFF));
        return made;
    }

private:
    template <class Word>
    [[nodiscard]] Word word();
    template <class T>
    [[nodiscard]] T measured();
    template <class T>
    [[nodiscard]] T limit();
    [[nodiscard]] std::uint64_t seq();
    [[nodiscard]] std::uint32_t u32() { return static_cast<std::uint32_t>(number(0, 0xFFFF'FFFF)); }
    [[nodiscard]] std::uint64_t u64() { return engine_(); }
    [[nodiscard]] OutletNumber outlet();
    [[nodiscard]] PostId post();
    [[nodiscard]] bool coin() { return number(0, 1) == 1; }

    [[nodiscard]] RecordBody body(std::size_t kind);
    [[nodiscard]] RecordBody session_body(std::size_t kind);
    [[nodiscard]] Telemetry telemetry();
    [[nodiscard]] HeadsSigned heads_signed();
    [[nodiscard]] CommandBody command_body();

    std::mt19937_64 engine_;
};

}  // namespace ks::protocol
