#include "edge/domain/fleet.hpp"
#include "firmware/base/check.hpp"

namespace ks::edge {

using namespace protocol;

/// One record laid over a post's picture. Each part of the picture remembers how new it is,
/// because lanes overtake each other: an alarm may be hours newer than the telemetry behind it.
struct Fleet::Apply {
    PostView& post;
    const RecordHead& head;
    UnixMillis arrived;

    [[nodiscard]] PostTime time() const { return {.boot = head.boot, .mono = head.mono}; }
    [[nodiscard]] OutletView* outlet(OutletNumber n) const
    {
        return n >= 1 && n <= outlet_limit ? &post.outlets[n - 1u] : nullptr;
    }
    void enter(OutletView& view, OutletState state) const
    {
        if (time() < view.state_of) return;
        view.state_of = time();
        if (view.state != state) view.since = wall_of(head, arrived);
        view.state = state;
    }

    void remember(OutletView& view, const Tripped& tripped) const
    {
        view.last_trip = LastTrip{.cause = tripped.cause,
                                  .outlet = tripped.outlet,
                                  .session = tripped.session,
                                  .measured = tripped.measured,
                                  .limit = tripped.limit,
                                  .held_for = tripped.held_for,
                                  .at = wall_of(head, arrived),
                                  .points = {}};
    }

    void operator()(const Booted& booted) const
    {
        post.outlet_count = booted.outlets;
        post.firmware = booted.firmware;
        post.settings = booted.settings;
        for (auto& view : post.outlets) {
            if (time() < view.state_of) continue;
            // Every reset ends with all outlets off; a latched trip is told again by the post.
            view.state = OutletState::idle;
            view.since = wall_of(head, arrived);
            view.state_of = time();
            view.current = {};
            view.power = {};
        }
    }
    void operator()(const OutletChanged& changed) const
    {
        if (auto* view = outlet(changed.outlet)) enter(*view, changed.to);
    }
    void operator()(const SessionStarted& started) const
    {
        auto* view = outlet(started.outlet);
        if (!view || time() < view->session_of) return;
        view->session_of = time();
        view->session = started.session;
        view->card = started.card;
        view->means = started.means;
        view->energy = {};
        view->session_since = wall_of(head, arrived);
    }
    void operator()(const SessionProgressed& progressed) const
    {
        auto* view = outlet(progressed.outlet);
        if (!view || view->session != progressed.session || time() < view->session_of) return;
        view->session_of = time();
        view->energy = progressed.energy;
    }
    void operator()(const SessionEnded& ended) const
    {
        auto* view = outlet(ended.outlet);
        if (!view || time() < view->session_of) return;
        view->session_of = time();
        view->session = 0;
        view->card = 0;
        view->energy = {};
    }
    void operator()(const Tripped& tripped) const
    {
        if (tripped.outlet == whole_post) {
            post.trips.insert(tripped.cause);
            for (std::size_t n = 1; n <= post.outlet_count && n <= outlet_limit; ++n)
                remember(post.outlets[n - 1], tripped);
        } else if (auto* view = outlet(tripped.outlet)) {
            if (time() < view->trip_of) return;
            view->trip_of = time();
            view->trip = tripped.cause;
            remember(*view, tripped);
        }
    }
    void operator()(const TripCleared& cleared) const
    {
        if (cleared.outlet == whole_post) post.trips.erase(cleared.cause);
        auto* view = outlet(cleared.outlet);
        if (!view || time() < view->trip_of) return;
        view->trip_of = time();
        view->trip.reset();
    }
    void operator()(const TripTrace& trace) const
    {
        for (auto& view : post.outlets) {
            if (!view.last_trip || view.last_trip->cause != trace.cause) continue;
            if (trace.outlet != whole_post && &view != outlet(trace.outlet)) continue;
            view.last_trip->points.assign(trace.points.begin(), trace.points.end());
        }
    }
    void operator()(const RelayWear& wear) const
    {
        if (auto* view = outlet(wear.outlet))
            view->relay = RelayLife{.closings = wear.closings,
                                    .hot_openings = wear.hot_openings,
                                    .left_permille = wear.left_permille};
    }
    void operator()(const Telemetry& frame) const
    {
        post.mains = frame.mains;
        post.outlet_count =
            std::max(post.outlet_count, static_cast<std::uint8_t>(frame.outlets.size()));
        for (std::size_t i = 0; i < frame.outlets.size(); ++i) {
            const auto& reading = frame.outlets[i];
            auto& view = post.outlets[i];
            if (time() < view.reading_of) continue;
            view.reading_of = time();
            view.current = reading.current;
            view.power = reading.power;
            view.contact = reading.contact;
            if (view.session != 0 && time() >= view.session_of) view.energy = reading.energy;
            enter(view, reading.state);
        }
    }
    void operator()(const SettingsChanged& changed) const
    {
        post.settings = changed.settings;
        post.settings_version = changed.version;
    }
    void operator()(const PostReading& reading) const
    {
        if (time() < post.reading_of) return;
        post.reading_of = time();
        post.reading = reading;
        if (time() < post.inputs_of) return;
        post.inputs_of = time();
        post.inputs = {};
        for (std::size_t i = 0; i < reading.inputs.size(); ++i)
            post.inputs[i] = reading.inputs[i];
    }
    void operator()(const InputChanged& changed) const
    {
        if (time() < post.inputs_of) return;
        post.inputs_of = time();
        post.inputs[static_cast<std::size_t>(changed.input)] = changed.to;
    }
    void operator()(const BayChanged& changed) const
    {
        auto& bay = post.bays[changed.bay - 1u];
        if (time() < bay.state_of) return;
        bay.state_of = time();
        bay.state = changed.to;
        bay.since = wall_of(head, arrived);
        const bool taken = changed.to == BayState::taken;
        bay.tag = taken ? changed.tag : TagToken{0};
        bay.card = taken ? changed.card : CardToken{0};
        bay.outlet = changed.outlet;
        // Whatever was the matter has left with the bike.
        if (changed.to == BayState::free && time() >= bay.matter_of) bay.matter.reset();
    }
    void operator()(const BayNoticed& noticed) const
    {
        if (noticed.kind != PlaceKind::bay)
            return notice(post.places[{noticed.kind, noticed.place}], noticed);
        auto& bay = post.bays[noticed.place - 1u];
        notice(bay, noticed);
        if (time() < bay.matter_of || noticed.outlet == whole_post) return;
        bay.outlet = noticed.outlet;
        bay.card = noticed.card;
    }
    template <class View>
    void notice(View& view, const BayNoticed& noticed) const
    {
        if (time() < view.matter_of) return;
        view.matter_of = time();
        switch (noticed.matter) {
        case BayMatter::sensor_silent:
        case BayMatter::sensor_faulty: view.unseen = noticed.matter; return;
        case BayMatter::sensor_back:
            view.unseen.reset();
            // A bay's own matters are not its sensor's; a detector that is back finds nothing.
            if (noticed.kind != PlaceKind::bay) view.matter.reset();
            return;
        case BayMatter::settled: view.matter.reset(); return;
        case BayMatter::forbidden:
        case BayMatter::opened:
        case BayMatter::fire:
            // Who finds something is not blind.
            view.unseen.reset();
            break;
        case BayMatter::not_charging:
        case BayMatter::finished:
        case BayMatter::overstay: break;
        }
        const bool told_before = view.matter == noticed.matter;
        view.matter = noticed.matter;
        const auto told_at = wall_of(head, arrived);
        if (noticed.lasted)
            view.matter_since = told_at + (Millis{} - *noticed.lasted);
        else if (!told_before)
            view.matter_since = told_at;
    }
    // These change nothing that a viewer of the site sees.
    void operator()(const Gap&) const {}
    void operator()(const CommandResult&) const {}
    void operator()(const CommandsRefused&) const {}
    void operator()(const CardPresented&) const {}
    void operator()(const HeadsSigned&) const {}
    void operator()(const AuthorityKept&) const {}
    void operator()(const CardDecided&) const {}
    void operator()(const CardsChanged&) const {}
    void operator()(const SelfTestFailed&) const {}
    void operator()(const LinkNoticed&) const {}
};

void Fleet::apply(PostNo no, const Record& record, Now now)
{
    check(no >= 1 && no <= posts_.size());
    auto& view = posts_[no - 1];
    view.boot = std::max(view.boot, record.head.boot);
    std::visit(Apply{view, record.head, now.wall}, record.body);
    ++version_;
}

}  // namespace ks::edge
