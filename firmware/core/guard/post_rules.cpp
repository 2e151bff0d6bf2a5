#include "firmware/core/guard/post_rules.hpp"

namespace ks::core {

using hal::PostInput;
using protocol::TripCause;

namespace {

struct InputCause {
    PostInput input;
    TripCause cause;
};
/// Worst first: the first is the one a person reads.
constexpr std::array input_causes{
    InputCause{PostInput::smoke, TripCause::smoke},
    InputCause{PostInput::heat, TripCause::heat},
    InputCause{PostInput::extinguisher, TripCause::extinguisher},
    InputCause{PostInput::emergency, TripCause::emergency},
    InputCause{PostInput::water, TripCause::water},
    InputCause{PostInput::group, TripCause::group_cut},
    InputCause{PostInput::enclosure, TripCause::enclosure_opened},
    InputCause{PostInput::tilt, TripCause::tilted},
};
static_assert(input_causes.size() == hal::post_input_count);

constexpr bool obeys(PostInput input, const protocol::PostLimits& limits)
{
    return input != PostInput::group || limits.follows_group == 1;
}

}  // namespace

void PostRules::observe(Instant now, const hal::PostInputs& inputs, std::optional<Millivolts> mains,
                        const protocol::PostLimits& limits)
{
    check(inputs.circuits <= hal::circuits_most);
    newest_ = inputs;
    for (std::size_t i = 0; i < held_.size(); ++i)
        held_[i].observe(now, inputs.inputs[i]);
    for (std::size_t i = 0; i < residual_.size(); ++i)
        if (inputs.circuits > i) residual_[i].observe(now, inputs.residual[i], limits);
    watch_mains(now, mains, limits);
    cabinet_cut_ = cabinet_.observe(now, inputs.cabinet, limits.cabinet_limit);
    rail_low_.follow(when(inputs.rail < limits.rail_least), now);
    rail_good_.follow(when(inputs.rail >= limits.rail_least), now);
}

void PostRules::watch_mains(Instant now, std::optional<Millivolts> mains,
                            const protocol::PostLimits& limits)
{
    if (!mains) return;
    voltage_.observe(now, *mains, limits);
    if (*mains < Voltage::gone)
        mains_since_.reset();
    else if (!mains_since_)
        mains_since_ = now;
}

PostRules::Cuts PostRules::cuts(Instant now, const protocol::PostLimits& limits) const
{
    Cuts cuts;
    for (const auto [which, cause] : input_causes)
        if (obeys(which, limits) && input(which).active(now))
            cuts.push_back({.cause = cause,
                            .measured = 1,
                            .limit = 0,
                            .held_for = input(which).active_for(now)});
    for (const auto [which, cause] : input_causes) {
        if (!obeys(which, limits) || !input(which).failed(now)) continue;
        cuts.push_back({.cause = TripCause::input_failed,
                        .measured = static_cast<std::int64_t>(which),
                        .limit = 0,
                        .held_for = input(which).failed_for(now)});
        break;
    }
    if (const auto cut = voltage_.cut(now, limits)) cuts.push_back(*cut);
    if (cabinet_cut_) {
        auto cut = *cabinet_cut_;
        if (cut.cause == TripCause::contact_overheated) cut.cause = TripCause::cabinet_overheated;
        cuts.push_back(cut);
    }
    if (rail_low_.for_as_long_as(rail_hold, now))
        cuts.push_back({.cause = TripCause::supply_low,
                        .measured = newest_.rail.count(),
                        .limit = limits.rail_least.count(),
                        .held_for = rail_low_.time(now)});
    return cuts;
}

std::optional<Cut> PostRules::circuit_cut(Instant now, std::size_t circuit,
                                          const protocol::PostLimits& limits) const
{
    if (circuit >= newest_.circuits) return std::nullopt;
    return residual_[circuit].cut(now, static_cast<std::uint8_t>(circuit + 1), limits);
}

bool PostRules::circuit_good(std::size_t circuit, const protocol::PostLimits& limits) const
{
    return circuit >= newest_.circuits || residual_[circuit].good(limits);
}

bool PostRules::present(Instant now, TripCause cause, const protocol::PostLimits& limits) const
{
    for (const auto [which, of_input] : input_causes)
        if (of_input == cause) return !input(which).quiet(now);
    using enum TripCause;
    if (cause == overvoltage || cause == undervoltage) return !voltage_.calm_again(now);
    if (cause == cabinet_overheated) return !Contact::cooled(newest_.cabinet, limits.cabinet_limit);
    if (cause == sensor_failed) return !newest_.cabinet.has_value();
    if (cause == supply_low) return !rail_good_.for_as_long_as(rail_calm, now);
    if (cause != input_failed) return false;
    for (const auto [which, of_input] : input_causes)
        if (obeys(which, limits) && !input(which).good(now)) return true;
    return false;
}

bool PostRules::calm(const protocol::PostLimits& limits) const
{
    for (const auto [which, cause] : input_causes)
        if (obeys(which, limits) && !input(which).calm()) return false;
    return newest_.rail >= limits.rail_least &&
           Contact::good(newest_.cabinet, limits.cabinet_limit);
}

protocol::PostReading PostRules::reading() const
{
    protocol::PostReading reading{.cabinet = newest_.cabinet,
                                  .rail = newest_.rail,
                                  .residual = {},
                                  .inputs = {},
                                  .current = {},
                                  .power = {}};
    for (std::size_t i = 0; i < newest_.circuits; ++i)
        reading.residual.push_back(newest_.residual[i]);
    for (const auto state : newest_.inputs)
        reading.inputs.push_back(static_cast<protocol::InputCondition>(state));
    return reading;
}

}  // namespace ks::core
