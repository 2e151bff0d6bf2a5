#include "firmware/protocol/codec.hpp"
#include "firmware/protocol/fields.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace ks;
using namespace ks::protocol;

namespace {

/// One step of whatever the limit is counted in.
template <class T>
constexpr T one()
{
    return T{1};
}

template <class T>
bool is_zero(T value)
{
    return value == T{};
}

/// Calls `visit(owner's limits, row)` with factory limits for every row of that owner.
template <class Owner, class Visit>
void each_row(Visit visit)
{
    each_limit_of<Owner>([&](const auto& row) {
        CAPTURE(std::string{row.name});
        visit(factory<Owner>, row);
    });
}

template <class Owner>
void check_bounds_of_rows()
{
    each_row<Owner>([](auto limits, const auto& row) {
        using Value = typename std::remove_cvref_t<decltype(row)>::Value;
        CHECK(row.least < row.most);
        CHECK(row.least <= row.factory);
        CHECK(row.factory <= row.most);

        limits.*row.field = row.least;
        CHECK(within_bounds(limits));
        limits.*row.field = row.most;
        CHECK(within_bounds(limits));
        limits.*row.field = row.most + one<Value>();
        CHECK_FALSE(within_bounds(limits));
        if (is_zero(row.least)) return;
        limits.*row.field = row.least - one<Value>();
        CHECK_FALSE(within_bounds(limits));
    });
}

template <class Owner>
void check_ways_of_rows()
{
    each_row<Owner>([](auto limits, const auto& row) {
        const auto now = limits;
        const bool upwards = row.loosens == Loosens::upwards;

        limits.*row.field = row.most;
        CHECK(loosens(limits, now) == (upwards && row.factory < row.most));
        CHECK(loosens(now, limits) == (!upwards && row.factory < row.most));
        limits.*row.field = row.least;
        CHECK(loosens(limits, now) == (!upwards && row.least < row.factory));
        CHECK(loosens(now, limits) == (upwards && row.least < row.factory));
        CHECK_FALSE(loosens(limits, limits));
        CHECK_FALSE(loosens(limits, loosest<Owner>));
    });
}

template <class Owner>
void check_names_of_rows(std::set<std::string_view>& seen)
{
    each_limit_of<Owner>([&](const auto& row) {
        CHECK_FALSE(row.name.empty());
        CHECK(seen.insert(row.name).second);
    });
}

/// Fields of one owner that two rows write to the same place would leave unwritten.
template <class Owner>
void check_every_row_has_its_own_field()
{
    each_row<Owner>([](const auto& base, const auto& row) {
        auto limits = base;
        limits.*row.field = row.factory == row.most ? row.least : row.most;
        std::size_t differ = 0;
        each_limit_of<Owner>([&](const auto& other) {
            differ += limits.*other.field != base.*other.field ? 1U : 0U;
        });
        CHECK(differ == 1);
    });
}

}  // namespace

TEST_CASE("every limit may be anything from its least to its most, and nothing beyond",
          "[protocol][limits][unit]")
{
    check_bounds_of_rows<Limits>();
    check_bounds_of_rows<PostLimits>();
}

TEST_CASE("a step towards more current, heat, time or energy loosens, the step back does not",
          "[protocol][limits][unit]")
{
    check_ways_of_rows<Limits>();
    check_ways_of_rows<PostLimits>();
}

TEST_CASE("every limit has a name and a field of its own", "[protocol][limits][unit]")
{
    std::set<std::string_view> seen;
    check_names_of_rows<Limits>(seen);
    check_names_of_rows<PostLimits>(seen);
    CHECK(seen.size() == limit_count<Limits>() + limit_count<PostLimits>());

    check_every_row_has_its_own_field<Limits>();
    check_every_row_has_its_own_field<PostLimits>();
}

TEST_CASE("one tightened and one loosened limit together still loosen", "[protocol][limits][unit]")
{
    auto wanted = factory<Limits>;
    wanted.hard_overcurrent = Milliamps{9'000};
    CHECK_FALSE(loosens(wanted, factory<Limits>));

    wanted.session_cap = factory<Limits>.session_cap + Millis{1};
    CHECK(loosens(wanted, factory<Limits>));
}

TEST_CASE("each limit of each type and of the post has its own place in the bytes",
          "[protocol][settings][unit]")
{
    const auto base = encode(factory_settings);
    std::set<std::string> spellings{std::string{text_of(base.view())}};
    std::size_t changes = 0;
    const auto add = [&](const Settings& changed) {
        const auto bytes = encode(changed);
        CHECK(*decode_settings(bytes.view()) == changed);
        CHECK(spellings.insert(std::string{text_of(bytes.view())}).second);
        ++changes;
    };

    for (std::size_t type = 0; type < outlet_types; ++type)
        each_limit_of<Limits>([&](const auto& row) {
            auto changed = factory_settings;
            auto& field = changed.types[type].*row.field;
            field = row.factory == row.most ? row.least : row.most;
            add(changed);
        });
    each_limit_of<PostLimits>([&](const auto& row) {
        auto changed = factory_settings;
        changed.post.*row.field = row.factory == row.most ? row.least : row.most;
        add(changed);
    });
    for (std::size_t outlet = 0; outlet < outlet_limit; ++outlet) {
        auto changed = factory_settings;
        changed.type_of[outlet] = 1;
        add(changed);
        changed.calibration[outlet].voltage = gain_least;
        add(changed);
        changed.calibration[outlet].current = gain_most;
        add(changed);
    }
    CHECK(changes == 2 * limit_count<Limits>() + limit_count<PostLimits>() + 3 * outlet_limit);
}

TEST_CASE("what an outlet has is what its type has", "[protocol][settings][unit]")
{
    auto settings = factory_settings;
    settings.types[1].power_most = Milliwatts{2'000'000};
    settings.type_of[11] = 1;

    CHECK(settings.of(1) == settings.types[0]);
    CHECK(settings.of(12).power_most == Milliwatts{2'000'000});
}

TEST_CASE("moving an outlet to a looser type loosens, whatever the types are called",
          "[protocol][settings][unit]")
{
    auto now = factory_settings;
    now.types[1].power_most = Milliwatts{2'000'000};
    now.types[1].hard_overcurrent = Milliamps{9'000};
    auto moved = now;
    moved.type_of[4] = 1;
    // Tighter in one limit and looser in another: looser both ways.
    CHECK(loosens(moved, now));
    CHECK(loosens(now, moved));

    auto swapped = now;
    std::swap(swapped.types[0], swapped.types[1]);
    for (auto& type : swapped.type_of)
        type = 1;
    CHECK_FALSE(loosens(swapped, now));
    CHECK_FALSE(loosens(now, swapped));
}

TEST_CASE("settings with an outlet of no type or a name for no terminal are out of bounds",
          "[protocol][settings][unit]")
{
    auto settings = factory_settings;
    settings.type_of[0] = 2;
    CHECK_FALSE(within_bounds(settings));

    settings.type_of[0] = 0;
    settings.profile = ProfileName{bytes_of("\x1b[31m")};
    CHECK_FALSE(within_bounds(settings));
    settings.profile = ProfileName{bytes_of("shed 10+2 ~")};
    CHECK(within_bounds(settings));
}

TEST_CASE("a gain is inside its bounds for every outlet, or the settings are out of them",
          "[protocol][settings][calibration][unit]")
{
    for (std::size_t outlet = 0; outlet < outlet_limit; ++outlet) {
        CAPTURE(outlet);
        for (const auto part : {&MeterGains::voltage, &MeterGains::current}) {
            auto settings = factory_settings;
            auto& gain = settings.calibration[outlet].*part;
            for (const auto edge : {gain_least, gain_most}) {
                gain = edge;
                CHECK(within_bounds(settings));
            }
            gain = Gain{static_cast<std::uint16_t>(gain_least.ten_thousandths - 1)};
            CHECK_FALSE(within_bounds(settings));
            gain = Gain{static_cast<std::uint16_t>(gain_most.ten_thousandths + 1)};
            CHECK_FALSE(within_bounds(settings));
            gain = Gain{0};
            CHECK_FALSE(within_bounds(settings));
        }
    }
}

TEST_CASE("a changed gain loosens, whichever way it goes", "[protocol][settings][unit]")
{
    for (const auto gain : {Gain{9'999}, Gain{10'001}})
        for (const auto part : {&MeterGains::voltage, &MeterGains::current}) {
            auto wanted = factory_settings;
            wanted.calibration[11].*part = gain;
            CHECK(loosens(wanted, factory_settings));
            CHECK(loosens(factory_settings, wanted));
        }
}
