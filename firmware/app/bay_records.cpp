#include "firmware/app/bay_records.hpp"

#include "firmware/crypto/hmac.hpp"

#include <algorithm>

namespace ks::app {

namespace {

using protocol::BayMatter;
using protocol::PlaceKind;

constexpr PlaceKind place_of(hal::SensorKind kind)
{
    switch (kind) {
    case hal::SensorKind::smoke: return PlaceKind::smoke_detector;
    case hal::SensorKind::temperature: return PlaceKind::heat_detector;
    case hal::SensorKind::bay: return PlaceKind::bay;
    case hal::SensorKind::tag_reader: return PlaceKind::tag_reader;
    case hal::SensorKind::zone: return PlaceKind::zone;
    case hal::SensorKind::barrier: return PlaceKind::barrier;
    case hal::SensorKind::annunciator: return PlaceKind::annunciator;
    }
    return PlaceKind::annunciator;
}

constexpr BayMatter word_of(core::BayMatter matter)
{
    switch (matter) {
    case core::BayMatter::not_charging: return BayMatter::not_charging;
    case core::BayMatter::finished: return BayMatter::finished;
    case core::BayMatter::overstay: return BayMatter::overstay;
    case core::BayMatter::bike_in_zone: return BayMatter::forbidden;
    case core::BayMatter::barrier_open: return BayMatter::opened;
    case core::BayMatter::smoke:
    case core::BayMatter::heat: return BayMatter::fire;
    case core::BayMatter::settled:
    case core::BayMatter::zone_clear:
    case core::BayMatter::barrier_closed:
    case core::BayMatter::smoke_clear:
    case core::BayMatter::heat_clear: return BayMatter::settled;
    case core::BayMatter::sensor_lost: return BayMatter::sensor_silent;
    case core::BayMatter::sensor_faulty: return BayMatter::sensor_faulty;
    case core::BayMatter::sensor_back: return BayMatter::sensor_back;
    }
    return BayMatter::settled;
}

constexpr protocol::BayState word_of(core::BayState state)
{
    return static_cast<protocol::BayState>(state);
}
static_assert(word_of(core::BayState::unknown) == protocol::BayState::unknown &&
              word_of(core::BayState::free) == protocol::BayState::free &&
              word_of(core::BayState::taken) == protocol::BayState::taken);
static_assert(core::bay_limit == protocol::bay_limit);

}  // namespace

protocol::TagToken token_of(core::TagToken tag, const crypto::PrivateKey& key)
{
    if (tag == 0) return 0;
    std::array<std::byte, 8> number{};
    ByteWriter{number}.u64_be(tag);
    const auto code = crypto::hmac_sha256(key.bytes, {bytes_of("kickstand tag"), number});
    return std::max(ByteReader{code}.u64_be(), protocol::TagToken{1});
}

protocol::BayChanged record_of(const core::BayChanged& changed, const crypto::PrivateKey& key)
{
    return {.bay = changed.bay,
            .from = word_of(changed.from),
            .to = word_of(changed.to),
            .tag = token_of(changed.tag, key),
            .outlet = changed.outlet,
            .card = changed.card,
            .stayed = changed.stayed};
}

protocol::BayNoticed record_of(const core::BayEvent& event, Instant now)
{
    std::optional<Millis> lasted;
    if (event.since) lasted = std::max(now - *event.since, Millis{});
    return {.kind = place_of(event.kind),
            .place = event.place,
            .matter = word_of(event.matter),
            .outlet = event.outlet,
            .card = event.card,
            .lasted = lasted};
}

}  // namespace ks::app
