#include "tests/link/signed_settings.hpp"

#include "firmware/protocol/codec.hpp"

#include <random>

namespace ks::test {

using namespace protocol;

namespace {

/// D2's limits, and for each which way is more: 1 up, -1 down.
template <class Visit>
void on_field(unsigned number, Visit visit)
{
    switch (number) {
    case 0: return visit(&Settings::hard_overcurrent, 1);
    case 1: return visit(&Settings::overload_pickup, 1);
    case 2: return visit(&Settings::overload_tms_permille, 1);
    case 3: return visit(&Settings::contact_limit, 1);
    case 4: return visit(&Settings::session_cap, 1);
    case 5: return visit(&Settings::energy_cap, 1);
    case 6: return visit(&Settings::full_below, -1);
    case 7: return visit(&Settings::full_permille_of_peak, -1);
    case 8: return visit(&Settings::full_hold, 1);
    case 9: return visit(&Settings::unplugged_below, -1);
    case 10: return visit(&Settings::unplugged_hold, 1);
    case 11: return visit(&Settings::no_load_wait, 1);
    }
}

crypto::PrivateKey key_number(std::uint8_t number)
{
    crypto::PrivateKey key{};
    key.bytes.back() = std::byte{number};
    return key;
}

Signature signature_of(std::uint8_t number, const Settings& settings)
{
    return crypto::sign(key_number(number), settings_digest(settings)).value().bytes;
}

}  // namespace

void shift(Settings& settings, unsigned field, int by)
{
    on_field(field, [&](auto member, int upwards) {
        auto& value = settings.*member;
        using Value = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_integral_v<Value>)
            value = static_cast<Value>(value + static_cast<Value>(by * upwards));
        else
            value += Value{static_cast<typename Value::rep>(by * upwards)};
    });
}

bool looser(const Settings& one, const Settings& other)
{
    bool any = false;
    for (unsigned field = 0; field < settings_fields; ++field)
        on_field(field, [&](auto member, int upwards) {
            any |= upwards > 0 ? one.*member > other.*member : one.*member < other.*member;
        });
    return any;
}

bool beyond_the_compiled(const Settings& settings)
{
    bool any = false;
    for (unsigned field = 0; field < settings_fields; ++field)
        on_field(field,
                 [&](auto member, int) { any |= settings.*member > settings_ceiling.*member; });
    return any;
}

Stock Stock::made(std::uint32_t seed, std::uint32_t versions)
{
    Stock stock{.approvers = {.a = crypto::public_key_of(key_number(2)).value(),
                              .b = crypto::public_key_of(key_number(3)).value()},
                .by_version = {}};
    std::minstd_rand dice{seed};
    for (std::uint32_t version = 1; version <= versions; ++version) {
        auto settings = factory_settings;
        settings.version = version;
        for (unsigned field = 0; field < settings_fields; ++field)
            shift(settings, field, static_cast<int>(dice() % 201) - 100);
        if (version % 7 == 0) {
            settings = settings_ceiling;
            settings.version = version;
            shift(settings, static_cast<unsigned>(dice() % settings_fields), 1);
        }
        if (!encodable(settings)) settings.full_permille_of_peak = 100;
        stock.by_version.push_back({.settings = settings,
                                    .by_a = signature_of(2, settings),
                                    .by_b = signature_of(3, settings),
                                    .by_nobody = signature_of(4, settings)});
    }
    return stock;
}

}  // namespace ks::test
