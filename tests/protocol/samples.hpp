#pragma once

#include "firmware/protocol/topic.hpp"
#include "tests/protocol/strictness.hpp"

#include <string>
#include <vector>

// One of every kind, with values that can be told apart. SPEC.md shows the bytes of these.
namespace ks::protocol::samples {

inline constexpr CommandKey key = [] {
    CommandKey made{};
    for (std::size_t i = 0; i < made.size(); ++i)
        made[i] = static_cast<std::byte>(i);
    return made;
}();

[[nodiscard]] PostId post();
[[nodiscard]] SiteId site();

/// Bytes that count up from `first`.
template <std::size_t size>
[[nodiscard]] constexpr std::array<std::byte, size> counting(unsigned first)
{
    std::array<std::byte, size> made{};
    for (std::size_t i = 0; i < size; ++i)
        made[i] = static_cast<std::byte>(first + i);
    return made;
}

/// 2026-03-01 08:00 UTC.
inline constexpr UnixMillis morning{1'772'352'000'000};
inline constexpr CommandId command_id = counting<16>(0xA0);
inline constexpr CardToken card = 0x1122'3344'5566'7788;

/// One record of every kind, in the order of the kinds.
[[nodiscard]] std::vector<Record> records();

/// One command of every action, in their order.
[[nodiscard]] std::vector<Command> commands();

[[nodiscard]] Settings settings();
[[nodiscard]] SetSettings settings_record();
[[nodiscard]] Birth birth();
[[nodiscard]] NonceOffer nonce_offer();
[[nodiscard]] Will will();
[[nodiscard]] Ack ack();
[[nodiscard]] TimeNotice time_notice();
[[nodiscard]] RangeRequest range_request();

static_assert(command_limit >= record_limit);
using ExampleBytes = FixedBytes<command_limit>;

/// One of the values above as it goes over the air.
struct Example {
    std::string name;
    Subject subject;
    ExampleBytes bytes;
};

/// All of them, named after what they are: `record_tripped`, `command_stop_bare`, `birth`. Records
/// are chained to the genesis of their lane, commands proven with `key`.
[[nodiscard]] std::vector<Example> examples();

}  // namespace ks::protocol::samples
