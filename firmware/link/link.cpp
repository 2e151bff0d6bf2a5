#include "firmware/link/link.hpp"

namespace ks::link {

using protocol::Down;
using protocol::Up;

Link::Link(const Setup& setup, const PostFacts& facts, core::Journal& journal,
           crypto::SeededRandom& random)
    : setup_{setup},
      facts_{facts},
      random_{&random},
      transport_{setup.security},
      lanes_{journal, setup.post},
      commands_{setup.site, setup.post, setup.command_key},
      clock_{setup.built}
{}

Link::Action Link::next(Instant now)
{
    if (up() && !unheard_) heard_edge_at_ = now;
    switch (phase_) {
    case Phase::resting: return rest(now);
    case Phase::opening:
        if (stopping_ || now >= phase_until_) return fail(Trouble::line_late, now);
        return Wait{phase_until_};
    case Phase::securing:
    case Phase::greeting:
    case Phase::subscribing:
    case Phase::up:
    case Phase::parting: return talk(now);
    case Phase::stopped: break;
    }
    return Wait{mqtt::Client::never};
}

void Link::line_opened(Instant now)
{
    if (phase_ != Phase::opening) return;
    const auto wall = clock_.at(now);
    const auto time =
        wall ? crypto::CertificateTime{.at = wall->at, .known = crypto::TimeKnowledge::exact}
             : crypto::time_at_least(setup_.built, setup_.built);
    certificate_rechecked_ = wall.has_value();
    stuck_since_.reset();
    outgoing_ = {};
    phase_ = Phase::securing;
    phase_until_ = now + handshake_limit;
    // A refusal shows in the transport's state, and is told where all its failures are told.
    (void)transport_.start(time, *random_);
}

void Link::line_lost(Instant now)
{
    if (phase_ == Phase::resting || phase_ == Phase::stopped) return;
    settle_down(phase_ == Phase::opening ? Trouble::line_late : Trouble::line_lost, now);
}

void Link::sent(std::size_t count)
{
    if (count > 0) stuck_since_.reset();
    transport_.wire_sent(count);
}

void Link::finished(const protocol::CommandResult& result, Instant now)
{
    commands_.finished(result, now);
}

void Link::stop()
{
    stopping_ = true;
    if (phase_ == Phase::resting) phase_ = Phase::stopped;
    if (phase_ == Phase::greeting || phase_ == Phase::subscribing || phase_ == Phase::up)
        client_.disconnect();
}

Link::Action Link::rest(Instant now)
{
    if (now < phase_until_) return Wait{phase_until_};
    if (!random_->seeded()) {
        trouble_ = Trouble::no_randomness;
        phase_until_ = now + randomness_retry;
        return Wait{phase_until_};
    }
    phase_ = Phase::opening;
    phase_until_ = now + line_limit;
    return OpenLine{};
}

// What must leave leaves before anything new is said or heard: the client's bytes stay in place
// only until it is asked again. Each turn of the loop takes something that is bounded: the bytes
// in the inbox, the slots of the window.
Link::Action Link::talk(Instant now)
{
    for (;;) {
        if (const auto out = transport_.wire_out(); !out.empty()) return push(out, now);
        if (phase_ == Phase::parting) return fail(Trouble::none, now);
        if (transport_.state() == Transport::State::failed) {
            const bool farewell = transport_.failure() == crypto::TlsFailure::none;
            return fail(farewell ? Trouble::line_lost : Trouble::tls, now);
        }
        if (!outgoing_.empty()) {
            outgoing_ = outgoing_.subspan(transport_.write(outgoing_));
            continue;
        }
        const auto step = phase_ == Phase::securing ? secure(now) : converse(now);
        if (step) return *step;
    }
}

Link::Action Link::push(Bytes out, Instant now)
{
    if (!stuck_since_) stuck_since_ = now;
    if (now - *stuck_since_ >= write_limit) return fail(Trouble::write_late, now);
    return Send{out};
}

Link::Step Link::secure(Instant now)
{
    if (stopping_) return fail(Trouble::none, now);
    (void)transport_.plain_in();  // moves the handshake on
    if (transport_.state() == Transport::State::open)
        greet(now);
    else if (now >= phase_until_)
        return fail(Trouble::tls_late, now);
    else if (transport_.wire_out().empty() && transport_.state() == Transport::State::opening)
        return Wait{phase_until_};
    return std::nullopt;
}

void Link::greet(Instant now)
{
    const auto will_topic =
        topic_of(protocol::UpTopic{.site = setup_.site, .post = setup_.post, .what = Up::will});
    const auto will = encode(protocol::Will{.boot = facts_.boot});
    const auto opened =
        client_.open(now, {.client_id = setup_.post.text(),
                           .user_name = setup_.post.text(),
                           .will = mqtt::Will{.topic = will_topic.text(), .payload = will.view()},
                           .keep_alive = keep_alive,
                           // Nothing may lie in the broker for us: an old command is no command.
                           .session = mqtt::Session::clean});
    check(opened.ok());
    phase_ = Phase::greeting;
}

Link::Step Link::converse(Instant now)
{
    const auto plain = transport_.plain_in();
    const auto taken = client_.feed(plain);
    transport_.plain_taken(taken);

    const auto action = client_.next(now);
    const auto* const wait = std::get_if<mqtt::Client::Wait>(&action);
    if (wait == nullptr) return obey(action, now);
    if (taken > 0) return std::nullopt;  // there may be more behind it
    if (phase_ == Phase::up && publish_next(now)) return std::nullopt;
    return Wait{wake_at(wait->until)};
}

Link::Step Link::obey(const mqtt::Client::Action& action, Instant now)
{
    using mqtt::Client;
    static_assert(std::variant_size_v<Client::Action> == 8, "a new action needs a branch below");

    if (const auto* const send = std::get_if<Client::Send>(&action)) {
        outgoing_ = send->bytes;
    } else if (const auto* const message = std::get_if<Client::Deliver>(&action)) {
        return hear(*message, now);
    } else if (std::holds_alternative<Client::Connected>(action)) {
        subscribe();
    } else if (const auto* const subscribed = std::get_if<Client::Subscribed>(&action)) {
        if (subscribed->granted != mqtt::Granted::at_least_once)
            return fail(Trouble::subscription_refused, now);
        phase_ = Phase::up;
        trouble_ = Trouble::none;
        lanes_.restart(now);
        born_at_.reset();
        birth_due_ = nonce_due_ = true;
    } else if (const auto* const close = std::get_if<Client::Close>(&action)) {
        mqtt_fault_ = close->reason;
        if (close->reason != mqtt::Fault::asked) return fail(Trouble::mqtt, now);
        transport_.farewell();
        phase_ = Phase::parting;
    }
    // What the broker acknowledged, or forgot, counts for nothing: the edge's word does.
    return std::nullopt;
}

void Link::subscribe()
{
    const auto filter = protocol::down_filter(setup_.site, setup_.post);
    check(client_.subscribe(filter.text(), mqtt::Qos::at_least_once).ok());
    phase_ = Phase::subscribing;
}

Link::Action Link::fail(Trouble trouble, Instant now)
{
    settle_down(trouble, now);
    return CloseLine{};
}

void Link::settle_down(Trouble trouble, Instant now)
{
    trouble_ = trouble;
    tls_failure_ = transport_.failure();
    client_.cut();
    transport_.close();
    outgoing_ = {};
    nonces_.forget();
    if (stopping_) {
        phase_ = Phase::stopped;
        return;
    }
    std::uint32_t draw = UINT32_MAX;
    if (random_->seeded()) draw = ByteReader{random_->draw<4>()}.u32_be();
    phase_ = Phase::resting;
    phase_until_ = now + backoff_.after_failure(draw);
}

}  // namespace ks::link
