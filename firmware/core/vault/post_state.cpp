#include "firmware/core/vault/post_state.hpp"

#include "firmware/protocol/codec.hpp"
#include "firmware/protocol/word_range.hpp"

namespace ks::core {

namespace {

using protocol::TripCause;

std::uint8_t to_byte(std::optional<TripCause> cause)
{
    return cause ? static_cast<std::uint8_t>(*cause) : std::uint8_t{0};
}

/// A latch we cannot name is still a latch: an unknown byte makes the whole state unreadable.
bool from_byte(std::uint8_t byte, std::optional<TripCause>& cause)
{
    if (byte == 0) {
        cause.reset();
        return true;
    }
    if (byte > static_cast<std::uint8_t>(protocol::range_of<TripCause>.last)) return false;
    cause = static_cast<TripCause>(byte);
    return true;
}

}  // namespace

PostState factory_state()
{
    return {.settings = protocol::factory_settings,
            .latched = {},
            .whole = {},
            .open = {},
            .relays = {},
            .strikes = {}};
}

FixedBytes<post_state_limit> encode(const PostState& state)
{
    const auto settings = protocol::encode(state.settings);
    FixedBytes<post_state_limit> bytes;
    ByteWriter writer{bytes.raw()};
    writer.u16_be(static_cast<std::uint16_t>(settings.size()));
    writer.put(settings.view());
    writer.u64_be(state.whole.bits());
    for (const auto latched : state.latched)
        writer.u8(to_byte(latched));
    for (const auto session : state.open)
        writer.u64_be(session);
    for (const auto& relay : state.relays) {
        writer.u32_be(relay.closings);
        writer.u32_be(relay.hot_permille);
    }
    // Absent means none, which is what states from before there were any say.
    if (!state.strikes.none()) {
        writer.u8(state.strikes.tests);
        writer.u8(state.strikes.resets);
    }
    check(writer.ok());
    bytes.resize(writer.size());
    return bytes;
}

std::optional<PostState> decode_post_state(Bytes bytes)
{
    ByteReader reader{bytes};
    const auto settings = protocol::decode_settings(reader.take(reader.u16_be()));
    if (!reader.ok() || !settings) return std::nullopt;

    PostState state{
        .settings = *settings, .latched = {}, .whole = {}, .open = {}, .relays = {}, .strikes = {}};
    state.whole = protocol::CauseSet{reader.u64_be()};
    bool known = state.whole.known();
    for (auto& latched : state.latched)
        known = from_byte(reader.u8(), latched) && known;
    for (auto& session : state.open)
        session = reader.u64_be();
    for (auto& relay : state.relays)
        relay = {.closings = reader.u32_be(), .hot_permille = reader.u32_be()};
    if (reader.left() > 0) {
        state.strikes = {.tests = reader.u8(), .resets = reader.u8()};
        known = known && !state.strikes.none();
    }
    if (!known || !reader.at_end()) return std::nullopt;
    return state;
}

}  // namespace ks::core
