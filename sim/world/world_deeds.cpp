#include "sim/world/world.hpp"

#include <algorithm>

// What people and misfortune do to a world, and how it is left in peace.
namespace ks::sim {

namespace {

std::string place_of(std::size_t post, std::uint8_t outlet)
{
    return std::to_string(post + 1) + '.' + std::to_string(outlet);
}

std::string lasting(Millis lasts) { return ' ' + std::to_string(lasts.count()); }

}  // namespace

void World::plug(std::size_t post, std::uint8_t outlet, const Bike& bike)
{
    auto& plant = places_.at(post).post.plant();
    if (plant.outlet(outlet).plugged()) return;
    note("plug " + place_of(post, outlet));
    plant.plug(outlet, bike);
}

void World::unplug(std::size_t post, std::uint8_t outlet)
{
    auto& plant = places_.at(post).post.plant();
    if (!plant.outlet(outlet).plugged()) return;
    note("unplug " + place_of(post, outlet));
    plant.unplug(outlet);
}

void World::tap_card(std::size_t post, std::uint8_t outlet, protocol::CardToken card)
{
    auto& at = places_.at(post).post;
    if (!at.powered()) return;
    note("tap " + place_of(post, outlet));
    // Sixteen cards in one tick: nobody is that fast.
    check(at.plant().tap({.outlet = outlet, .token = card}));
}

void World::ask(std::size_t post, const protocol::CommandBody& wish)
{
    if (!edge_ || now_ < stalled_until_) return;
    const auto* known = edge_->site().fleet().find(places_.at(post).post.id());
    if (known == nullptr) return;
    const auto asked = edge_->request(
        {.post = known->no, .role = protocol::Role::staff, .issuer = {}, .body = wish}, edge_now());
    note("ask " + place_of(post, protocol::outlet_of(wish)) + (asked ? " taken" : " refused"));
}

void World::inject(std::size_t post, std::uint8_t outlet, const Fault& fault)
{
    note("inject " + place_of(post, outlet) + ' ' + std::to_string(fault.index()));
    static_cast<void>(places_.at(post).post.plant().inject(outlet, fault));
}

void World::repair(std::size_t post, std::uint8_t outlet)
{
    note("repair " + place_of(post, outlet));
    places_.at(post).post.plant().clear_faults(outlet);
}

void World::kill_broker(Millis back_after)
{
    if (!broker_.running()) return;
    note("broker killed" + lasting(back_after));
    broker_.kill();
    taken_.clear();
    broker_back_at_ = now_ + back_after;
}

void World::kill_edge(Millis back_after)
{
    if (!edge_) return;
    note("edge killed" + lasting(back_after));
    edge_.reset();
    receiver_.forget_asker();
    auditor_.log().close();
    taken_.clear();
    if (broker_.edge_there()) broker_.edge_went();
    edge_back_at_ = now_ + back_after;
}

void World::stall_edge(Millis lasts)
{
    note("edge stalled" + lasting(lasts));
    stalled_until_ = std::max(stalled_until_, now_ + lasts);
}

void World::slow_store(Millis commits_take, Millis lasts)
{
    note("store slow" + lasting(commits_take) + lasting(lasts));
    commits_take_ = commits_take;
    slow_until_ = now_ + lasts;
    if (edge_) edge_->let_commits_take(commits_take);
}

void World::cut_power(std::size_t post, Millis back_after)
{
    auto& place = places_.at(post);
    if (!place.post.powered()) return;
    note("power cut " + place_of(post, 0) + lasting(back_after));
    place.post.power_cut();
    place.power_back_at = now_ + back_after;
}

void World::tear_next_write(std::size_t post)
{
    if (!places_.at(post).post.powered()) return;
    note("write torn " + place_of(post, 0));
    places_.at(post).post.power_fails_at_next_write();
}

void World::cut_line(std::size_t post, PostLine::Broker broker)
{
    note("line cut " + place_of(post, static_cast<std::uint8_t>(broker)));
    places_.at(post).line.cut(broker);
}

void World::jam_line(std::size_t post, Millis lasts)
{
    note("line jammed " + place_of(post, 0) + lasting(lasts));
    places_.at(post).line.jam(now_ + lasts);
}

void World::take_over(std::size_t post)
{
    note("taken over " + place_of(post, 0));
    broker_.take_over(std::string{places_.at(post).post.id()});
}

void World::deny(std::size_t post, Millis lasts)
{
    note("denied " + place_of(post, 0) + lasting(lasts));
    broker_.deny(std::string{places_.at(post).post.id()});
    places_.at(post).allowed_at = now_ + lasts;
}

void World::replay_command(std::uint64_t which)
{
    if (commands_said_.empty() || !broker_.running()) return;
    const auto& old = commands_said_.at(which % commands_said_.size());
    note("replayed " + old.topic);
    broker_.publish_to_posts(old);
}

void World::end_what_is_over()
{
    for (auto& place : places_) {
        // A torn write takes the power with it, and nobody has said for how long.
        if (!place.post.powered() && !place.power_back_at) place.power_back_at = now_ + Millis{800};
        if (place.power_back_at && *place.power_back_at <= now_) {
            place.power_back_at.reset();
            place.post.power_up(protocol::ResetCause::power_on);
        }
        if (place.allowed_at && *place.allowed_at <= now_) {
            place.allowed_at.reset();
            broker_.allow(std::string{place.post.id()});
        }
    }
    if (broker_back_at_ && *broker_back_at_ <= now_) {
        broker_back_at_.reset();
        broker_.start();
        note("broker back");
    }
    if (edge_back_at_ && *edge_back_at_ <= now_) {
        edge_back_at_.reset();
        open_edge();
    }
    if (slow_until_ <= now_ && commits_take_ != Millis{20}) {
        commits_take_ = Millis{20};
        if (edge_) edge_->let_commits_take(commits_take_);
    }
}

void World::heal()
{
    note("peace");
    receiver_.recover();
    stalled_until_ = slow_until_ = now_;
    if (broker_back_at_) broker_back_at_ = now_;
    if (edge_back_at_) edge_back_at_ = now_;
    for (auto& place : places_) {
        if (place.power_back_at) place.power_back_at = now_;
        if (place.allowed_at) place.allowed_at = now_;
        place.line.jam(now_);
    }
}

// Given up is only what the post cannot tell any more (I-14).
void World::judge_gaps()
{
    for (const auto& gap : auditor_.log().gaps()) {
        const auto name = auditor_.log().name_of(gap.post);
        for (auto& place : places_) {
            if (place.post.id() != name || !place.post.record(gap.lane, gap.to)) continue;
            throw BrokenChain{told({.post = name, .lane = gap.lane}) + " up to " +
                              std::to_string(gap.to) + ": given up, and the post holds it still"};
        }
    }
}

void World::settle(Millis most)
{
    heal();
    // Looked at now and then: a look reads the log.
    constexpr Millis look_every{1'000};
    for (const auto until = now_ + most; now_ < until;) {
        run_for(look_every);
        auditor_.log().read_on();
        if (auditor_.missing().empty() && auditor_.unheard().empty()) {
            judge_gaps();
            note("settled");
            return;
        }
    }
    const auto unheard = auditor_.unheard();
    throw BrokenChain{unheard.empty() ? "after peace: " + auditor_.missing()
                                      : "an alarm never arrived: " + unheard};
}

}  // namespace ks::sim
