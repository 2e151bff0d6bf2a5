#pragma once

#include "firmware/base/fixed_queue.hpp"
#include "firmware/base/fixed_vector.hpp"
#include "firmware/core/bays/announcer.hpp"
#include "firmware/core/bays/contact_watch.hpp"
#include "firmware/core/bays/occupancy.hpp"
#include "firmware/core/bays/parking.hpp"
#include "firmware/core/bays/tag_watch.hpp"

namespace ks::core {

/// A sensor that the installer has set up.
struct SensorPlace {
    hal::SensorKind kind;
    hal::Place place;
};
using SensorPlaces = FixedVector<SensorPlace, sensor_limit>;

/// All that a post knows of the places around it. The owner tells it what sensors say and what the
/// outlets do, lets time pass with `turn`, and takes the news.
///
/// News wait in a bounded queue. When that is full nothing is lost: what has not been told is found
/// again in the next turn, as the difference to what was told last. Nothing here decides about a
/// relay.
class Bays {
public:
    static constexpr std::size_t news_most = 24;
    /// A bay whose sensor was away for no longer is taken by the bike that was there before (our
    /// choice; at worst somebody's reminder comes early).
    static constexpr Millis doubt_forgiven{2 * 60'000};
    /// How long a place must be quiet until a matter is over.
    static constexpr Millis zone_clear_hold{30'000};
    static constexpr Millis smoke_clear_hold{60'000};
    /// Cheap thermometers tell one high value right after they get power; our choice.
    static constexpr Millis heat_hold{1'000};

    Bays() : Bays{factory_bay_settings, SensorPlaces{}} {}
    /// `settings` are what `check_bay_settings` takes. What no sensor was set up for is not heard.
    Bays(const BaySettings& settings, const SensorPlaces& sensors);

    void hear(const hal::SensorReading& reading);
    void outlet_is(protocol::OutletNumber outlet, protocol::OutletState state, Instant now);
    void session_started(protocol::OutletNumber outlet, protocol::CardToken card, Instant now);
    void session_ended(protocol::OutletNumber outlet, protocol::EndReason reason, Instant now);
    void card_tapped(protocol::OutletNumber outlet, protocol::CardToken card, Instant now);
    void turn(Instant now);

    [[nodiscard]] std::optional<BayNews> take();
    /// What sounder, voice or display are to say now.
    [[nodiscard]] Announcement announcement() const { return announcer_.wanted(); }

    [[nodiscard]] std::size_t bays() const { return settings_.bays; }
    [[nodiscard]] BayState state(BayNumber bay) const { return of(bay).told; }
    /// Nothing: since before this boot, or since nobody watched. Only of a taken bay.
    [[nodiscard]] std::optional<Instant> taken_since(BayNumber bay) const
    {
        return of(bay).parking.since();
    }
    [[nodiscard]] protocol::CardToken card(BayNumber bay) const { return of(bay).parking.card(); }
    [[nodiscard]] TagToken tag(BayNumber bay) const { return of(bay).tag.tag(); }
    [[nodiscard]] std::optional<DeciCelsius> temperature(hal::Place place) const;
    /// All smoke detectors together: active when one is, lost when none is and one is lost, unheard
    /// when there is none.
    [[nodiscard]] WatchState smoke() const;
    /// The first detector of that kind that has told of fire and has not been quiet since: one
    /// that falls silent meanwhile may well have burnt.
    [[nodiscard]] std::optional<hal::Place> fire_at(hal::SensorKind kind) const;

private:
    struct Bay {
        Occupancy occupancy;
        TagWatch tag;
        Parking parking;
        BayState told{BayState::unknown};
        TagToken told_tag{0};
        /// Of a bay in doubt that was taken before.
        std::optional<Instant> doubted_at;
    };
    struct Watched {
        SensorPlace where{};
        ContactWatch watch;
        WatchState told{WatchState::unheard};
        bool fire{false};
        Reminder reminder;
        std::optional<DeciCelsius> temperature;
    };

    [[nodiscard]] const Bay& of(BayNumber bay) const;
    template <class Tell>
    void at_outlet(protocol::OutletNumber outlet, Tell tell);
    [[nodiscard]] ContactWatch::Holds holds_of(hal::SensorKind kind) const;
    void turn_bay(BayNumber number, Bay& bay, Instant now);
    void tell_change(BayNumber number, Bay& bay, BayState to, Instant now);
    void change(Bay& bay, BayState to, Instant now);
    /// The voice goes on about that bay no longer.
    void hush(BayNumber number);
    void turn_watched(Watched& watched, Instant now);
    void tell_watched(Watched& watched, BayMatter matter, std::uint8_t reminder);
    void announce(Message message, hal::Place place, Instant now);

    BaySettings settings_;
    std::array<Bay, bay_limit> bays_{};
    FixedVector<Watched, sensor_limit> watched_;
    FixedQueue<BayNews, news_most> news_;
    Announcer announcer_;
};

static_assert(sizeof(Bays) <= 8 * 1'024, "16 bays and 24 sensors");
static_assert(Bays::news_most >= bay_limit, "all bays change at once when the bus is cut");
static_assert(Bays::doubt_forgiven >= bay_range::silence.most,
              "a forgiven doubt is longer than the longest silence");

}  // namespace ks::core
