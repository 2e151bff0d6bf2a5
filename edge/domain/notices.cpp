#include "edge/domain/consequences.hpp"

#include <algorithm>

// The alarms of what a post notices beside its cuts: inputs, self-tests, the link, bays, relays.
namespace ks::edge {

using namespace protocol;

namespace {

/// A relay with less of its life left than this is to be replaced (our choice).
constexpr std::uint32_t worn_permille = 100;

constexpr bool detects_fire(PlaceKind kind)
{
    return kind == PlaceKind::smoke_detector || kind == PlaceKind::heat_detector;
}

/// What an input's condition means: nothing while it is quiet or not there.
std::optional<AlarmKind> alarm_of(InputName input, InputCondition condition)
{
    if (condition == InputCondition::fault) return AlarmKind::input_failed;
    if (condition != InputCondition::active) return std::nullopt;
    switch (input) {
    case InputName::smoke: return AlarmKind::smoke;
    case InputName::heat: return AlarmKind::heat;
    case InputName::water: return AlarmKind::water;
    case InputName::emergency: return AlarmKind::emergency;
    case InputName::extinguisher: return AlarmKind::extinguisher;
    case InputName::enclosure: return AlarmKind::enclosure_opened;
    case InputName::tilt: return AlarmKind::tilted;
    case InputName::group: return AlarmKind::group_cut;
    }
    return std::nullopt;
}

}  // namespace

void Site::Consequences::notice(const InputChanged& changed) const
{
    if (const auto left = alarm_of(changed.input, changed.from)) over(*left);
    const auto kind = alarm_of(changed.input, changed.to);
    if (!kind || site.alarms_.active(no, whole_post, *kind)) return;
    site.sensed_.insert({no, *kind});
    tell(whole_post, *kind, {.measured = static_cast<std::int64_t>(changed.input)});
}

void Site::Consequences::notice(const BayNoticed& noticed) const
{
    const Figures place{.measured = noticed.place, .limit = 0};
    settle_places();
    switch (noticed.matter) {
    case BayMatter::forbidden: return tell(whole_post, AlarmKind::bike_forbidden, place);
    case BayMatter::opened: return tell(whole_post, AlarmKind::barrier_open, place);
    case BayMatter::sensor_silent:
    case BayMatter::sensor_faulty:
        return tell(whole_post,
                    detects_fire(noticed.kind) ? AlarmKind::detector_unseen : AlarmKind::bay_unseen,
                    place);
    // The cut that it caused is the alarm.
    case BayMatter::fire:
    case BayMatter::settled:
    case BayMatter::sensor_back:
    // The community's matter: it is on the page, and nobody is woken for it.
    case BayMatter::not_charging:
    case BayMatter::finished:
    case BayMatter::overstay: return;
    }
}

void Site::Consequences::notice(const RelayWear& wear) const
{
    if (wear.left_permille > worn_permille)
        clear(wear.outlet, AlarmKind::relay_worn);
    else if (!site.alarms_.active(no, wear.outlet, AlarmKind::relay_worn))
        tell(wear.outlet, AlarmKind::relay_worn,
             {.measured = wear.left_permille, .limit = worn_permille});
}

void Site::Consequences::notice(const LinkNoticed& noticed) const
{
    if (noticed.matter == LinkNoticed::Matter::back)
        clear(whole_post, AlarmKind::edge_unheard);
    else
        tell(whole_post, AlarmKind::edge_unheard, {.measured = noticed.lasted.count()});
}

void Site::Consequences::notice(const SelfTestFailed& failed) const
{
    tell(whole_post, AlarmKind::test_failed, {.measured = static_cast<std::int64_t>(failed.test)});
}

void Site::Consequences::tell(OutletNumber outlet, AlarmKind kind, Figures figures) const
{
    site.raise({.post = no,
                .outlet = outlet,
                .kind = kind,
                .measured = figures.measured,
                .limit = figures.limit,
                .source = key,
                .at = wall_of(head, now.wall)},
               now.mono);
}

void Site::Consequences::clear(OutletNumber outlet, AlarmKind kind) const
{
    const Now at{.mono = now.mono, .wall = wall_of(head, now.wall)};
    if (auto change = site.alarms_.clear(no, outlet, kind, at)) site.log(std::move(*change));
}

void Site::Consequences::over(AlarmKind kind) const
{
    if (!site.sensed_.contains({no, kind})) return;
    for (std::size_t i = 0; i < input_limit; ++i) {
        const auto condition = site.fleet_.post(no).inputs[i];
        if (condition && alarm_of(static_cast<InputName>(i), *condition) == kind) return;
    }
    site.sensed_.erase({no, kind});
    clear(whole_post, kind);
}

void Site::Consequences::settle_places() const
{
    std::set<AlarmKind> standing;
    const auto look = [&](PlaceKind kind, const auto& view) {
        if (view.matter == BayMatter::forbidden) standing.insert(AlarmKind::bike_forbidden);
        if (view.matter == BayMatter::opened) standing.insert(AlarmKind::barrier_open);
        if (view.unseen)
            standing.insert(detects_fire(kind) ? AlarmKind::detector_unseen
                                               : AlarmKind::bay_unseen);
    };
    const auto& post = site.fleet_.post(no);
    for (const auto& bay : post.bays)
        look(PlaceKind::bay, bay);
    for (const auto& [place, view] : post.places)
        look(place.first, view);
    for (const auto kind : {AlarmKind::bike_forbidden, AlarmKind::barrier_open,
                            AlarmKind::bay_unseen, AlarmKind::detector_unseen})
        if (!standing.contains(kind)) clear(whole_post, kind);
}

void Site::remember_inputs(const RecordLogged& logged)
{
    const auto* changed = std::get_if<InputChanged>(&logged.record.body);
    if (!changed) return;
    const auto kind = alarm_of(changed->input, changed->to);
    if (kind && alarms_.active(logged.post, whole_post, *kind))
        sensed_.insert({logged.post, *kind});
}

}  // namespace ks::edge
