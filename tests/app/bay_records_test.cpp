#include "firmware/app/bay_records.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace ks;
using namespace ks::app;

namespace {

constexpr crypto::PrivateKey key_of(std::uint8_t last)
{
    crypto::PrivateKey key{};
    key.bytes.back() = std::byte{last};
    return key;
}

core::BayEvent event(core::BayMatter matter, hal::SensorKind kind)
{
    return {.matter = matter,
            .kind = kind,
            .place = 3,
            .outlet = 2,
            .card = 5,
            .tag = 0xE280,
            .since = Instant{1_s},
            .reminder = 0};
}

}  // namespace

TEST_CASE("a tag leaves the post as a token that is the same for the same tag and no other",
          "[app][bays][unit]")
{
    const auto key = key_of(1);
    const auto token = token_of(0xE280'1160'6000'0207, key);
    CHECK(token == token_of(0xE280'1160'6000'0207, key));
    CHECK(token != token_of(0xE280'1160'6000'0208, key));
    CHECK(token != token_of(0xE280'1160'6000'0207, key_of(2)));
    CHECK(token != 0xE280'1160'6000'0207);
    CHECK(token_of(0, key) == 0);
    // HMAC-SHA-256 by another library: SPEC.md says what of.
    CHECK(token == 0x7440'B90A'8F19'4B0A);
}

TEST_CASE("a bay's change carries bike, outlet and card, and the tag as its token",
          "[app][bays][unit]")
{
    const auto key = key_of(1);
    const auto record = record_of(core::BayChanged{.bay = 7,
                                                   .from = core::BayState::taken,
                                                   .to = core::BayState::free,
                                                   .tag = 0xE280,
                                                   .outlet = 3,
                                                   .card = 5,
                                                   .stayed = 2_s},
                                  key);
    CHECK(record == protocol::BayChanged{.bay = 7,
                                         .from = protocol::BayState::taken,
                                         .to = protocol::BayState::free,
                                         .tag = token_of(0xE280, key),
                                         .outlet = 3,
                                         .card = 5,
                                         .stayed = 2_s});
}

TEST_CASE("each kind of place and each matter has its word", "[app][bays][unit]")
{
    using enum core::BayMatter;
    using protocol::BayMatter;
    const auto word = [](core::BayMatter matter, hal::SensorKind kind) {
        return record_of(event(matter, kind), Instant{4_s});
    };
    CHECK(word(overstay, hal::SensorKind::bay) ==
          protocol::BayNoticed{.kind = protocol::PlaceKind::bay,
                               .place = 3,
                               .matter = BayMatter::overstay,
                               .outlet = 2,
                               .card = 5,
                               .lasted = 3_s});
    CHECK(word(not_charging, hal::SensorKind::bay).matter == BayMatter::not_charging);
    CHECK(word(finished, hal::SensorKind::bay).matter == BayMatter::finished);
    CHECK(word(bike_in_zone, hal::SensorKind::zone).matter == BayMatter::forbidden);
    CHECK(word(barrier_open, hal::SensorKind::barrier).matter == BayMatter::opened);
    for (const auto matter : {smoke, heat})
        CHECK(word(matter, hal::SensorKind::smoke).matter == BayMatter::fire);
    for (const auto matter : {settled, zone_clear, barrier_closed, smoke_clear, heat_clear})
        CHECK(word(matter, hal::SensorKind::zone).matter == BayMatter::settled);
    CHECK(word(sensor_lost, hal::SensorKind::bay).matter == BayMatter::sensor_silent);
    CHECK(word(sensor_faulty, hal::SensorKind::bay).matter == BayMatter::sensor_faulty);
    CHECK(word(sensor_back, hal::SensorKind::bay).matter == BayMatter::sensor_back);

    std::set<protocol::PlaceKind> kinds;
    for (std::size_t i = 1; i <= hal::sensor_kind_count; ++i)
        kinds.insert(word(sensor_lost, static_cast<hal::SensorKind>(i)).kind);
    CHECK(kinds.size() == hal::sensor_kind_count);
}

TEST_CASE("what nobody knows since when lasts for nobody knows how long", "[app][bays][unit]")
{
    auto told = event(core::BayMatter::bike_in_zone, hal::SensorKind::zone);
    told.since.reset();
    CHECK_FALSE(record_of(told, Instant{4_s}).lasted.has_value());
    // Told by the guard's clock after ours was read: no time, not less.
    told.since = Instant{5_s};
    CHECK(record_of(told, Instant{4_s}).lasted == Millis{});
}
