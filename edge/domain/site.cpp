#include "edge/domain/site.hpp"

#include "firmware/base/check.hpp"

#include <algorithm>

namespace ks::edge {

using namespace protocol;

Site::Site(Setup setup) : setup_{std::move(setup)}, commands_{setup_.command_key} {}

std::optional<CommandView> Site::command(const CommandId& id) const { return commands_.find(id); }

Result<CommandView, CommandRefusal> Site::request(const CommandRequest& request,
                                                  const CommandId& id, Now now)
{
    if (request.post < 1 || request.post > fleet_.posts().size())
        return Failure{CommandRefusal::unknown_post};
    urgent_ = true;
    return commands_.request(request, id, fleet_.post(request.post), now, publishes_);
}

Result<AlarmChange, AlarmBook::Refusal> Site::acknowledge(AlarmId id, const std::string& by,
                                                          Now now)
{
    auto change = alarms_.acknowledge(id, by, now);
    if (change) log(*change);
    return change;
}

void Site::raise_own(AlarmKind kind, Now now)
{
    raise({.post = 0, .outlet = whole_post, .kind = kind, .at = now.wall}, now.mono);
}

void Site::restore(const Restored& restored, Now now)
{
    check(fleet_.posts().empty() && batch_.empty());
    next_log_id_ = restored.newest + 1;
    for (auto post : restored.posts) {
        post.heard = now.mono;  // silence counts from here on
        fleet_.restore(std::move(post));
    }
    durable_.resize(fleet_.posts().size());
    touched_.resize(fleet_.posts().size());
    for (const auto& mark : restored.marks) {
        const auto id = PostId::from(fleet_.post(mark.post).id);
        check(id.has_value());
        ingest_.restore(mark, *id);
        durable_[mark.post - 1].upto[static_cast<std::size_t>(mark.lane)] = mark.next - 1;
    }
    for (std::size_t i = 0; i < restored.reached.size(); ++i) {
        const auto& mark = restored.marks.at(i);
        durable_[mark.post - 1].reached[static_cast<std::size_t>(mark.lane)] = restored.reached[i];
    }
    for (const auto& logged : restored.newest_records)
        fleet_.apply(logged.post, logged.record, {.mono = now.mono, .wall = logged.arrived});
    alarms_.restore(restored.open_alarms, restored.next_alarm, now.mono);
    for (const auto& logged : restored.newest_records)
        remember_inputs(logged);
    if (restored.went_back) went_back(*restored.went_back, now);
}

void Site::hear(const Message& message, Now now)
{
    const auto topic = parse_up(message.topic);
    if (!topic || !(topic->site == setup_.id)) {
        quarantine(message, Poison::unknown_topic, 0, now);
        return;
    }
    const PostNo no = meet(topic->post);
    if (no == 0) {
        ++figures_.posts_refused;
        return;
    }
    // The broker speaks for the post in a will, and only of its silence: a hint, never the truth.
    if (topic->what == Up::will) return;

    fleet_.heard(no, now);
    if (alarms_.active(no, whole_post, AlarmKind::post_silent))
        if (auto change = alarms_.clear(no, whole_post, AlarmKind::post_silent, now))
            log(std::move(*change));

    switch (topic->what) {
    case Up::alarm:
    case Up::event:
    case Up::tele: hear_record(no, *topic, message, now); break;
    case Up::birth: hear_birth(no, topic->post, message, now); break;
    case Up::nonce: hear_nonce(no, message, now); break;
    case Up::will: break;
    }
}

void Site::hear_record(PostNo no, const UpTopic& topic, const Message& message, Now now)
{
    if (message.payload.size() > record_limit) {
        quarantine(message, Poison::oversized, no, now);
        return;
    }
    const auto lane = static_cast<Lane>(topic.what);
    const auto verdict = ingest_.take(no, topic.post, lane, message.payload, now.mono);
    if (const auto* taken = std::get_if<Ingest::Take>(&verdict)) {
        keep(no, *taken, message.payload, now);
        if (taken->standing != Standing::chained) {
            const auto why = taken->standing == Standing::broken ? Poison::broken_chain
                                                                 : Poison::undecodable_record;
            quarantine(message, why, no, now);
        }
    } else if (std::holds_alternative<Ingest::Duplicate>(verdict)) {
        ++figures_.duplicates;
        owed_.insert(no);
    } else if (std::holds_alternative<Ingest::Reject>(verdict)) {
        quarantine(message, Poison::undecodable_record, no, now);
    }
}

void Site::hear_birth(PostNo no, const PostId& id, const Message& message, Now now)
{
    const auto birth = decode_birth(message.payload);
    if (!birth) {
        quarantine(message, Poison::undecodable_message, no, now);
        return;
    }
    if (identities_.born(no, now.mono))
        raise({.post = no,
               .outlet = whole_post,
               .kind = AlarmKind::identity_contested,
               .at = now.wall},
              now.mono);
    auto verdict = ingest_.born(no, id, *birth, now.mono);
    using Kind = Ingest::BirthVerdict::Kind;
    if (verdict.kind == Kind::stale) return;
    send_time(no, birth->mono, now);
    if (verdict.kind == Kind::suspect) {
        // Asking for what it never had makes it tell its lanes again.
        const auto mark = ingest_.mark(no, Lane::event);
        const RangeRequest range{.lane = Lane::event, .from = mark.next, .to = mark.next};
        publishes_.push_back({.post = no,
                              .what = Down::range,
                              .bytes = FixedBytes<command_limit>{encode(range).view()}});
        return;
    }
    if (verdict.kind == Kind::restarted) {
        fleet_.restarted(no);
        durable_[no - 1] = {};
        raise({.post = no,
               .outlet = whole_post,
               .kind = AlarmKind::journal_restarted,
               .at = now.wall},
              now.mono);
    }
    fleet_.apply(no, *birth, now);
    touch_post(no);
    for (auto& gap : verdict.gaps) {
        gap.at = now.wall;
        batch_.gaps.push_back(gap);
        if (gap.origin != GapOrigin::birth && gap.origin != GapOrigin::log_lost) continue;
        ++figures_.gaps;
        raise({.post = no,
               .outlet = whole_post,
               .kind = AlarmKind::records_lost,
               .measured = static_cast<std::int64_t>(gap.to - gap.from + 1),
               .at = now.wall},
              now.mono);
    }
    for (const auto& mark : verdict.moved)
        touch(no, mark.lane);
    acknowledge_to(no);
}

void Site::hear_nonce(PostNo no, const Message& message, Now now)
{
    const auto offer = decode_nonce_offer(message.payload);
    if (!offer) {
        quarantine(message, Poison::undecodable_message, no, now);
        return;
    }
    send_time(no, offer->mono, now);
    // Nobody knows whose nonce it is: nothing is started until one of the two has gone.
    if (identities_.contested(no, now.mono)) return;
    commands_.offered(fleet_.post(no), *offer, now, publishes_);
}

void Site::serve_tap(const CommandId& random, Now now)
{
    check(has_tap());
    const auto tap = taps_.front();
    taps_.erase(taps_.begin());
    const auto& post = fleet_.post(tap.post);
    CommandRequest request{.post = tap.post, .role = Role::edge, .issuer = {}, .body = {}};
    switch (decide(setup_.access, post, tap.card)) {
    case Tap::start: request.body = start_for(setup_.access, tap.card); break;
    case Tap::stop: request.body = StopOutlet{.outlet = tap.card.outlet}; break;
    case Tap::unknown_card:
    case Tap::outlet_busy:
    case Tap::outlet_locked:
    case Tap::unknown_outlet: return;
    }
    // A desk that is full refuses; whoever stands there taps again.
    (void)commands_.request_for_tap(request, tap.at, random, post, now, publishes_);
}

void Site::settle(Now now)
{
    for (const auto& ask : ingest_.asks(now.mono))
        publishes_.push_back({.post = ask.post,
                              .what = Down::range,
                              .bytes = FixedBytes<command_limit>{encode(ask.range).view()}});
    if (now.mono - acknowledged_at_ >= acknowledge_every) {
        acknowledged_at_ = now.mono;
        for (const PostNo no : std::exchange(owed_, {}))
            acknowledge_to(no);
    }
    for (auto& view : commands_.take_changes())
        batch_.commands.push_back(view);
}

void Site::tick(Now now)
{
    for (PostNo no = 1; no <= fleet_.posts().size(); ++no)
        if (fleet_.judge_silence(no, now.mono))
            raise({.post = no,
                   .outlet = whole_post,
                   .kind = AlarmKind::post_silent,
                   .measured = (now.mono - fleet_.post(no).heard).count(),
                   .limit = silence_limit.count(),
                   .at = now.wall},
                  now.mono);
    for (auto& change : alarms_.calm(now))
        log(std::move(change));
    commands_.tick(now);
    settle(now);
}

bool Site::has_batch() const
{
    return !batch_.empty() || !touched_posts_.empty() || !changed_posts_.empty();
}

Batch Site::take_batch()
{
    for (const PostNo no : changed_posts_)
        batch_.posts.push_back(fleet_.post(no));
    changed_posts_.clear();
    for (const PostNo no : touched_posts_) {
        for (const Lane lane : all_lanes)
            if ((touched_[no - 1] & (1u << static_cast<unsigned>(lane))) != 0)
                batch_.marks.push_back(ingest_.mark(no, lane));
        touched_[no - 1] = 0;
    }
    touched_posts_.clear();
    urgent_ = false;
    return std::exchange(batch_, {});
}

void Site::committed(const Batch& batch)
{
    std::vector<PostNo> full;
    for (const auto& mark : batch.marks) {
        // An old epoch's batch may still be on its way when the new one begins.
        if (mark.epoch != ingest_.mark(mark.post, mark.lane).epoch) continue;
        auto& of_post = durable_[mark.post - 1];
        auto& upto = of_post.upto[static_cast<std::size_t>(mark.lane)];
        check(mark.next >= 1 && mark.next - 1 >= upto);
        of_post.untold += mark.next - 1 - upto;
        upto = mark.next - 1;
        owed_.insert(mark.post);
        if (mark.lane == Lane::alarm)
            acknowledge_to(mark.post);
        else if (of_post.untold >= acknowledge_after)
            full.push_back(mark.post);
    }
    for (const PostNo no : full)
        if (owed_.contains(no)) acknowledge_to(no);
}

}  // namespace ks::edge
