#include "sim/world/world_edge.hpp"

#include "edge/domain/names.hpp"
#include "edge/store/reader.hpp"

namespace ks::sim {

namespace {

// As edge/app has them.
constexpr Millis gather_for{15};
constexpr std::size_t gather_most = 2'000;
constexpr Millis tick_every{1'000};

edge::Site::Setup site_setup(const WorldEdge::Setup& setup)
{
    return {.id = setup.site, .command_key = setup.command_key, .access = {}};
}

/// Names the fact and not the attempt: an edge that dies and takes the record in again says the
/// same.
std::string key_of(const edge::AlarmChange& change, const edge::Fleet& fleet)
{
    const auto& alarm = change.alarm;
    auto key = alarm.post == 0 ? std::string{"edge"} : fleet.post(alarm.post).id;
    key += '|' + std::to_string(alarm.outlet) + '|';
    key += edge::name_of(alarm.kind);
    key += '|';
    key += edge::name_of(change.step);
    if (alarm.source)
        key += '|' + std::to_string(alarm.source->epoch) + '.' +
               std::to_string(static_cast<unsigned>(alarm.source->lane)) + '.' +
               std::to_string(alarm.source->seq);
    return key;
}

}  // namespace

WorldEdge::WorldEdge(const Setup& setup, edge::Now now)
    : setup_{setup},
      random_{setup.seed},
      writer_{setup.log},
      site_{site_setup(setup)},
      ticked_at_{now.mono}
{
    edge::Reader reader{setup.log};
    const auto restored = reader.restore();
    site_.restore(restored, now);
    next_delivery_ = restored.next_delivery;
    for (auto& delivery : reader.pending_deliveries(edge::Outbox::room))
        static_cast<void>(outbox_.add(std::move(delivery), edge::Outbox::Origin::from_log, now));
}

protocol::CommandId WorldEdge::random_id()
{
    protocol::CommandId id{};
    for (auto& byte : id)
        byte = static_cast<std::byte>(random_.next() >> 56);
    return id;
}

void WorldEdge::hear(const std::string& topic, Bytes payload, edge::Now now)
{
    ++figures_.heard;
    site_.hear({.topic = topic, .payload = payload}, now);
    while (site_.has_tap())
        site_.serve_tap(random_id(), now);
}

Result<edge::CommandView, edge::CommandRefusal>
WorldEdge::request(const edge::CommandRequest& request, edge::Now now)
{
    return site_.request(request, random_id(), now);
}

void WorldEdge::pass(edge::Now now)
{
    if (now.mono - ticked_at_ >= tick_every) {
        ticked_at_ = now.mono;
        site_.tick(now);
    }
    site_.settle(now);
    consider_alarms(now);
    write(now);
    collect();
}

void WorldEdge::consider_alarms(edge::Now now)
{
    const auto& batch = site_.batch();
    for (; considered_ < batch.alarms.size(); ++considered_) {
        const auto& change = batch.alarms[considered_];
        if (change.step != edge::AlarmStep::raised) continue;
        if (change.alarm.kind == edge::AlarmKind::delivery_dead) continue;
        edge::Delivery delivery{.id = next_delivery_++,
                                .key = key_of(change, site_.fleet()),
                                .type = "alarm.raised",
                                .data = "{}",
                                .created_at = change.at,
                                .alarm = change.alarm.id,
                                .attempts = 0,
                                .heard = change.heard,
                                .happened_at = {}};
        static_cast<void>(outbox_.add(delivery, edge::Outbox::Origin::fresh, now));
        fresh_.push_back(std::move(delivery));
    }
}

void WorldEdge::write(edge::Now now)
{
    if (under_way_ && under_way_->state == UnderWay::State::writing &&
        now.mono >= under_way_->durable_at) {
        writer_.commit(under_way_->commit);
        under_way_->state = UnderWay::State::durable;
        ++figures_.commits;
    }
    if (under_way_ && under_way_->state == UnderWay::State::durable &&
        now.mono >= under_way_->told_at) {
        const auto done = std::move(*under_way_);
        under_way_.reset();
        if (setup_.order == Order::commit_then_acknowledge) site_.committed(done.commit.batch);
        if (!done.commit.deliveries.empty()) outbox_.durable(done.commit.deliveries.back().id);
    }
    if (!under_way_) begin_commit(now);
}

void WorldEdge::begin_commit(edge::Now now)
{
    if (!site_.has_batch() && fresh_.empty() && settled_.empty()) return;
    if (!gathering_since_) gathering_since_ = now.mono;
    const bool gathered = site_.has_urgent() || site_.pending() >= gather_most ||
                          now.mono - *gathering_since_ >= gather_for;
    if (!gathered) return;
    gathering_since_.reset();
    const auto most = static_cast<double>(commits_take_.count());
    const auto durable = now.mono + Millis{static_cast<std::int64_t>(random_.between(0.0, most))};
    const auto told = durable + Millis{static_cast<std::int64_t>(random_.between(0.0, most))};
    under_way_ = UnderWay{.commit = {.batch = site_.take_batch(),
                                     .deliveries = std::exchange(fresh_, {}),
                                     .settled = std::exchange(settled_, {})},
                          .durable_at = durable,
                          .told_at = told,
                          .state = UnderWay::State::writing};
    considered_ = 0;
    if (setup_.order == Order::acknowledge_then_commit) site_.committed(under_way_->commit.batch);
}

void WorldEdge::collect()
{
    for (const auto& is : site_.take_publishes())
        said_.push_back(
            {.post = site_.fleet().post(is.post).id, .what = is.what, .bytes = is.bytes});
}

std::optional<edge::Outbox::Due> WorldEdge::next_delivery(edge::Now now)
{
    return outbox_.next(now.mono);
}

void WorldEdge::settle(edge::DeliveryId id, const edge::Attempt& attempt, edge::Now now)
{
    const auto jitter = static_cast<std::uint32_t>(random_.next() % 1'000);
    for (const auto& change : outbox_.settle(id, attempt, now, jitter)) {
        settled_.push_back(change);
        if (change.state == edge::DeliveryState::dead)
            site_.raise_own(edge::AlarmKind::delivery_dead, now);
    }
}

bool WorldEdge::idle() const
{
    return !under_way_ && !site_.has_batch() && fresh_.empty() && settled_.empty() &&
           outbox_.pending() == 0;
}

}  // namespace ks::sim
