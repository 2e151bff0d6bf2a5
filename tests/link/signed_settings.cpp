#include "tests/link/signed_settings.hpp"

#include "firmware/protocol/codec.hpp"

#include <algorithm>
#include <random>

namespace ks::test {

using namespace protocol;

namespace {

// D2's limits in the order of the bytes, and for each which way is looser: + up, - down.
constexpr std::string_view ways_of_outlet = "+++++++++--+-++-+++++++++++++";
constexpr std::string_view ways_of_post = "+-+++-+++---++-";
static_assert(ways_of_outlet.size() == limit_count<Limits>());
static_assert(ways_of_post.size() == limit_count<PostLimits>());
constexpr auto of_outlet = static_cast<unsigned>(limit_count<Limits>());
constexpr auto of_post = static_cast<unsigned>(limit_count<PostLimits>());
constexpr unsigned types_of_outlet = outlet_types;
constexpr unsigned limits_in_all = types_of_outlet * of_outlet + of_post;
constexpr unsigned gains_from = limits_in_all + outlet_limit;
static_assert(settings_fields == gains_from + 2 * outlet_limit);

/// `visit(row, way)` of the row with that number.
template <class Owner, class Visit>
void on_row(unsigned number, std::string_view ways, Visit visit)
{
    unsigned at = 0;
    each_limit_of<Owner>([&](const auto& row) {
        if (at == number) visit(row, ways[at] == '+' ? 1 : -1);
        ++at;
    });
}

/// `visit(limits, row, way)` of the limit with that number, of the first type, then of the second,
/// then of the post.
template <class Visit>
void on_limit(Settings& settings, unsigned number, Visit visit)
{
    check(number < limits_in_all);
    if (number >= types_of_outlet * of_outlet)
        return on_row<PostLimits>(
            number - types_of_outlet * of_outlet, ways_of_post,
            [&](const auto& row, int way) { visit(settings.post, row, way); });
    auto& limits = settings.types[number / of_outlet];
    on_row<Limits>(number % of_outlet, ways_of_outlet,
                   [&](const auto& row, int way) { visit(limits, row, way); });
}

std::int64_t number(std::uint32_t value) { return value; }
template <class T>
std::int64_t number(T value)
{
    return value.count();
}

template <class T>
void set(T& value, std::int64_t to)
{
    if constexpr (std::is_integral_v<T>)
        value = static_cast<T>(std::max<std::int64_t>(to, 0));
    else
        value = T{static_cast<typename T::rep>(to)};
}

template <class Owner>
bool looser_limits(const Owner& one, const Owner& other, std::string_view ways)
{
    bool any = false;
    std::size_t at = 0;
    each_limit_of<Owner>([&](const auto& row) {
        const auto more = number(one.*row.field) - number(other.*row.field);
        any = any || (ways[at++] == '+' ? more > 0 : more < 0);
    });
    return any;
}

template <class Owner>
bool beyond(const Owner& limits)
{
    bool any = false;
    each_limit_of<Owner>([&](const auto& row) {
        any = any || limits.*row.field > row.most || limits.*row.field < row.least;
    });
    return any;
}

/// One unit past what is compiled in, in that one limit.
void push_past(Settings& settings, unsigned limit)
{
    on_limit(settings, limit, [](auto& limits, const auto& row, int way) {
        const bool down = way < 0 && number(row.least) > 0;
        set(limits.*row.field, down ? number(row.least) - 1 : number(row.most) + 1);
    });
}

/// Back to what is compiled in, where a shift went past it.
void pull_inside(Settings& settings)
{
    for (unsigned limit = 0; limit < limits_in_all; ++limit)
        on_limit(settings, limit, [](auto& limits, const auto& row, int) {
            auto& value = limits.*row.field;
            value = std::clamp(value, row.least, row.most);
        });
    for (auto& gains : settings.calibration)
        for (auto* gain : {&gains.voltage, &gains.current})
            *gain = std::clamp(*gain, gain_least, gain_most);
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

Settings loosest_settings()
{
    return {.version = 1,
            .profile = {},
            .types = {loosest<Limits>, loosest<Limits>},
            .type_of = {},
            .post = loosest<PostLimits>,
            .calibration = factory_calibration};
}

void shift(Settings& settings, unsigned field, int by)
{
    if (field >= gains_from) {
        auto& gains = settings.calibration[(field - gains_from) / 2];
        auto& gain = (field - gains_from) % 2 == 0 ? gains.voltage : gains.current;
        // The bounds once more in numbers: a thousandth of their range is two.
        gain.ten_thousandths =
            static_cast<std::uint16_t>(std::clamp(gain.ten_thousandths + 2 * by, 8'999, 11'001));
        return;
    }
    if (field >= limits_in_all) {
        auto& type = settings.type_of[field - limits_in_all];
        type = static_cast<std::uint8_t>((type + 1U) % outlet_types);
        return;
    }
    on_limit(settings, field, [&](auto& limits, const auto& row, int way) {
        const auto range = number(row.most) - number(row.least);
        set(limits.*row.field, number(limits.*row.field) + way * by * range / 1'000);
    });
}

bool looser(const Settings& one, const Settings& other)
{
    if (one.calibration != other.calibration) return true;
    for (std::size_t outlet = 0; outlet < outlet_limit; ++outlet)
        if (looser_limits(one.types[one.type_of[outlet]], other.types[other.type_of[outlet]],
                          ways_of_outlet))
            return true;
    return looser_limits(one.post, other.post, ways_of_post);
}

bool beyond_the_compiled(const Settings& settings)
{
    for (const auto& gains : settings.calibration)
        for (const auto gain : {gains.voltage, gains.current})
            if (gain.ten_thousandths < 9'000 || gain.ten_thousandths > 11'000) return true;
    return beyond(settings.types[0]) || beyond(settings.types[1]) || beyond(settings.post);
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
            if (field < limits_in_all || field >= gains_from || dice() % 4 == 0)
                shift(settings, field, static_cast<int>(dice() % 201) - 100);
        pull_inside(settings);
        // A resume would close a relay that nobody's command names; it has tests of its own.
        for (auto& limits : settings.types)
            limits.resume_within = Millis{0};
        if (version % 7 == 0) {
            settings = loosest_settings();
            settings.version = version;
            push_past(settings, static_cast<unsigned>(dice() % limits_in_all));
        }
        stock.by_version.push_back({.settings = settings,
                                    .by_a = signature_of(2, settings),
                                    .by_b = signature_of(3, settings),
                                    .by_nobody = signature_of(4, settings)});
    }
    return stock;
}

}  // namespace ks::test
