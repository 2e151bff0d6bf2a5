#include "firmware/protocol/settings_codec.hpp"

#include "firmware/crypto/sha256.hpp"
#include "firmware/protocol/fields.hpp"

namespace ks::protocol {

namespace {

/// `[1, version, profile, types, type_of, post, calibration]`
constexpr std::size_t settings_items = 7;
constexpr std::size_t gains_items = 2;

template <class Owner>
bool all_encodable(const Owner& limits)
{
    bool all = true;
    each_limit_of<Owner>([&](const auto& row) { all = all && is_limit(limits.*row.field); });
    return all;
}

template <class Owner>
void put_limits(CborWriter& out, const Owner& limits)
{
    out.array(limit_count<Owner>());
    each_limit_of<Owner>([&](const auto& row) { put(out, limits.*row.field); });
}

template <class Owner>
Owner take_limits(CborReader& in)
{
    Owner limits{};
    in.array(limit_count<Owner>());
    each_limit_of<Owner>([&](const auto& row) {
        using Value = typename std::remove_cvref_t<decltype(row)>::Value;
        limits.*row.field = take_limit<Value>(in);
    });
    return limits;
}

void put_calibration(CborWriter& out, const Calibration& calibration)
{
    out.array(calibration.size());
    for (const auto& gains : calibration)
        put_all(out, gains.voltage.ten_thousandths, gains.current.ten_thousandths);
}

Calibration take_calibration(CborReader& in)
{
    Calibration calibration{};
    in.array(calibration.size());
    for (auto& gains : calibration) {
        in.array(gains_items);
        gains.voltage.ten_thousandths = take<std::uint16_t>(in);
        gains.current.ten_thousandths = take<std::uint16_t>(in);
    }
    return calibration;
}

ProfileName take_profile(CborReader& in)
{
    const ProfileName name{bytes_of(in.text(ProfileName::capacity()))};
    if (!is_profile_name(name)) in.refuse(Refusal::unknown_value);
    return name;
}

}  // namespace

bool encodable(const Settings& settings)
{
    for (const auto& limits : settings.types)
        if (!all_encodable(limits)) return false;
    for (const auto type : settings.type_of)
        if (type >= outlet_types) return false;
    return all_encodable(settings.post) && is_profile_name(settings.profile);
}

void put(CborWriter& out, const Settings& settings)
{
    check(encodable(settings));
    out.array(settings_items);
    put(out, version);
    put(out, settings.version);
    out.text(settings.profile.text());
    out.array(settings.types.size());
    for (const auto& limits : settings.types)
        put_limits(out, limits);
    out.array(settings.type_of.size());
    for (const auto type : settings.type_of)
        put(out, type);
    put_limits(out, settings.post);
    put_calibration(out, settings.calibration);
}

Settings take_settings(CborReader& in)
{
    in.message(settings_items);
    Settings settings{};
    settings.version = take<std::uint32_t>(in);
    settings.profile = take_profile(in);
    in.array(settings.types.size());
    for (auto& limits : settings.types)
        limits = take_limits<Limits>(in);
    in.array(settings.type_of.size());
    for (auto& type : settings.type_of)
        type = static_cast<std::uint8_t>(in.uint(outlet_types - 1));
    settings.post = take_limits<PostLimits>(in);
    settings.calibration = take_calibration(in);
    return settings;
}

SettingsBytes encode(const Settings& settings)
{
    SettingsBytes bytes;
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
