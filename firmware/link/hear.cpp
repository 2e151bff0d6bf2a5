#include "firmware/link/link.hpp"

namespace ks::link {

using protocol::Down;

// Nothing retained is believed: it was said to nobody in particular, some time ago (S-25).
Link::Step Link::hear(const mqtt::Client::Deliver& message, Instant now)
{
    const auto topic = protocol::parse_down(message.topic);
    if (!topic) return odd(Oddity::stray);
    if (topic->what == Down::command) return hear_command(*topic, message, now);
    if (message.retained) return odd(Oddity::retained);
    if (!(topic->site == setup_.site) || !(topic->post == setup_.post)) return odd(Oddity::stray);

    switch (topic->what) {
    case Down::ack: return hear_ack(message.payload, now);
    case Down::time: return hear_time(message.payload, now);
    case Down::range: return hear_range(message.payload, now);
    case Down::nonce: return hear_nonce_request(message.payload);
    case Down::command: break;
    }
    return std::nullopt;
}

Link::Step Link::hear_command(const protocol::DownTopic& topic,
                              const mqtt::Client::Deliver& message, Instant now)
{
    using Origin = Arrival::Origin;
    const Arrival arrival{.site = topic.site,
                          .post = topic.post,
                          .payload = message.payload,
                          .origin = message.retained ? Origin::retained : Origin::live};
    const auto verdict = commands_.judge(arrival, {.now = now, .wall = clock_.at(now)}, nonces_);
    // Used up, by a good command or by one that came too late: the edge gets a fresh one.
    if (up() && !nonces_.holds_one()) nonce_due_ = true;

    if (const auto* const refuse = std::get_if<CommandCheck::Refuse>(&verdict))
        return Refused{.outcome = refuse->outcome, .result = refuse->result};
    if (const auto* const repeat = std::get_if<CommandCheck::Repeat>(&verdict))
        return Repeated{repeat->result};
    return Accepted{std::get<CommandCheck::Accept>(verdict).command};
}

Link::Step Link::hear_ack(Bytes payload, Instant now)
{
    const auto ack = protocol::decode_ack(payload);
    if (!ack) return odd(Oddity::malformed);
    backoff_.succeeded();
    for (const auto lane : protocol::all_lanes) {
        switch (lanes_.acknowledge(lane, ack->upto[static_cast<std::size_t>(lane)], now)) {
        case LaneSender::Acked::advanced: unheard_ = false; break;
        case LaneSender::Acked::nothing_new: break;
        case LaneSender::Acked::beyond_sent: (void)odd(Oddity::beyond_sent); break;
        }
    }
    return std::nullopt;
}

Link::Step Link::hear_time(Bytes payload, Instant now)
{
    const auto notice = protocol::decode_time_notice(payload);
    if (!notice) return odd(Oddity::malformed);
    switch (clock_.hear(*notice, now)) {
    case WallClock::Heard::taken: break;
    case WallClock::Heard::worse: return std::nullopt;
    case WallClock::Heard::unasked:
    case WallClock::Heard::too_slow:
    case WallClock::Heard::before_build: return odd(Oddity::clock);
    }
    if (certificate_rechecked_) return std::nullopt;
    // The handshake had only a lower bound to judge the broker's certificate by (S-11).
    certificate_rechecked_ = true;
    if (!transport_.still_trusted(clock_.at(now)->at)) return fail(Trouble::tls, now);
    return std::nullopt;
}

Link::Step Link::hear_range(Bytes payload, Instant now)
{
    const auto range = protocol::decode_range_request(payload);
    if (!range) return odd(Oddity::malformed);
    if (lanes_.ask(*range, now) == LaneSender::Asked::not_held) birth_due_ = true;
    return std::nullopt;
}

Link::Step Link::hear_nonce_request(Bytes payload)
{
    if (!protocol::decode_nonce_request(payload)) return odd(Oddity::malformed);
    nonce_due_ = true;
    return std::nullopt;
}

Link::Step Link::odd(Oddity oddity)
{
    ++oddities_[static_cast<std::size_t>(oddity)];
    return std::nullopt;
}

}  // namespace ks::link
