#pragma once

#include "edge/domain/site.hpp"

namespace ks::edge {

/// What follows from one record that was taken in: alarms, figures, gaps, answers to commands.
/// Exists for one visit.
struct Site::Consequences {
    Site& site;
    PostNo no;
    const protocol::RecordHead& head;
    RecordKey key;
    Now now;

    void operator()(const protocol::Tripped& tripped) const
    {
        // The input was told first: the cut is the same alarm, and its better source.
        const bool known = tripped.outlet == protocol::whole_post &&
                           site.sensed_.erase({no, kind_of(tripped.cause)}) > 0;
        site.raise({.post = no,
                    .outlet = tripped.outlet,
                    .kind = kind_of(tripped.cause),
                    .count = known ? 0 : tripped.count,
                    .measured = tripped.measured,
                    .limit = tripped.limit,
                    .session = tripped.session,
                    .source = key,
                    .at = wall_of(head, now.wall)},
                   now.mono);
    }
    void operator()(const protocol::TripCleared& cleared) const
    {
        clear(cleared.outlet, kind_of(cleared.cause));
    }
    void operator()(const protocol::InputChanged& is) const { notice(is); }
    void operator()(const protocol::SelfTestFailed& is) const { notice(is); }
    void operator()(const protocol::LinkNoticed& is) const { notice(is); }
    void operator()(const protocol::BayNoticed& is) const { notice(is); }
    void operator()(const protocol::BayChanged& is) const
    {
        if (is.to == protocol::BayState::free) settle_places();
    }
    void operator()(const protocol::RelayWear& is) const { notice(is); }
    void operator()(const protocol::SessionStarted&) const { ++site.figures_.sessions_started; }
    void operator()(const protocol::SessionEnded&) const { ++site.figures_.sessions_ended; }
    void operator()(const protocol::Gap& gap) const
    {
        site.batch_.gaps.push_back({.post = no,
                                    .epoch = key.epoch,
                                    .lane = key.lane,
                                    .from = gap.from,
                                    .to = gap.to,
                                    .origin = GapOrigin::record,
                                    .last = gap.last,
                                    .at = now.wall});
    }
    void operator()(const protocol::CommandResult& result) const
    {
        if (result.outcome != protocol::CommandOutcome::done &&
            result.outcome != protocol::CommandOutcome::queued)
            ++site.figures_.refused_commands;
        (void)site.commands_.answered(result);
    }
    void operator()(const protocol::CommandsRefused& refused) const
    {
        // The post counts since its boot; a smaller count is a new boot's.
        auto& seen = site.refused_seen_[{no, refused.outcome}];
        site.figures_.refused_commands +=
            refused.count >= seen ? refused.count - seen : refused.count;
        seen = refused.count;
    }
    void operator()(const protocol::CardPresented& card) const
    {
        site.taps_.push_back(
            {.post = no, .at = {.boot = head.boot, .mono = head.mono}, .card = card});
    }
    void operator()(const protocol::Booted&) const { site.touch_post(no); }
    void operator()(const protocol::SettingsChanged&) const { site.touch_post(no); }
    void operator()(const protocol::OutletChanged&) const {}
    void operator()(const protocol::SessionProgressed&) const {}
    void operator()(const protocol::Telemetry&) const {}
    void operator()(const protocol::HeadsSigned&) const {}
    void operator()(const protocol::PostReading&) const {}
    void operator()(const protocol::TripTrace&) const {}
    void operator()(const protocol::AuthorityKept&) const {}
    void operator()(const protocol::CardDecided&) const {}
    void operator()(const protocol::CardsChanged&) const {}

    // notices.cpp
    void notice(const protocol::InputChanged& changed) const;
    void notice(const protocol::SelfTestFailed& failed) const;
    void notice(const protocol::LinkNoticed& noticed) const;
    void notice(const protocol::BayNoticed& noticed) const;
    void notice(const protocol::RelayWear& wear) const;

    struct Figures {
        std::int64_t measured{};
        std::int64_t limit{};
    };
    void tell(protocol::OutletNumber outlet, AlarmKind kind, Figures figures) const;
    void clear(protocol::OutletNumber outlet, AlarmKind kind) const;
    /// An input went back from what had raised this. A latched cut is cleared by its own record;
    /// and where several inputs share the alarm, the last one ends it.
    void over(AlarmKind kind) const;
    /// Ends the alarms of places where nothing is the matter any more.
    void settle_places() const;
};

}  // namespace ks::edge
