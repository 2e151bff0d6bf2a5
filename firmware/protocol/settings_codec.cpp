#include "firmware/protocol/settings_codec.hpp"

#include "firmware/crypto/sha256.hpp"
#include "firmware/protocol/fields.hpp"

namespace ks::protocol {

namespace {

constexpr std::size_t settings_items = 14;

static_assert(settings_ceiling.overload_tms_permille <= whole_permille);
static_assert(settings_ceiling.full_permille_of_peak <= whole_permille);

}  // namespace

bool encodable(const Settings& settings)
{
    return is_limit(settings.hard_overcurrent) && is_limit(settings.overload_pickup) &&
           settings.overload_tms_permille <= whole_permille && is_limit(settings.contact_limit) &&
           is_limit(settings.session_cap) && is_limit(settings.energy_cap) &&
           is_limit(settings.full_below) && settings.full_permille_of_peak <= whole_permille &&
           is_limit(settings.full_hold) && is_limit(settings.unplugged_below) &&
           is_limit(settings.unplugged_hold) && is_limit(settings.no_load_wait);
}

void put(CborWriter& out, const Settings& settings)
{
    check(encodable(settings));
    put_message(out, settings.version, settings.hard_overcurrent, settings.overload_pickup,
                settings.overload_tms_permille, settings.contact_limit, settings.session_cap,
                settings.energy_cap, settings.full_below, settings.full_permille_of_peak,
                settings.full_hold, settings.unplugged_below, settings.unplugged_hold,
                settings.no_load_wait);
}

Settings take_settings(CborReader& in)
{
    in.message(settings_items);
    return {.version = take<std::uint32_t>(in),
            .hard_overcurrent = take_limit<Milliamps>(in),
            .overload_pickup = take_limit<Milliamps>(in),
            .overload_tms_permille = take_permille(in),
            .contact_limit = take_limit<DeciCelsius>(in),
            .session_cap = take<Millis>(in),
            .energy_cap = take_limit<MilliwattHours>(in),
            .full_below = take_limit<Milliwatts>(in),
            .full_permille_of_peak = take_permille(in),
            .full_hold = take<Millis>(in),
            .unplugged_below = take_limit<Milliwatts>(in),
            .unplugged_hold = take<Millis>(in),
            .no_load_wait = take<Millis>(in)};
}

FixedBytes<128> encode(const Settings& settings)
{
    FixedBytes<128> bytes;
    CborWriter out{bytes.raw()};
    put(out, settings);
    check(out.ok());
    bytes.resize(out.written().size());
    return bytes;
}

Result<Settings, Refusal> decode_settings(Bytes bytes)
{
    CborReader in{bytes};
    const auto settings = take_settings(in);
    in.end();
    if (!in.ok()) return Failure{in.refusal()};
    return settings;
}

std::array<std::byte, 32> settings_digest(const Settings& settings)
{
    const auto bytes = encode(settings);
    return crypto::sha256(bytes.view());
}

}  // namespace ks::protocol
