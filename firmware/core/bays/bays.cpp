#include "firmware/core/bays/bays.hpp"

namespace ks::core {

namespace {

/// Kinds whose «active» is a matter in itself. The others are only watched for their silence.
constexpr std::optional<BayMatter> matter_of(hal::SensorKind kind)
{
    switch (kind) {
    case hal::SensorKind::zone: return BayMatter::bike_in_zone;
    case hal::SensorKind::barrier: return BayMatter::barrier_open;
    case hal::SensorKind::smoke: return BayMatter::smoke;
    case hal::SensorKind::temperature: return BayMatter::heat;
    case hal::SensorKind::bay:
    case hal::SensorKind::tag_reader:
    case hal::SensorKind::annunciator: break;
    }
    return std::nullopt;
}

constexpr BayMatter end_of(BayMatter matter)
{
    check(matter == BayMatter::bike_in_zone || matter == BayMatter::smoke ||
          matter == BayMatter::barrier_open || matter == BayMatter::heat);
    if (matter == BayMatter::bike_in_zone) return BayMatter::zone_clear;
    if (matter == BayMatter::heat) return BayMatter::heat_clear;
    return matter == BayMatter::smoke ? BayMatter::smoke_clear : BayMatter::barrier_closed;
}

constexpr Message message_of(BayMatter matter)
{
    switch (matter) {
    case BayMatter::not_charging: return Message::not_charging;
    case BayMatter::overstay: return Message::overstay;
    case BayMatter::bike_in_zone: return Message::bike_in_zone;
    case BayMatter::barrier_open: return Message::barrier_open;
    case BayMatter::smoke: return Message::smoke;
    case BayMatter::heat: return Message::heat;
    case BayMatter::finished:
    case BayMatter::settled:
    case BayMatter::zone_clear:
    case BayMatter::barrier_closed:
    case BayMatter::smoke_clear:
    case BayMatter::heat_clear:
    case BayMatter::sensor_lost:
    case BayMatter::sensor_faulty:
    case BayMatter::sensor_back: break;
    }
    return Message::silence;
}

}  // namespace

Bays::Bays(const BaySettings& settings, const SensorPlaces& sensors) : settings_{settings}
{
    check(check_bay_settings(settings).ok());
    for (const auto& where : sensors) {
        Watched watched;
        watched.where = where;
        watched_.push_back(watched);
    }
}

const Bays::Bay& Bays::of(BayNumber bay) const
{
    check(bay >= 1 && bay <= settings_.bays);
    return bays_[bay - 1U];
}

ContactWatch::Holds Bays::holds_of(hal::SensorKind kind) const
{
    const auto silent = settings_.silent_after;
    if (kind == hal::SensorKind::zone)
        return {.active = settings_.zone_hold, .quiet = zone_clear_hold, .silent_after = silent};
    if (kind == hal::SensorKind::barrier)
        return {.active = settings_.barrier_hold,
                .quiet = settings_.barrier_hold,
                .silent_after = silent};
    if (kind == hal::SensorKind::temperature)
        return {.active = heat_hold, .quiet = smoke_clear_hold, .silent_after = silent};
    // One reading of smoke is enough: its frame has a CRC, and its detector a hold of its own.
    return {.active = Millis{}, .quiet = smoke_clear_hold, .silent_after = silent};
}

void Bays::hear(const hal::SensorReading& reading)
{
    const auto* const end = watched_.end();
    auto* const found = std::find_if(watched_.begin(), watched_.end(), [&](const Watched& one) {
        return one.where.kind == reading.kind && one.where.place == reading.place;
    });
    if (found == end) return;
    found->temperature = reading.temperature;
    auto watched = reading;
    if (!matter_of(reading.kind) && reading.finding == hal::Finding::active)
        watched.finding = hal::Finding::quiet;
    if (reading.kind == hal::SensorKind::temperature && reading.temperature)
        watched.finding = *reading.temperature >= settings_.heat_limit ? hal::Finding::active
                                                                       : hal::Finding::quiet;
    found->watch.hear(watched, holds_of(reading.kind));
    const auto state = found->watch.state();
    if (state == WatchState::active) found->fire = true;
    if (state == WatchState::quiet) found->fire = false;

    if (reading.place == 0 || reading.place > settings_.bays) return;
    auto& bay = bays_[reading.place - 1U];
    if (reading.kind == hal::SensorKind::bay) bay.occupancy.hear(reading, settings_);
    if (reading.kind == hal::SensorKind::tag_reader) bay.tag.hear(reading.tag, reading.at);
}

template <class Tell>
void Bays::at_outlet(protocol::OutletNumber outlet, Tell tell)
{
    if (outlet == 0) return;
    for (std::size_t i = 0; i < settings_.bays; ++i)
        if (settings_.outlets[i] == outlet) tell(bays_[i].parking);
}

void Bays::outlet_is(protocol::OutletNumber outlet, protocol::OutletState state, Instant now)
{
    at_outlet(outlet, [&](Parking& parking) { parking.outlet_is(state, now); });
}

void Bays::session_started(protocol::OutletNumber outlet, protocol::CardToken card, Instant now)
{
    at_outlet(outlet, [&](Parking& parking) { parking.session_started(card, now); });
}

void Bays::session_ended(protocol::OutletNumber outlet, protocol::EndReason reason, Instant now)
{
    at_outlet(outlet, [&](Parking& parking) { parking.session_ended(reason, now); });
}

void Bays::card_tapped(protocol::OutletNumber outlet, protocol::CardToken card, Instant now)
{
    at_outlet(outlet, [&](Parking& parking) { parking.tapped(card, now); });
}

void Bays::turn(Instant now)
{
    announcer_.pass(now);
    // Dangers first: they get the room that is left for news.
    for (auto& watched : watched_)
        turn_watched(watched, now);
    for (BayNumber number = 1; number <= settings_.bays; ++number)
        turn_bay(number, bays_[number - 1U], now);
}

void Bays::turn_bay(BayNumber number, Bay& bay, Instant now)
{
    bay.occupancy.pass(now, settings_);
    if (bay.told == BayState::free) bay.tag.forget_passed(now);
    const auto state = bay.occupancy.state();
    const bool retagged = state == BayState::taken && bay.tag.tag() != bay.told_tag;
    if (state != bay.told || retagged) {
        if (news_.full()) return;
        tell_change(number, bay, state, now);
    }
    if (bay.told != BayState::taken || settings_.outlets[number - 1U] == 0 || news_.full()) return;

    const auto matter = bay.parking.due(now, settings_);
    if (!matter) return;
    check(news_.push(BayEvent{.matter = matter->what,
                              .kind = hal::SensorKind::bay,
                              .place = number,
                              .outlet = settings_.outlets[number - 1U],
                              .card = bay.parking.card(),
                              .tag = bay.tag.tag(),
                              .since = matter->since,
                              .reminder = matter->reminder}));
    bay.parking.told(matter->what, now, settings_);
    if (matter->what == BayMatter::settled) hush(number);
    if (settings_.aloud == Aloud::parking_too) announce(message_of(matter->what), number, now);
}

void Bays::tell_change(BayNumber number, Bay& bay, BayState to, Instant now)
{
    BayChanged changed{.bay = number,
                       .from = bay.told,
                       .to = to,
                       .tag = bay.tag.tag(),
                       .outlet = settings_.outlets[number - 1U],
                       .card = bay.parking.card(),
                       .stayed = {}};
    // Only while it is watched does anybody know when a bike left.
    if (to == BayState::free && bay.told == BayState::taken)
        changed.stayed = bay.parking.stayed(bay.occupancy.since());
    change(bay, to, now);
    if (to == BayState::taken) changed.card = bay.parking.card();
    if (to == BayState::free) hush(number);
    check(news_.push(changed));
}

void Bays::hush(BayNumber number)
{
    announcer_.stop({.message = Message::not_charging, .place = number});
    announcer_.stop({.message = Message::overstay, .place = number});
}

void Bays::change(Bay& bay, BayState to, Instant now)
{
    const auto from = bay.told;
    const bool forgiven = bay.doubted_at && now - *bay.doubted_at <= doubt_forgiven;
    bay.told = to;
    switch (to) {
    case BayState::unknown:
        if (from == BayState::taken) bay.doubted_at = now;
        return;
    case BayState::free:
        bay.parking.leave();
        bay.tag.clear();
        bay.told_tag = 0;
        break;
    case BayState::taken: {
        // Another tag where one was known is another bike, come while nobody saw it.
        const bool swapped = bay.told_tag != 0 && bay.tag.tag() != bay.told_tag;
        const bool other = swapped || (bay.doubted_at && !forgiven);
        bay.told_tag = bay.tag.tag();
        if (other) bay.parking.give_way();
        if (from == BayState::free)
            bay.parking.arrive(now, bay.occupancy.since());
        else if (other || (from == BayState::unknown && !forgiven))
            bay.parking.arrive(now, std::nullopt);
        break;
    }
    }
    bay.doubted_at.reset();
}

void Bays::tell_watched(Watched& watched, BayMatter matter, std::uint8_t reminder)
{
    check(reminder <= Reminder::reminders_most);
    check(news_.push(BayEvent{.matter = matter,
                              .kind = watched.where.kind,
                              .place = watched.where.place,
                              .outlet = 0,
                              .card = 0,
                              .tag = 0,
                              .since = watched.watch.since(),
                              .reminder = reminder}));
}

void Bays::turn_watched(Watched& watched, Instant now)
{
    watched.watch.pass(now, holds_of(watched.where.kind));
    const auto matter = matter_of(watched.where.kind);
    const auto state = watched.watch.state();
    if (news_.full()) return;
    if (state != watched.told) {
        const auto from = watched.told;
        watched.told = state;
        if (from == WatchState::active) {
            check(matter.has_value());
            watched.reminder.stop();
            announcer_.stop({.message = message_of(*matter), .place = watched.where.place});
        }
        if (state == WatchState::active) watched.reminder.begin(now);
        if (state == WatchState::lost)
            return tell_watched(watched,
                                watched.watch.loss() == Loss::silent ? BayMatter::sensor_lost
                                                                     : BayMatter::sensor_faulty,
                                0);
        if (state == WatchState::quiet && from == WatchState::active)
            return tell_watched(watched, end_of(*matter), 0);
        if (state == WatchState::quiet && from == WatchState::lost)
            return tell_watched(watched, BayMatter::sensor_back, 0);
    }
    const auto number = watched.reminder.due(now);
    if (!number) return;
    tell_watched(watched, *matter, *number);
    watched.reminder.told(now, settings_.remind_after);
    announce(message_of(*matter), watched.where.place, now);
}

void Bays::announce(Message message, hal::Place place, Instant now)
{
    announcer_.ask({.message = message, .place = place}, now + settings_.announce_for);
}

std::optional<BayNews> Bays::take()
{
    if (news_.empty()) return std::nullopt;
    const auto first = news_.front();
    news_.pop();
    return first;
}

std::optional<DeciCelsius> Bays::temperature(hal::Place place) const
{
    for (const auto& one : watched_)
        if (one.where.kind == hal::SensorKind::temperature && one.where.place == place &&
            (one.watch.state() == WatchState::quiet || one.watch.state() == WatchState::active))
            return one.temperature;
    return std::nullopt;
}

std::optional<hal::Place> Bays::fire_at(hal::SensorKind kind) const
{
    check(kind == hal::SensorKind::smoke || kind == hal::SensorKind::temperature);
    for (const auto& one : watched_)
        if (one.where.kind == kind && one.fire) return one.where.place;
    return std::nullopt;
}

WatchState Bays::smoke() const
{
    auto worst = WatchState::unheard;
    for (const auto& one : watched_) {
        if (one.where.kind != hal::SensorKind::smoke) continue;
        const auto state = one.watch.state();
        if (state == WatchState::active) return state;
        if (worst != WatchState::lost) worst = state;
    }
    return worst;
}

}  // namespace ks::core
