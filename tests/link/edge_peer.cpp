#include "tests/link/edge_peer.hpp"

namespace ks::test {

using namespace protocol;

namespace {

constexpr edge::PostNo post_no = 1;

}  // namespace

void EdgePeer::accept()
{
    heard_.clear();
    to_post.clear();
    subscribed_ = false;
}

void EdgePeer::hear(Bytes bytes, Instant now)
{
    heard_.insert(heard_.end(), bytes.begin(), bytes.end());
    for (;;) {
        if (heard_.size() < 2) return;
        const auto low = std::to_integer<std::size_t>(heard_[1]);
        const std::size_t header = low >= 0x80 ? 3 : 2;
        if (heard_.size() < header) return;
        const auto high = low >= 0x80 ? std::to_integer<std::size_t>(heard_[2]) : 0;
        const auto length = (low & 0x7F) + 128 * high;
        if (heard_.size() < header + length) return;

        const auto first = std::to_integer<unsigned>(heard_[0]);
        const Buffer packet{heard_.begin(),
                            heard_.begin() + static_cast<std::ptrdiff_t>(header + length)};
        heard_.erase(heard_.begin(), heard_.begin() + static_cast<std::ptrdiff_t>(packet.size()));
        answer(first, ByteReader{Bytes{packet}.subspan(header)}, now);
    }
}

void EdgePeer::answer(unsigned first, ByteReader body, Instant now)
{
    switch (first >> 4) {
    case 1: {
        ++connects;
        body.take(10);
        const auto id = text_of(body.take(body.u16_be()));
        check(id == post_.text());
        will_topic = std::string{text_of(body.take(body.u16_be()))};
        put(connack(0, connack_code));
        return;
    }
    case 3: {
        const auto topic = parse_up(text_of(body.take(body.u16_be())));
        check(topic.has_value() && topic->site == site_ && topic->post == post_);
        const auto id = body.u16_be();
        const auto payload = body.take(body.left());
        if (answers_pubacks) put(puback(id));
        if (loses(counted_++)) return;
        published.push_back({.what = topic->what, .payload = {payload.begin(), payload.end()}});
        take(published.back(), now);
        return;
    }
    case 4: return;
    case 8:
        put(suback(body.u16_be(), suback_code));
        check(text_of(body.take(body.u16_be())) == down_filter(site_, post_).text());
        subscribed_ = true;
        greets();
        return;
    case 12: put(pingresp); return;
    case 14: return;
    }
    check(false);
}

void EdgePeer::take(const Published& message, Instant now)
{
    if (!edge_is_alive) return;
    switch (message.what) {
    case Up::birth: take_birth(message, now); return;
    case Up::nonce: {
        const auto offer = decode_nonce_offer(message.payload);
        check(offer.ok());
        nonces.push_back(*offer);
        tell_time(offer->mono);
        return;
    }
    case Up::will: return;
    case Up::alarm:
    case Up::event:
    case Up::tele: break;
    }
    const auto lane = static_cast<Lane>(message.what);
    const auto verdict = ingest_.take(post_no, post_, lane, message.payload, now);
    if (const auto* taken = std::get_if<edge::Ingest::Take>(&verdict))
        log[lane].push_back(
            {.seq = taken->key.seq, .standing = taken->standing, .bytes = message.payload});
    else if (std::holds_alternative<edge::Ingest::Duplicate>(verdict))
        ++duplicates;
    else
        check(std::holds_alternative<edge::Ingest::Ahead>(verdict));
    acknowledge();
    tick(now);
}

void EdgePeer::take_birth(const Published& message, Instant now)
{
    const auto birth = decode_birth(message.payload);
    check(birth.ok());
    births.push_back(*birth);
    const auto verdict = ingest_.born(post_no, post_, *birth, now);
    gaps.insert(gaps.end(), verdict.gaps.begin(), verdict.gaps.end());
    tell_time(birth->mono);
    acknowledge();
}

void EdgePeer::tick(Instant now)
{
    if (!edge_is_alive) return;
    for (const auto& ask : ingest_.asks(now)) {
        const auto bytes = encode(ask.range);
        say(Down::range, bytes.view());
    }
}

void EdgePeer::tell_time(Instant echo)
{
    const auto bytes = encode(TimeNotice{.echo = echo, .now = wall});
    say(Down::time, bytes.view());
}

void EdgePeer::acknowledge()
{
    Ack ack{};
    for (const auto lane : all_lanes)
        ack.upto[static_cast<std::size_t>(lane)] = ingest_.mark(post_no, lane).next - 1;
    const auto bytes = encode(ack);
    say(Down::ack, bytes.view());
}

void EdgePeer::say(Down what, Bytes payload) { say(Odd{.topic = topic(what)}, payload); }

void EdgePeer::say(const Odd& how, Bytes payload)
{
    if (!subscribed_) return;
    last_id_ = last_id_ % 60'000 + 1;
    put(publish(
        {.flags = how.flags, .topic = how.topic, .id = last_id_, .payload = text_of(payload)}));
}

std::string EdgePeer::topic(Down what) const
{
    const auto topic = topic_of(DownTopic{.site = site_, .post = post_, .what = what});
    return std::string{topic.text()};
}

}  // namespace ks::test
