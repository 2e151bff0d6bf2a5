#include "sim/world/post_line.hpp"

#include <utility>

namespace ks::sim {

namespace {

// Our choice: a mobile line answers in 20 to 200 ms, and takes up to a second to open.
constexpr double delay_from = 20.0;
constexpr double delay_to = 200.0;
constexpr double opens_from = 50.0;
constexpr double opens_to = 1'000.0;

Millis between(Random& random, double from, double to)
{
    return Millis{static_cast<std::int64_t>(random.between(from, to))};
}

}  // namespace

PostLine::PostLine(std::string identity, ModelBroker& broker, Random noise, Random delays)
    : identity_{std::move(identity)}, broker_{&broker}, end_{noise}, delays_{delays}
{}

void PostLine::pass(Instant now)
{
    follow_post(now);
    if (connection_) carry(now);
}

// The modem knows three things: the post wants a line, it wants none any more, or the far end has
// hung up.
void PostLine::follow_post(Instant now)
{
    if (end_.state != hal::Line::open && connection_) forget(Broker::told);
    if (connection_ && !broker_->open(*connection_) && down_.empty()) cut(Broker::told);
    if (end_.state != hal::Line::opening) {
        opens_at_.reset();
        return;
    }
    if (!opens_at_) opens_at_ = now + between(delays_, opens_from, opens_to);
    if (now < *opens_at_ || now < jammed_until_) return;
    opens_at_.reset();
    if (!broker_->running()) return end_.close();
    connection_ = broker_->accept(identity_, now);
    end_.state = hal::Line::open;
}

void PostLine::carry(Instant now)
{
    if (!end_.from_post.empty()) {
        up_.push_back({.arrives = arrival(now, up_),
                       .bytes = {end_.from_post.begin(), end_.from_post.end()}});
        end_.from_post.clear();
    }
    if (auto bytes = broker_->take(*connection_); !bytes.empty())
        down_.push_back({.arrives = arrival(now, down_), .bytes = std::move(bytes)});
    if (now < jammed_until_) return;
    for (; !up_.empty() && up_.front().arrives <= now; up_.pop_front())
        broker_->hear(*connection_, up_.front().bytes, now);
    for (; !down_.empty() && down_.front().arrives <= now; down_.pop_front())
        end_.to_post.insert(end_.to_post.end(), down_.front().bytes.begin(),
                            down_.front().bytes.end());
}

// One behind the other, as TCP has it.
Instant PostLine::arrival(Instant now, const std::deque<Parcel>& behind)
{
    const auto at = now + between(delays_, delay_from, delay_to);
    return behind.empty() ? at : std::max(at, behind.back().arrives);
}

void PostLine::cut(Broker broker)
{
    forget(broker);
    end_.close();
}

void PostLine::forget(Broker broker)
{
    if (connection_ && broker == Broker::told) broker_->lost(*connection_);
    connection_.reset();
    opens_at_.reset();
    up_.clear();
    down_.clear();
}

}  // namespace ks::sim
