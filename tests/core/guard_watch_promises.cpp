#include "firmware/core/guard/rules/hard_overcurrent.hpp"
#include "firmware/core/guard/rules/meter_silence.hpp"
#include "tests/core/guard_watch.hpp"

#include <algorithm>

// What the observer holds the guard to, after every tick (docs/demands.md).
namespace ks::core {

using hal::InputState;
using hal::PostInput;
using hal::Relay;

namespace {

/// Fire-grade: what cuts the post and its group.
constexpr PostInput fire_inputs[] = {PostInput::smoke, PostInput::heat, PostInput::water,
                                     PostInput::emergency, PostInput::extinguisher};

void follow(std::optional<Instant>& since, bool holds, Instant now)
{
    if (!holds)
        since.reset();
    else if (!since)
        since = now;
}

bool lasted(const std::optional<Instant>& since, Millis time, Instant now)
{
    return since && now - *since >= time;
}

}  // namespace

void GuardWatch::note_conditions()
{
    const bool fire = std::any_of(std::begin(fire_inputs), std::end(fire_inputs), [&](auto which) {
        return post_.input(which) == InputState::active;
    });
    // Another detector may take over within the hold: only one alone is a condition that lasts.
    const auto active = std::count(post_.inputs.begin(), post_.inputs.end(), InputState::active);
    follow(fire_, fire && active == 1, now_);
    for (std::size_t i = 0; i < outlets; ++i) {
        auto& book = books_[i];
        const auto& input = inputs_[i];
        const auto& limits = settings().types[0];
        follow(book.hot, input.contact && *input.contact >= limits.contact_limit, now_);
        const auto& residual = post_.residual[i];
        follow(book.leaking, residual && *residual >= settings().post.residual_limit, now_);
        if (!input.sample) continue;
        if (Plausible::can_be(*input.sample)) book.heard = now_;
        const bool flows =
            guard_->relay(static_cast<protocol::OutletNumber>(i + 1)) == Relay::open &&
            input.sample->current >= Conduction::conducts_from;
        const bool testifies = now_ - book.opened_at >= Conduction::settle;
        follow(book.current, flows, now_);
        book.samples_with_current = flows && testifies ? book.samples_with_current + 1 : 0;
    }
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
            take_memory(*memory);
            reachable = {memory->settings, protocol::factory_settings};
        }
        if (!wanted) continue;
        const auto known = reachable;
        for (const auto& from : known) {
            if (!within_bounds(wanted->settings) || !within_bounds(from)) continue;
            const bool may = !loosens(wanted->settings, from) ||
                             (wanted->approval == Approval::both_approvers && all_open);
            if (may && wanted->settings.version > from.version)
                reachable.push_back(wanted->settings);
        }
    }
    const auto& now = guard_->settings();
    must(std::find(reachable.begin(), reachable.end(), now) != reachable.end(),
         "no message sequence loosens a limit except the two-approver settings record of D2");
    must(within_bounds(now), "nothing goes beyond what is compiled in");
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
    int closings = 0;
    for (std::uint8_t i = 0; i < outlets; ++i) {
        auto& book = books_[i];
        const auto outlet = static_cast<protocol::OutletNumber>(i + 1);
        if (are[i] == Relay::closed) {
            must(guard_->contactor() == Relay::closed,
                 "no relay is closed behind an open contactor");
            must(guard_->health() == Guard::Health::well, "a silent rest leaves no relay closed");
            if (were[i] == Relay::open) {
                watch_closing(outlet);
                ++closings;
            } else {
                watch_trip_times(before, outlet);
                watch_overcurrent(before, outlet);
            }
        } else {
            watch_weld(outlet);
        }
        if (are[i] == Relay::open && were[i] == Relay::closed) book.opened_at = now_;
        if (taken_in_a_row_ <= 4) continue;
        must(relay_in(book.state) == are[i], "the relay follows from the state");
        must(book.closed == book.started, "I-04: each closing consumed exactly one authority");
    }
    must(closings <= 1, "I-08: one relay at a time");
    watch_post(are);
    watch_stops(are);
}

void GuardWatch::watch_closing(protocol::OutletNumber outlet)
{
    auto& book = books_[outlet - 1U];
    const auto wished_now = [&](const Wish& wish) {
        const auto* start = std::get_if<WishStart>(&wish);
        return start && start->outlet == outlet;
    };
    if (std::none_of(wishes_.begin(), wishes_.end(), wished_now)) ++seen_.waited;
    must(restored_, "nothing closes before what was latched has been restored");
    const bool all_told = drain() < news_room;
    must(!closed_last_ || now_ - *closed_last_ >= settings().post.stagger,
         "I-08: closings are staggered");
    closed_last_ = book.closed_at = now_;
    must(!book.latched || !all_told, "I-03: a latched outlet is not energised");
    must(whole_.empty() || !all_told, "I-03: nothing of a latched post is energised");
    must(now_ - book.opened_at >= Switching::rest, "I-08: five seconds between off and on");
    std::erase_if(book.closings, [&](Instant at) { return now_ - at >= Switching::window; });
    book.closings.push_back(now_);
    must(book.closings.size() <= Switching::closings_most, "I-08: three closings a minute");

    // I-23: as of the very tick that drives the coil.
    const auto& input = inputs_[outlet - 1U];
    must(input.contact && *input.contact < settings().types[0].contact_limit,
         "I-23: a hot or unknown contact is not closed");
    must(now_ - book.heard <= meter_silence_limit, "I-23: the meter is alive");
    for (std::size_t i = 0; i < hal::post_input_count; ++i)
        must(post_.inputs[i] != InputState::active ||
                 (static_cast<PostInput>(i) == PostInput::group &&
                  settings().post.follows_group == 0),
             "I-23: no input says danger");
    must(post_.rail >= settings().post.rail_least, "I-23: the rail holds the coil");
    must(!book.leaking && post_.residual[outlet - 1U], "I-23: the circuit does not leak");
    must(mains >= settings().post.undervoltage && mains <= settings().post.overvoltage,
         "I-23: the voltage is good");
}

void GuardWatch::watch_trip_times(const Settings& before, protocol::OutletNumber outlet)
{
    const auto& book = books_[outlet - 1U];
    must(!lasted(book.hot, Millis{1'000}, now_), "I-01: over-temperature opens within a second");
    must(!lasted(book.leaking, Millis{60}, now_), "I-01: residual current opens within 60 ms");
    must(now_ - std::max(book.heard, book.closed_at) <= meter_silence_limit,
         "I-01: a silent meter opens within a second");
    must(inputs_[outlet - 1U].pin == hal::OvercurrentPin::quiet ||
             now_ - book.closed_at < pin_blanking,
         "I-01: the over-current pin opens in the same tick");
    must(now_ - book.closed_at < before.types[0].session_cap, "I-05: the cap on time");
    const auto session = offered_.find(book.running.value_or(0));
    if (session == offered_.end() || taken_in_a_row_ <= 4) return;
    must(now_ - book.closed_at < session->second.time_limit, "I-05: the time that was granted");
}

void GuardWatch::watch_overcurrent(const Settings& before, protocol::OutletNumber outlet)
{
    const auto& sample = inputs_[outlet - 1U].sample;
    const auto& book = books_[outlet - 1U];
    if (!sample || !Plausible::can_be(*sample)) return;
    must(sample->current <= hard_limit(before.types[0].hard_overcurrent, now_ - book.closed_at),
         "I-01: one sample over the limit opens its outlet in the same tick");
}

void GuardWatch::watch_post(const Relays& are)
{
    const bool any = std::find(are.begin(), are.end(), Relay::closed) != are.end();
    must(!lasted(fire_, Millis{50}, now_) || (!any && guard_->contactor() == Relay::open &&
                                              guard_->group_line() == hal::GroupLine::pulled),
         "I-01: fire-grade inputs cut post, contactor and group within 50 ms");
    must(!any || whole_.empty() || taken_in_a_row_ <= 4,
         "I-03: nothing of a latched post stays energised");
}

// The last word of this tick was a stop: it has been obeyed when the tick is over.
void GuardWatch::watch_stops(const Relays& are)
{
    for (std::uint8_t i = 0; i < outlets; ++i) {
        bool stopped = false;
        for (const auto& wish : wishes_) {
            const auto of = [&](protocol::OutletNumber named) {
                return named == i + 1 || named == protocol::whole_post;
            };
            if (const auto* stop = std::get_if<WishStop>(&wish))
                stopped = stopped || of(stop->outlet);
            if (const auto* start = std::get_if<WishStart>(&wish))
                stopped = stopped && start->outlet != i + 1;
        }
        must(!stopped || are[i] == Relay::open, "I-22: off always wins");
    }
}

void GuardWatch::watch_weld(protocol::OutletNumber outlet)
{
    const auto& book = books_[outlet - 1U];
    if (book.samples_with_current < 2 || !lasted(book.current, Millis{1'500}, now_)) return;
    must(guard_->contactor() == Relay::open,
         "I-07: current through an open relay calls for the second breaker");
}

}  // namespace ks::core
