#pragma once

#include "firmware/protocol/fields.hpp"

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
    [[nodiscard]] Word word()
    {
        return static_cast<Word>(number(static_cast<std::int64_t>(range_of<Word>.first),
                                        static_cast<std::int64_t>(range_of<Word>.last)));
    }
    template <class T>
    [[nodiscard]] T measured()
    {
        using Rep = typename T::rep;
        const auto least = std::max<std::int64_t>(std::numeric_limits<Rep>::min(), -greatest);
        const auto most = std::min<std::int64_t>(std::numeric_limits<Rep>::max(), greatest);
        return T{static_cast<Rep>(number(least, most))};
    }
    template <class T>
    [[nodiscard]] std::optional<T> maybe_measured()
    {
        if (coin()) return std::nullopt;
        return measured<T>();
    }
    template <class T>
    [[nodiscard]] T limit()
    {
        using Rep = typename T::rep;
        const auto most = std::min<std::int64_t>(std::numeric_limits<Rep>::max(), greatest);
        return T{static_cast<Rep>(number(0, most))};
    }
    [[nodiscard]] UnixMillis moment() { return UnixMillis{number(-greatest, greatest)}; }
    [[nodiscard]] std::uint64_t seq();
    [[nodiscard]] std::uint32_t u32() { return static_cast<std::uint32_t>(number(0, 0xFFFF'FFFF)); }
    [[nodiscard]] std::uint64_t u64() { return engine_(); }
    [[nodiscard]] OutletNumber outlet();
    [[nodiscard]] PostId post();
    [[nodiscard]] bool coin() { return number(0, 1) == 1; }

    // random_records.cpp
    [[nodiscard]] RecordBody body(RecordKind kind);
    [[nodiscard]] RecordBody session_body(RecordKind kind);
    [[nodiscard]] RecordBody alarm_body(RecordKind kind);
    [[nodiscard]] RecordBody bay_body(RecordKind kind);
    [[nodiscard]] RecordBody post_body(RecordKind kind);
    [[nodiscard]] Telemetry telemetry();
    [[nodiscard]] PostReading post_reading();
    [[nodiscard]] TripTrace trip_trace();
    [[nodiscard]] HeadsSigned heads_signed();

    template <class Owner>
    [[nodiscard]] Owner limits();
    [[nodiscard]] ProfileName profile();
    [[nodiscard]] SetCards set_cards();
    [[nodiscard]] CommandBody command_body();

    std::mt19937_64 engine_;
};

}  // namespace ks::protocol
