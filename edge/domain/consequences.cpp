#include "edge/domain/consequences.hpp"

#include "firmware/base/check.hpp"

#include <algorithm>

// What follows from a record that was taken in: alarms, figures, gaps, answers to commands.
namespace ks::edge {

using namespace protocol;

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
    durable_[no - 1].reached[static_cast<std::size_t>(take.key.lane)] = now.wall;

    const AlarmBook::Raise raised{.post = no,
                                  .outlet = whole_post,
                                  .kind = AlarmKind::chain_broken,
                                  .source = take.key,
                                  .at = now.wall};
    if (take.standing == Standing::broken || take.not_as_before) {
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
