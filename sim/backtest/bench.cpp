#include "sim/backtest/bench.hpp"

#include "firmware/drivers/bl0942_scale.hpp"
#include "sim/plant/overloaded.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ks::sim {

namespace {

constexpr Millis minute{60'000};

// So near to a limit every tick counts, whatever has changed: some rules hold for odd times.
constexpr DeciCelsius near_in_heat{20};
constexpr Milliamps near_in_leak{4};
constexpr Millivolts near_in_volts{2'000};

Instant next_on_grid(Instant now, Millis grid)
{
    const auto past = now.since_boot().count() % grid.count();
    return now + Millis{grid.count() - past};
}

bool on_grid(Instant now, Millis grid) { return now.since_boot().count() % grid.count() == 0; }

}  // namespace

BacktestBench::BacktestBench(const Setup& setup)
    : plant_{setup.plant},
      ticking_{setup.ticking},
      poll_{setup.poll},
      guard_{
          {.outlets = setup.plant.outlets, .pulse = drivers::bl0942_pulse, .spread_permille = 0}},
      settings_{setup.settings}
{
    for (std::uint8_t i = 0; i < plant_.outlets(); ++i) {
        taps_.emplace_back(plant_.outlet(static_cast<std::uint8_t>(i + 1)).meter());
        taps_.back().set_up(now_);
        tap_of_.at(i) = i;
    }
    check(guard_.wish(core::WishRestore{.settings = setup.settings,
                                        .latched = {},
                                        .whole = {},
                                        .memory = core::WishRestore::Memory::good}));
    be_exact();
    sense();
    run_until(ready);
    static_cast<void>(take_deeds());
}

void BacktestBench::plan(Instant at, std::uint8_t outlet, CurveDeed deed)
{
    check(at > now_ && on_grid(at, tick));
    const auto later = std::find_if(planned_.begin(), planned_.end(),
                                    [&](const Planned& other) { return other.at > at; });
    planned_.insert(later, {.at = at, .outlet = outlet, .deed = std::move(deed)});
}

void BacktestBench::clear(std::uint8_t outlet, protocol::TripCause cause)
{
    check(guard_.wish(core::WishClear{.ticket = ++tickets_, .outlet = outlet, .cause = cause}));
}

std::vector<GuardDeed> BacktestBench::take_deeds() { return std::exchange(deeds_, {}); }

void BacktestBench::run_until(Instant until)
{
    while (now_ < until)
        advance(until);
}

void BacktestBench::run_until_news(Instant until)
{
    while (now_ < until && deeds_.empty())
        advance(until);
}

Instant BacktestBench::next_step(Instant until) const
{
    if (now_ < exact_until_) return now_ + tick;
    auto next = std::min(until, next_on_grid(now_, poll_));
    if (planned_.empty()) return next;
    const auto exact_from = planned_.front().at - exact_before;
    if (now_ >= exact_from) return now_ + tick;
    return std::min(next, exact_from);
}

void BacktestBench::advance(Instant until)
{
    const auto then = next_step(until);
    tick_between(then);
    step(then);
}

// Between two steps nothing that the guard can see changes. One tick just before the next step
// closes its integrals over what was; all of them must come to the same.
void BacktestBench::tick_between(Instant then)
{
    if (ticking_ == Ticking::every_tick)
        for (auto at = now_ + tick; at < then; at = at + tick)
            tick_guard(at);
    else if (then - now_ > tick)
        tick_guard(then - tick);
}

void BacktestBench::tick_guard(Instant at)
{
    guard_.tick(at, std::span{outlets_}.first(plant_.outlets()), post_);
    for (auto& outlet : outlets_)
        outlet.sample.reset();
    obey(at);
    drain();
}

void BacktestBench::obey(Instant at)
{
    for (std::uint8_t outlet = 1; outlet <= plant_.outlets(); ++outlet) {
        const auto wanted = guard_.relay(outlet);
        if (wanted == driven_[outlet - 1U]) continue;
        plant_.advance_to(at);
        plant_.drive(outlet, wanted);
        driven_[outlet - 1U] = wanted;
        outlets_[outlet - 1U].coil = plant_.coil(outlet);
        exact_until_ = at + exact_for;
    }
    if (guard_.contactor() == plant_.contactor().commanded()) return;
    plant_.advance_to(at);
    plant_.drive_contactor(guard_.contactor());
    post_.contactor_coil = plant_.contactor_coil();
    exact_until_ = at + exact_for;
}

void BacktestBench::step(Instant then)
{
    plant_.set_cycle(then - now_ > tick ? poll_ : PlantPost::mains_cycle);
    plant_.advance_to(then);
    count(then - now_);
    now_ = then;
    if (watched_ && !seen_at_ && watched_(plant_)) seen_at_ = now_;
    do_planned();
    for (auto& tap : taps_)
        tap.measure(now_);
    sense();
    guard_.still_here(now_);
    tick_guard(now_);
}

void BacktestBench::sense()
{
    const bool polled = on_grid(now_, poll_);
    const auto before = std::exchange(post_, plant_.sensed_post_inputs());
    if (before.inputs != post_.inputs || before.contactor_coil != post_.contactor_coil ||
        before.rail != post_.rail)
        be_exact();
    for (std::uint8_t i = 0; i < plant_.outlets(); ++i) {
        auto& seen = outlets_[i];
        auto& tap = taps_[tap_of_[i]];
        const auto was = seen;
        seen = plant_.sensed_outlet(static_cast<std::uint8_t>(i + 1));
        seen.pin = tap.pin();
        if (polled) seen.sample = tap.ask(now_);
        if (jumps(i) || was.pin != seen.pin || was.coil != seen.coil ||
            was.contact.has_value() != seen.contact.has_value())
            be_exact();
    }
    watch_levels();
}

bool BacktestBench::jumps(std::uint8_t index)
{
    const auto watts = plant_.outlet(static_cast<std::uint8_t>(index + 1)).watts();
    const bool jumped = std::abs(watts - watts_[index]) > std::max(20.0, watts_[index] / 4.0);
    watts_[index] = watts;
    if (!jumped || now_ - jumped_at_[index] < jumps_again_after) return false;
    jumped_at_[index] = now_;
    return true;
}

void BacktestBench::watch_levels()
{
    const auto& limits = settings_.post;
    const auto volts = Millivolts{static_cast<std::int32_t>(plant_.mains().volts() * 1000.0)};
    bool near = volts > limits.overvoltage - near_in_volts ||
                (volts < limits.undervoltage + near_in_volts && volts > Millivolts{});
    near = near || (post_.cabinet && *post_.cabinet >= limits.cabinet_limit - near_in_heat);
    for (const auto& residual : post_.residual)
        near = near || (residual && *residual >= limits.residual_limit - near_in_leak);
    for (std::uint8_t i = 0; i < plant_.outlets(); ++i) {
        const auto limit = settings_.of(static_cast<std::uint8_t>(i + 1)).contact_limit;
        near = near || (outlets_[i].contact && *outlets_[i].contact >= limit - near_in_heat);
    }
    if (near) be_exact();
}

void BacktestBench::count(Millis lasts)
{
    const auto closed = std::count(driven_.begin(), driven_.end(), hal::Relay::closed);
    closed_seconds_ += static_cast<double>(closed * lasts.count()) / 1000.0;
    if (minutes_most_ == 0 || !on_grid(now_ + lasts, minute)) return;
    for (std::uint8_t i = 0; i < plant_.outlets(); ++i) {
        const auto truth = plant_.outlet(static_cast<std::uint8_t>(i + 1)).truth();
        const auto mean = (truth.delivered - minute_began_with_[i]) / 60.0;
        minute_began_with_[i] = truth.delivered;
        if (minutes_[i].size() < minutes_most_)
            minutes_[i].push_back(
                {.watts = static_cast<float>(mean),
                 .contact_celsius = static_cast<float>(truth.contact_temperature)});
    }
}

void BacktestBench::do_planned()
{
    while (!planned_.empty() && planned_.front().at <= now_) {
        const auto planned = std::move(planned_.front());
        planned_.pop_front();
        carry_out(planned);
        be_exact();
    }
}

void BacktestBench::carry_out(const Planned& planned)
{
    const auto outlet = planned.outlet;
    std::visit(
        Overloaded{
            [&](const StartSession&) {
                const auto& limits = settings_.of(outlet);
                check(guard_.wish(core::WishStart{.ticket = ++tickets_,
                                                  .outlet = outlet,
                                                  .session = ++sessions_,
                                                  .means = protocol::StartMeans::card,
                                                  .time_limit = limits.session_cap,
                                                  .energy_limit = limits.energy_cap}));
            },
            [&](const StopSession&) {
                check(guard_.wish(core::WishStop{.ticket = ++tickets_,
                                                 .outlet = outlet,
                                                 .reason = protocol::EndReason::stopped}));
            },
            [&](const Bike& bike) { plant_.plug(outlet, bike); },
            [&](const PullPlug&) { plant_.unplug(outlet); },
            [&](const Fault& fault) { plant_.inject(outlet, fault); },
            [&](const PostFault& fault) { plant_.inject(fault); },
            [&](const Supply& supply) { plant_.set_mains(supply); },
            [&](const MixMeters&) { std::swap(tap_of_.at(outlet - 1U), tap_of_.at(outlet)); }},
        planned.deed);
}

void BacktestBench::note(const core::News& told)
{
    const auto add = [&](Instant at, std::uint8_t outlet, auto what, Millis held_for) {
        deeds_.push_back({.at = at,
                          .outlet = outlet,
                          .what = what,
                          .measured = 0,
                          .limit = 0,
                          .held_for = held_for});
    };
    std::visit(
        Overloaded{[&](const core::NewsTripped& is) {
                       add(is.at, is.trip.outlet, is.trip.cause, is.trip.held_for);
                       deeds_.back().measured = is.trip.measured;
                       deeds_.back().limit = is.trip.limit;
                   },
                   [&](const core::NewsEnded& is) { add(is.at, is.outlet, is.reason, is.elapsed); },
                   [&](const core::NewsCleared& is) {
                       add(is.at, is.outlet, TripCleared{is.cause}, Millis{});
                   },
                   [&](const core::NewsAnswer& is) {
                       if (is.outcome == protocol::CommandOutcome::done) return;
                       add(is.at, protocol::whole_post, is.outcome, Millis{});
                   },
                   [](const core::NewsState&) {}, [](const core::NewsStarted&) {}},
        told);
}

void BacktestBench::drain()
{
    while (const auto told = guard_.news())
        note(*told);
    while (guard_.readings()) {
    }
    while (const auto trace = guard_.trace())
        if (traces_.size() < traces_most) traces_.push_back(*trace);
}

}  // namespace ks::sim
