#include "tests/core/guard_watch.hpp"

#include "firmware/core/guard/limits.hpp"
#include "firmware/core/guard/rules/hard_overcurrent.hpp"

#include <algorithm>

namespace ks::core {

using hal::Relay;
using protocol::TripCause;

namespace {

constexpr hal::PulseValue watch_pulse{.milliwatt_hours = 187, .pulses = 1};

}  // namespace

void GuardWatch::reset()
{
    guard_ = std::make_unique<Guard>(outlets, watch_pulse);
    inputs_.fill({.sample = std::nullopt, .contact = DeciCelsius{250}});
    books_ = {};
    for (auto& book : books_)
        book.opened_at = now_;
    whole_.reset();
    restored_ = false;
    wishes_.clear();
    heard_at_ = now_;
    rest_takes_news = true;
    newest_session_ = 0;
}

void GuardWatch::must(bool holds, const char* rule)
{
    if (!holds && !broken_) broken_ = rule;
}

void GuardWatch::wish(const Wish& wish)
{
    if (guard_->wish(wish)) wishes_.push_back(wish);
}

void GuardWatch::show(protocol::OutletNumber outlet, Milliamps current)
{
    inputs_[outlet - 1U].sample =
        hal::Sample{.at = now_,
                    .voltage = Millivolts{220'000},
                    .current = current,
                    .power = apparent_power(Millivolts{220'000}, current),
                    .pulses = static_cast<std::uint32_t>(energy_uws_[outlet - 1U] / 3'600'000 /
                                                         watch_pulse.milliwatt_hours)};
}

GuardWatch::Relays GuardWatch::relays() const { return {guard_->relay(1), guard_->relay(2)}; }

void GuardWatch::step(Millis span)
{
    now_ = now_ + span;
    for (std::size_t i = 0; i < outlets; ++i) {
        auto& sample = inputs_[i].sample;
        if (!sample) continue;
        sample->at = now_;
        energy_uws_[i] += std::int64_t{sample->power.count()} * span.count();
    }
    if (rest_is_alive) {
        guard_->still_here(now_);
        heard_at_ = now_;
    }
    const auto before = guard_->settings();
    const auto were = relays();

    guard_->tick(now_, inputs_);

    // What had piled up comes in rings of `news_room`, one a tick.
    taken_in_a_row_ = rest_takes_news ? taken_in_a_row_ + 1 : 0;
    if (rest_takes_news) drain();
    watch_settings(before, were);
    watch_relays(before, were);
    wishes_.clear();
}

void GuardWatch::drain()
{
    while (const auto item = guard_->news())
        take(*item);
    while (const auto readings = guard_->readings())
        must(readings->frame.outlets.size() == outlets, "readings show every outlet");
}

void GuardWatch::take(const News& item)
{
    if (const auto* trip = std::get_if<NewsTripped>(&item)) return take_trip(*trip);
    if (const auto* cleared = std::get_if<NewsCleared>(&item)) return take_clear(*cleared);
    if (const auto* ended = std::get_if<NewsEnded>(&item)) return take_end(*ended);
    if (const auto* change = std::get_if<NewsState>(&item)) {
        auto& book = books_[change->outlet - 1U];
        must(book.state == change->from, "states are told without a hole");
        book.state = change->to;
        // Stopped in the tick of its start, an outlet was never seen closed.
        if (change->to == OutletState::closing) ++book.closed;
    }
    if (const auto* started = std::get_if<NewsStarted>(&item)) {
        auto& book = books_[started->outlet - 1U];
        must(!book.running, "an outlet has one session at a time");
        must(started->session > newest_session_, "I-04: an authority is consumed once");
        newest_session_ = std::max(newest_session_, started->session);
        book.running = started->session;
        ++book.started;
        ++seen_.starts;
    }
}

void GuardWatch::take_trip(const NewsTripped& told)
{
    ++seen_.trips;
    seen_.welds += told.trip.cause == TripCause::relay_welded ? 1 : 0;
    if (told.trip.outlet == protocol::whole_post) {
        whole_ = told.trip.cause;
        return;
    }
    auto& book = books_[told.trip.outlet - 1U];
    book.latched = told.trip.cause;
    book.latched_at = told.at;
}

void GuardWatch::take_clear(const NewsCleared& told)
{
    ++seen_.clears;
    if (told.outlet == protocol::whole_post) {
        whole_.reset();
        return;
    }
    auto& book = books_[told.outlet - 1U];
    // Trips are told first: this clearing may be of one before the newest.
    if (told.at < book.latched_at) return;
    must(book.latched == told.cause, "I-03: what is cleared was named");
    book.latched.reset();
}

void GuardWatch::take_end(const NewsEnded& told)
{
    auto& book = books_[told.outlet - 1U];
    must(book.running == told.session, "a session ends once, after it began");
    must(told.energy >= MilliwattHours{}, "energy is never negative");
    must(told.energy.count() <= 12'000 * (told.elapsed.count() + 10'000) / 3'600 + 10'000,
         "energy is never giant");
    book.running.reset();
}

void GuardWatch::watch_settings(const Settings& before, const Relays& were)
{
    const bool all_open =
        std::all_of(were.begin(), were.end(), [](Relay relay) { return relay == Relay::open; });
    std::vector<Settings> reachable{before};
    for (const auto& wish : wishes_) {
        const auto* wanted = std::get_if<WishSettings>(&wish);
        const auto* memory = std::get_if<WishRestore>(&wish);
        if (memory && !restored_) {
            restored_ = true;
            reachable = {memory->settings, protocol::factory_settings};
            // Its latches are in force before any news of them.
            drain();
            for (std::size_t i = 0; i < outlets; ++i)
                if (memory->latched[i] &&
                    (!books_[i].latched || memory->latched[i] == TripCause::relay_welded))
                    books_[i].latched = memory->latched[i];
        }
        if (!wanted) continue;
        const auto known = reachable;
        for (const auto& from : known) {
            const bool may = !loosens(wanted->settings, from) ||
                             (wanted->approval == Approval::both_approvers && all_open);
            if (may && wanted->settings.version > from.version)
                reachable.push_back(wanted->settings);
        }
    }
    const auto& now = guard_->settings();
    must(std::find(reachable.begin(), reachable.end(), now) != reachable.end(),
         "no message sequence loosens a limit except the two-approver settings record of D2");
    must(!beyond_ceiling(now) && meaningful(now), "nothing goes beyond what is compiled in");
    if (now == before) return;
    ++(loosens(now, before) ? seen_.loosened : seen_.tightened);
}

void GuardWatch::watch_relays(const Settings& before, const Relays& were)
{
    const auto are = relays();
    if (guard_->health() == Guard::Health::rest_silent) ++seen_.rest_silences;
    must((now_ - heard_at_ >= Guard::rest_silence_limit) ==
             (guard_->health() == Guard::Health::rest_silent),
         "a silent rest is noticed after two seconds");
    for (std::uint8_t i = 0; i < outlets; ++i) {
        auto& book = books_[i];
        const auto outlet = static_cast<protocol::OutletNumber>(i + 1);
        if (are[i] == Relay::closed) {
            must(guard_->contactor() == Relay::closed,
                 "no relay is closed behind an open contactor");
            must(guard_->health() == Guard::Health::well, "a silent rest leaves no relay closed");
            if (were[i] == Relay::open) watch_closing(outlet);
            watch_overcurrent(before, outlet);
        }
        if (are[i] == Relay::open && were[i] == Relay::closed) book.opened_at = now_;
        if (taken_in_a_row_ <= 4) continue;
        must(relay_in(book.state) == are[i], "the relay follows from the state");
        must(book.closed == book.started, "I-04: each closing consumed exactly one authority");
    }
}

bool GuardWatch::some_start_for(protocol::OutletNumber outlet) const
{
    return std::any_of(wishes_.begin(), wishes_.end(), [&](const Wish& wish) {
        const auto* start = std::get_if<WishStart>(&wish);
        return start && start->outlet == outlet && start->time_limit > Millis{} &&
               start->energy_limit > MilliwattHours{};
    });
}

void GuardWatch::watch_closing(protocol::OutletNumber outlet)
{
    auto& book = books_[outlet - 1U];
    must(restored_, "nothing closes before what was latched has been restored");
    must(some_start_for(outlet), "I-04: no power without authority");
    drain();
    book.closed_at = now_;
    must(!book.latched, "I-03: a latched outlet is not energised");
    must(now_ - book.opened_at >= Switching::rest, "I-08: five seconds between off and on");
    std::erase_if(book.closings, [&](Instant at) { return now_ - at >= Switching::window; });
    book.closings.push_back(now_);
    must(book.closings.size() <= Switching::closings_most, "I-08: three closings a minute");
    must(inputs_[outlet - 1U].contact && *inputs_[outlet - 1U].contact < settings().contact_limit,
         "a hot or unknown contact is not closed");
}

void GuardWatch::watch_overcurrent(const Settings& before, protocol::OutletNumber outlet)
{
    const auto& sample = inputs_[outlet - 1U].sample;
    const auto& book = books_[outlet - 1U];
    if (!sample || book.closed_at == now_) return;
    must(sample->current <= hard_limit(before.hard_overcurrent, now_ - book.closed_at),
         "one sample over the limit opens its outlet in the same tick");
}

}  // namespace ks::core
