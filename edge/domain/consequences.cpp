#include "edge/domain/site.hpp"
#include "firmware/base/check.hpp"

#include <algorithm>

// What follows from a record that was taken in: alarms, figures, gaps, answers to commands.
namespace ks::edge {

using namespace protocol;

struct Site::Consequences {
    Site& site;
    PostNo no;
    const RecordHead& head;
    RecordKey key;
    Now now;

    void operator()(const Tripped& tripped) const
    {
        site.raise({.post = no,
                    .outlet = tripped.outlet,
                    .kind = kind_of(tripped.cause),
                    .count = tripped.count,
                    .measured = tripped.measured,
                    .limit = tripped.limit,
                    .session = tripped.session,
                    .source = key,
                    .at = wall_of(head, now.wall)},
                   now.mono);
    }
    void operator()(const TripCleared& cleared) const
    {
        const Now at{.mono = now.mono, .wall = wall_of(head, now.wall)};
        if (auto change = site.alarms_.clear(no, cleared.outlet, kind_of(cleared.cause), at))
            site.log(std::move(*change));
    }
    void operator()(const SessionStarted&) const { ++site.figures_.sessions_started; }
    void operator()(const SessionEnded&) const { ++site.figures_.sessions_ended; }
    void operator()(const Gap& gap) const
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
    void operator()(const CommandResult& result) const
    {
        if (result.outcome != CommandOutcome::done) ++site.figures_.refused_commands;
        (void)site.commands_.answered(result);
    }
    void operator()(const CommandsRefused& refused) const
    {
        // The post counts since its boot; a smaller count is a new boot's.
        auto& seen = site.refused_seen_[{no, refused.outcome}];
        site.figures_.refused_commands +=
            refused.count >= seen ? refused.count - seen : refused.count;
        seen = refused.count;
    }
    void operator()(const CardPresented& card) const
    {
        site.taps_.push_back(
            {.post = no, .at = {.boot = head.boot, .mono = head.mono}, .card = card});
    }
    void operator()(const Booted&) const { site.touch_post(no); }
    void operator()(const SettingsChanged&) const { site.touch_post(no); }
    void operator()(const OutletChanged&) const {}
    void operator()(const SessionProgressed&) const {}
    void operator()(const Telemetry&) const {}
    void operator()(const HeadsSigned&) const {}
};

void Site::keep(PostNo no, const Ingest::Take& take, Bytes bytes, Now now)
{
    check(take.key.post == no && bytes.size() <= record_limit);
    ++figures_.records;
    batch_.records.push_back({.id = next_log_id_++,
                              .key = take.key,
                              .standing = take.standing,
                              .arrived = now.wall,
                              .offset = batch_.bytes.size(),
                              .size = bytes.size(),
                              .record = take.record});
    batch_.bytes.insert(batch_.bytes.end(), bytes.begin(), bytes.end());
    touch(no, take.key.lane);

    const AlarmBook::Raise raised{.post = no,
                                  .outlet = whole_post,
                                  .kind = AlarmKind::chain_broken,
                                  .source = take.key,
                                  .at = now.wall};
    if (take.standing == Standing::broken) {
        ++figures_.chain_breaks;
        raise(raised, now.mono);
    }
    if (take.boot_went_back) {
        auto of_boot = raised;
        of_boot.kind = AlarmKind::journal_restarted;
        raise(of_boot, now.mono);
    }
    if (!take.record) return;
    fleet_.apply(no, *take.record, now);
    std::visit(Consequences{*this, no, take.record->head, take.key, now}, take.record->body);
}

void Site::quarantine(const Message& message, Poison why, PostNo no, Now now)
{
    ++figures_.quarantined;
    if (now.mono - quarantine_minute_ >= Millis{60'000}) {
        quarantine_minute_ = now.mono;
        quarantined_lately_ = 0;
    }
    if (quarantined_lately_++ < quarantine_per_minute) {
        const auto kept = message.payload.first(std::min(message.payload.size(), quarantine_bytes));
        batch_.quarantine.push_back({.at = now.wall,
                                     .topic = std::string{message.topic.substr(0, topic_limit)},
                                     .why = why,
                                     .bytes = {kept.begin(), kept.end()}});
    }
    if (why != Poison::broken_chain)  // which has raised its own alarm
        raise({.post = no,
               .outlet = whole_post,
               .kind = AlarmKind::record_unreadable,
               .at = now.wall},
              now.mono);
}

void Site::raise(const AlarmBook::Raise& raised, Instant heard)
{
    auto change = alarms_.raise(raised, heard);
    if (change.step == AlarmStep::raised) ++figures_.alarms;
    log(std::move(change));
}

void Site::log(AlarmChange change)
{
    change.id = next_log_id_++;
    if (change.step != AlarmStep::repeated) urgent_ = true;
    batch_.alarms.push_back(std::move(change));
}

void Site::touch(PostNo no, Lane lane)
{
    check(no >= 1 && no <= touched_.size());
    if (touched_[no - 1] == 0) touched_posts_.push_back(no);
    touched_[no - 1] =
        static_cast<std::uint8_t>(touched_[no - 1] | (1u << static_cast<unsigned>(lane)));
}

void Site::touch_post(PostNo no) { changed_posts_.insert(no); }

void Site::acknowledge_to(PostNo no)
{
    owed_.erase(no);
    if (ingest_.in_doubt(no)) return;
    durable_[no - 1].untold = 0;
    const Ack ack{.upto = durable_[no - 1].upto};
    publishes_.push_back(
        {.post = no, .what = Down::ack, .bytes = FixedBytes<command_limit>{encode(ack).view()}});
}

void Site::send_time(PostNo no, Instant echo, Now now)
{
    const TimeNotice notice{.echo = echo, .now = now.wall};
    publishes_.push_back({.post = no,
                          .what = Down::time,
                          .bytes = FixedBytes<command_limit>{encode(notice).view()}});
}

}  // namespace ks::edge
