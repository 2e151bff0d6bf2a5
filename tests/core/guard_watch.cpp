#include "tests/core/guard_watch.hpp"

#include <algorithm>

// The observer's books: what went in, and what he was told.
namespace ks::core {

using hal::Relay;
using protocol::TripCause;

namespace {

constexpr hal::PulseValue watch_pulse{.milliwatt_hours = 187, .pulses = 1};

}  // namespace

void GuardWatch::reset()
{
    guard_ = std::make_unique<Guard>(
        Guard::Setup{.outlets = outlets, .pulse = watch_pulse, .spread_permille = 500});
    inputs_.fill({.sample = std::nullopt, .contact = DeciCelsius{250}});
    post_ = {};
    post_.inputs.fill(hal::InputState::quiet);
    post_.circuits = outlets;
    post_.outlets_per_circuit = 1;
    post_.residual.fill(Milliamps{1});
    post_.cabinet = DeciCelsius{250};
    post_.rail = Millivolts{12'000};
    books_ = {};
    for (auto& book : books_)
        book.opened_at = book.heard = now_;
    whole_ = {};
    whole_at_.clear();
    offered_.clear();
    begun_.clear();
    restored_ = false;
    wishes_.clear();
    heard_at_ = now_;
    fire_.reset();
    closed_last_.reset();
    rest_takes_news = true;
    newest_session_ = 0;
}

std::optional<TripCause> GuardWatch::latched(protocol::OutletNumber outlet) const
{
    if (outlet != protocol::whole_post)
        return outlet <= outlets ? books_[outlet - 1U].latched : std::nullopt;
    for (const auto cause : protocol::all_causes)
        if (whole_.has(cause)) return cause;
    return std::nullopt;
}

void GuardWatch::must(bool holds, const char* promise)
{
    if (!holds && !broken_) broken_ = promise;
}

void GuardWatch::wish(const Wish& wish)
{
    if (!guard_->wish(wish)) return;
    wishes_.push_back(wish);
    const auto* start = std::get_if<WishStart>(&wish);
    if (start == nullptr) return;
    // Offered twice, the more generous may be the one that was granted.
    auto& offer = offered_.insert({start->session, *start}).first->second;
    offer.time_limit = std::max(offer.time_limit, start->time_limit);
    offer.energy_limit = std::max(offer.energy_limit, start->energy_limit);
}

void GuardWatch::show(protocol::OutletNumber outlet, Milliamps current)
{
    const Millivolts noise{static_cast<std::int32_t>(ticks_ % 7)};
    inputs_[outlet - 1U].sample =
        hal::Sample{.at = now_,
                    .voltage = mains + noise,
                    .current = current,
                    .power = apparent_power(mains, current),
                    .pulses = static_cast<std::uint32_t>(energy_uws_[outlet - 1U] / 3'600'000 /
                                                         watch_pulse.milliwatt_hours)};
}

GuardWatch::Relays GuardWatch::relays() const { return {guard_->relay(1), guard_->relay(2)}; }

void GuardWatch::step(Millis span)
{
    now_ = now_ + span;
    ++ticks_;
    const auto were = relays();
    for (std::size_t i = 0; i < outlets; ++i) {
        inputs_[i].coil = were[i];
        auto& sample = inputs_[i].sample;
        if (!sample) continue;
        sample->at = now_;
        energy_uws_[i] += std::int64_t{sample->power.count()} * span.count();
    }
    if (coil_stuck) inputs_[0].coil = *coil_stuck;
    post_.contactor_coil = guard_->contactor();
    if (rest_is_alive) {
        guard_->still_here(now_);
        heard_at_ = now_;
    }
    const auto before = guard_->settings();
    note_conditions();

    guard_->tick(now_, inputs_, post_);

    // What had piled up comes in rings of `news_room`, one a tick.
    taken_in_a_row_ = rest_takes_news ? taken_in_a_row_ + 1 : 0;
    if (rest_takes_news) drain();
    watch_settings(before, were);
    watch_relays(before, were);
    wishes_.clear();
}

std::size_t GuardWatch::drain()
{
    std::size_t taken = 0;
    for (; const auto item = guard_->news(); ++taken)
        take(*item);
    while (const auto readings = guard_->readings())
        must(readings->frame.outlets.size() == outlets, "readings show every outlet");
    while (const auto trace = guard_->trace())
        for (const auto& point : trace->trace.points)
            must(point.before >= Millis{} && point.before <= protocol::trace_span_most,
                 "a trace is of the time before its trip");
    return taken;
}

void GuardWatch::take(const News& item)
{
    if (const auto* trip = std::get_if<NewsTripped>(&item)) return take_trip(*trip);
    if (const auto* cleared = std::get_if<NewsCleared>(&item)) return take_clear(*cleared);
    if (const auto* ended = std::get_if<NewsEnded>(&item)) return take_end(*ended);
    if (const auto* started = std::get_if<NewsStarted>(&item)) return take_start(*started);
    if (const auto* change = std::get_if<NewsState>(&item)) {
        auto& book = books_[change->outlet - 1U];
        must(book.state == change->from, "states are told without a hole");
        book.state = change->to;
        // Stopped in the tick of its start, an outlet was never seen closed.
        if (change->to == OutletState::closing) ++book.closed;
    }
}

void GuardWatch::take_start(const NewsStarted& told)
{
    auto& book = books_[told.outlet - 1U];
    must(!book.running, "an outlet has one session at a time");
    const auto authority = offered_.find(told.session);
    must(authority != offered_.end(), "I-04: no power without authority");
    must(begun_.insert(told.session).second, "I-04: an authority is consumed once");
    newest_session_ = std::max(newest_session_, told.session);
    book.running = told.session;
    ++book.started;
    ++seen_.starts;
}

void GuardWatch::take_trip(const NewsTripped& told)
{
    ++seen_.trips;
    seen_.welds += told.trip.cause == TripCause::relay_welded ? 1 : 0;
    if (told.trip.outlet == protocol::whole_post) {
        whole_ = whole_.with(told.trip.cause);
        whole_at_[told.trip.cause] = told.at;
        ++seen_.whole;
        return;
    }
    auto& book = books_[told.trip.outlet - 1U];
    book.latched = told.trip.cause;
    book.latched_at = told.at;
}

void GuardWatch::take_clear(const NewsCleared& told)
{
    ++seen_.clears;
    must(told.ticket != 0 || clears_itself(told.cause), "I-03: a latch waits for a reset by name");
    if (told.outlet == protocol::whole_post) {
        if (told.at < whole_at_[told.cause]) return;
        must(whole_.has(told.cause), "I-03: what is cleared was named");
        whole_ = whole_.without(told.cause);
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
    // Two samples apart by the longest step, and a pulse for each.
    const MilliwattHours margin{2 * 3 * 13'860'000 / 3'600 + 400};
    const auto& granted = offered_.at(told.session);
    must(told.energy <= granted.energy_limit + margin, "I-05: no more energy than was granted");
    must(told.elapsed <= granted.time_limit + Millis{3'000}, "I-05: no longer than was granted");
    book.running.reset();
}

// Its latches are in force before any news of them.
void GuardWatch::take_memory(const WishRestore& memory)
{
    restored_ = true;
    drain();
    whole_ = whole_ | memory.whole;
    for (std::size_t i = 0; i < outlets; ++i)
        if (memory.latched[i] &&
            (!books_[i].latched || memory.latched[i] == TripCause::relay_welded))
            books_[i].latched = memory.latched[i];
}

}  // namespace ks::core
