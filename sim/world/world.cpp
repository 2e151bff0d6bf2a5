#include "sim/world/world.hpp"

#include "firmware/protocol/codec.hpp"

namespace ks::sim {

namespace {

constexpr std::string_view site_name = "SITE-WORLD";
/// When the world begins, on the edge's wall clock.
constexpr UnixMillis dawn{1'800'000'000'000};

/// The parts of a seed: each has a stream of its own, so that one part more leaves the others as
/// they were.
enum class Part : std::uint64_t { edge = 1, delays, receiver, posts = 1'000 };

Random stream(std::uint64_t seed, Part part)
{
    return Random{seed, static_cast<std::uint64_t>(part)};
}

/// Three streams to each post.
enum class OfPost : std::uint64_t { plant, noise, line, count };
Random stream(std::uint64_t seed, std::size_t post, OfPost of)
{
    const auto part = static_cast<std::uint64_t>(Part::posts) +
                      static_cast<std::uint64_t>(OfPost::count) * post +
                      static_cast<std::uint64_t>(of);
    return Random{seed, part};
}

std::string id_of(std::size_t index)
{
    auto number = std::to_string(index + 1);
    return "POST-" + std::string(4 - std::min<std::size_t>(4, number.size()), '0') + number;
}

crypto::PrivateKey key_that_ends_in(std::size_t last)
{
    crypto::PrivateKey key{};
    key.bytes.back() = static_cast<std::byte>(last);
    return key;
}

constexpr protocol::CommandKey site_key{std::byte{0x5A}};

std::unique_ptr<ProvisionedPost> provisioned(std::size_t index)
{
    const auto id = id_of(index);
    return std::make_unique<ProvisionedPost>(
        ProvisionedPost{.certificate = {},
                        .identity = {.site = *protocol::SiteId::from(site_name),
                                     .post = *protocol::PostId::from(id),
                                     .command_key = edge::key_of(site_key, id),
                                     .signing_key = key_that_ends_in(3 + index),
                                     .approvers = {.a = public_key_of(key_that_ends_in(1)).value(),
                                                   .b = public_key_of(key_that_ends_in(2)).value()},
                                     .credentials = {},
                                     .broker_name = FixedBytes<64>{bytes_of("localhost")}}});
}

// A firmware that was built a day before the world begins.
constexpr app::Build build{.digest = {}, .built = UnixMillis{dawn.count() - 86'400'000}};

}  // namespace

World::Place::Place(const Setup& setup, std::size_t index, ModelBroker& broker)
    : who{provisioned(index)},
      line{id_of(index), broker, stream(setup.seed, index, OfPost::noise),
           stream(setup.seed, index, OfPost::line)},
      post{who->identity,
           {.build = build,
            .broker_address = {},
            .broker_port = 0,
            .outlets = setup.outlets,
            .seed = stream(setup.seed, index, OfPost::plant).next(),
            .nor_file = std::nullopt,
            .commissioned = protocol::factory_settings,
            .line = &line.end()}}
{}

World::World(const Setup& setup)
    : setup_{setup},
      broker_{std::string{site_name}, setup.manners},
      receiver_{stream(setup.seed, Part::receiver)},
      edge_lives_{stream(setup.seed, Part::edge)},
      delays_{stream(setup.seed, Part::delays)},
      commits_take_{20}
{
    for (std::size_t i = 0; i < setup.posts; ++i)
        places_.emplace_back(setup_, i, broker_);
    open_edge();
    broker_.edge_came();
    for (auto& place : places_)
        place.post.power_up(protocol::ResetCause::power_on);
}

edge::Now World::edge_now() const
{
    // A box has been up for a while before its daemon starts.
    return {.mono = now_ + Millis{60'000}, .wall = dawn + now_.since_boot()};
}

void World::run_for(Millis lasts)
{
    for (const auto until = now_ + lasts; now_ < until;)
        step();
}

// A record is the post's truth before anybody can have heard of it: posts pass and are asked first,
// and what they said arrives ticks later.
void World::step()
{
    now_ = now_ + tick;
    end_what_is_over();
    for (auto& place : places_) {
        place.post.pass(now_);
        collect_truth(place);
    }
    for (auto& place : places_)
        place.line.pass(now_);
    broker_.look_around(now_);
    follow_broker();
    if (!edge_ || now_ < stalled_until_) return;
    edge_hears();
    edge_->pass(edge_now());
    edge_speaks();
    edge_delivers();
}

void World::collect_truth(Place& place)
{
    const std::string id{place.post.id()};
    for (const auto& is : place.post.take_records()) {
        const LaneOf lane{.post = id, .lane = is.lane};
        note("durable " + told(lane) + ' ' + std::to_string(is.seq) + ' ' +
             (is.digest ? short_hex(*is.digest) : "unreadable"));
        auditor_.truth().durable(lane, is.seq, is.digest);
        if (is.lane == protocol::Lane::tele || !place.post.powered()) continue;
        if (const auto record = place.post.record(is.lane, is.seq)) auditor_.happened(id, *record);
    }
    for (const auto& life : place.post.take_life())
        note("life " + id + ' ' + std::string{name_of(life.kind)} + ' ' +
             std::to_string(life.boot));
}

void World::open_edge()
{
    const auto log = (setup_.folder / "log.db").string();
    edge_ = std::make_unique<WorldEdge>(WorldEdge::Setup{.log = log,
                                                         .site = *protocol::SiteId::from(site_name),
                                                         .command_key = site_key,
                                                         .seed = edge_lives_.next(),
                                                         .order = setup_.order},
                                        edge_now());
    edge_->let_commits_take(commits_take_);
    auditor_.log().open(log);
    note("edge opened");
}

// The edge's client tries again and again; how long that takes is its library's to say.
void World::follow_broker()
{
    const bool could = edge_ && broker_.running() && now_ >= stalled_until_;
    if (!could || broker_.edge_there()) {
        edge_connects_at_.reset();
        return;
    }
    if (!edge_connects_at_)
        edge_connects_at_ =
            now_ + Millis{static_cast<std::int64_t>(delays_.between(50.0, 3'000.0))};
    if (now_ < *edge_connects_at_) return;
    broker_.edge_came();
    taken_.clear();
    note("edge connected");
}

void World::edge_hears()
{
    for (; !taken_.empty() && taken_.front().acknowledged_at <= now_; taken_.pop_front())
        broker_.acknowledged_by_edge(taken_.front().packet_id);
    while (const auto next = broker_.next_for_edge()) {
        trace_.note(now_, "up " + next->mail.topic, next->mail.payload);
        edge_->hear(next->mail.topic, next->mail.payload, edge_now());
        // A round trip on the loopback of a busy box.
        if (next->packet_id != 0)
            taken_.push_back({.acknowledged_at = now_ + Millis{10}, .packet_id = next->packet_id});
    }
}

void World::edge_speaks()
{
    for (const auto& words : edge_->take_said()) {
        auditor_.said(words);
        const auto topic = topic_of(protocol::DownTopic{.site = *protocol::SiteId::from(site_name),
                                                        .post = *protocol::PostId::from(words.post),
                                                        .what = words.what});
        const bool repeated =
            words.what == protocol::Down::ack || words.what == protocol::Down::time;
        const auto bytes = words.bytes.view();
        Mail mail{.topic = std::string{topic.text()},
                  .payload = {bytes.begin(), bytes.end()},
                  .quality = repeated ? Mail::Quality::at_most_once : Mail::Quality::at_least_once};
        trace_.note(now_, "down " + mail.topic, mail.payload);
        if (words.what == protocol::Down::command) commands_said_.push_back(mail);
        if (broker_.edge_there()) broker_.publish_to_posts(std::move(mail));
    }
}

void World::edge_delivers()
{
    while (const auto due = edge_->next_delivery(edge_now())) {
        note("deliver " + due->delivery.key);
        receiver_.post(*due, now_);
    }
    while (const auto answer = receiver_.take(now_)) {
        if (answer->key) auditor_.arrived(*answer->key);
        edge_->settle(answer->id, answer->attempt, edge_now());
    }
}

}  // namespace ks::sim
