#include "firmware/mqtt/client.hpp"

#include "firmware/mqtt/text.hpp"

namespace ks::mqtt {
namespace {

/// A ping leaves at three quarters of the keep-alive, so that it is there before the whole of it
/// has passed on a slow line; the broker's own patience ends at one and a half (3.1.2.10).
constexpr Millis ping_after(Millis keep_alive) { return Millis{keep_alive.count() * 3 / 4}; }

static_assert(ping_after(Millis{60'000}) == Millis{45'000});
static_assert(ping_after(Millis{1'000}) < Millis{1'000});

bool is_valid(const ConnectOptions& options)
{
    const auto seconds = options.keep_alive.count() / 1000;
    const bool whole = options.keep_alive.count() % 1000 == 0;
    if (!whole || seconds < 1 || seconds > 0xFFFF) return false;
    if (options.client_id.empty() || !is_text(options.client_id)) return false;
    if (!is_text(options.user_name)) return false;
    if (!options.will) return true;
    return is_topic_name(options.will->topic) && options.will->payload.size() <= 0xFFFF;
}

}  // namespace

Result<Done, Client::Refusal> Client::open(Instant now, const ConnectOptions& options)
{
    if (!is_valid(options)) return Failure{Refusal::options_invalid};
    cut();
    ByteWriter writer{control_};
    encode_connect(writer, options);
    if (!writer.ok()) return Failure{Refusal::too_long};

    control_size_ = writer.size();
    control_question_ = Question::to_send;
    control_at_ = heard_at_ = spoke_at_ = now;
    keep_alive_ = options.keep_alive;
    session_ = options.session;
    state_ = State::connecting;
    return Done{};
}

void Client::cut()
{
    reader_.reset();
    control_question_ = Question::none;
    ping_ = Question::none;
    owed_puback_ = 0;
    more_to_feed_ = false;
    state_ = State::closed;
}

std::size_t Client::feed(Bytes bytes)
{
    if (state_ == State::closed) return bytes.size();
    const auto taken = reader_.feed(bytes);
    more_to_feed_ = taken < bytes.size();
    return taken;
}

// The order is the policy. A message is acknowledged only after its owner has come back for more,
// and what arrived is answered before silence is judged: an owner that was late to the table must
// not hang up on a broker that had in fact been talking.
Client::Action Client::next(Instant now)
{
    if (state_ == State::closed) return Wait{never};

    if (owed_puback_ != 0) {
        ByteWriter writer{short_packet_};
        encode_puback(writer, owed_puback_);
        owed_puback_ = 0;
        return send(writer.written(), now);
    }
    if (state_ == State::leaving || state_ == State::left) return leave(now);
    if (const auto packet = reader_.take()) {
        heard_at_ = now;
        if (const auto action = answer(*packet)) return *action;
    }
    if (const auto fault = reader_.fault()) return close(*fault);
    if (!more_to_feed_)
        if (const auto fault = overdue(now)) return close(*fault);
    if (const auto action = say(now)) return *action;
    return Wait{wake_at()};
}

Result<Handle, Client::Refusal> Client::publish(std::string_view topic, Bytes payload, Qos qos)
{
    if (!is_topic_name(topic)) return Failure{Refusal::topic_invalid};
    if (topic.size() > topic_max_ || payload.size() > payload_max_)
        return Failure{Refusal::too_long};
    if (state_ != State::connected) return Failure{Refusal::not_connected};
    if (window_.free_slots() == 0) return Failure{Refusal::window_full};

    const auto packet_id = qos == Qos::at_least_once ? fresh_packet_id() : std::uint16_t{0};
    return window_.add({.topic = topic, .payload = payload, .qos = qos, .packet_id = packet_id});
}

Result<Done, Client::Refusal> Client::subscribe(std::string_view filter, Qos qos)
{
    if (!is_topic_filter(filter)) return Failure{Refusal::topic_invalid};
    if (state_ != State::connected) return Failure{Refusal::not_connected};
    if (control_question_ != Question::none) return Failure{Refusal::subscribing};

    const auto packet_id = fresh_packet_id();
    ByteWriter writer{control_};
    encode_subscribe(writer, packet_id, filter, qos);
    if (!writer.ok()) return Failure{Refusal::too_long};

    subscribe_id_ = packet_id;
    subscribe_qos_ = qos;
    control_size_ = writer.size();
    control_question_ = Question::to_send;
    return Done{};
}

void Client::disconnect()
{
    if (state_ == State::closed) return;
    const bool greeted = state_ == State::connected || control_question_ == Question::asked;
    // A stream on which nothing was said has nobody to say goodbye to.
    state_ = greeted ? State::leaving : State::left;
}

Client::Action Client::close(Fault reason)
{
    cut();
    return Close{reason};
}

Client::Action Client::send(Bytes bytes, Instant now)
{
    check(!bytes.empty());
    spoke_at_ = now;
    return Send{bytes};
}

std::optional<Fault> Client::overdue(Instant now) const
{
    if (control_question_ == Question::asked) {
        const bool connecting = state_ == State::connecting;
        if (now - control_at_ >= (connecting ? connack_limit : suback_limit))
            return connecting ? Fault::connack_late : Fault::suback_late;
    }
    if (ping_ == Question::asked && now - ping_sent_at_ >= pingresp_limit)
        return Fault::pingresp_late;
    if (state_ != State::connected) return std::nullopt;
    if (const auto oldest = window_.oldest_sent(); oldest && now - *oldest >= puback_limit)
        return Fault::puback_late;
    return std::nullopt;
}

// Answers to what is owed come before news of our own, and a question before the messages, so that
// a full window cannot keep a ping or a subscription waiting.
std::optional<Client::Action> Client::say(Instant now)
{
    if (const auto orphan = window_.take_orphan()) return Unacknowledged{*orphan};
    if (control_question_ == Question::to_send) {
        control_question_ = Question::asked;
        control_at_ = now;
        return send(Bytes{control_}.first(control_size_), now);
    }
    if (state_ != State::connected) return std::nullopt;
    if (ping_ == Question::none && now >= ping_at()) {
        ping_ = Question::asked;
        ping_sent_at_ = now;
        ByteWriter writer{short_packet_};
        encode_pingreq(writer);
        return send(writer.written(), now);
    }
    if (const auto packet = window_.take(now)) return send(*packet, now);
    return std::nullopt;
}

Client::Action Client::leave(Instant now)
{
    check(state_ == State::leaving || state_ == State::left);
    if (state_ == State::left) return close(Fault::asked);
    state_ = State::left;
    ByteWriter writer{short_packet_};
    encode_disconnect(writer);
    return send(writer.written(), now);
}

/// Silence counts from either side: without our bytes the broker gives us up, without its bytes a
/// half-open stream would look healthy for as long as we publish into it.
Instant Client::ping_at() const { return std::min(heard_at_, spoke_at_) + ping_after(keep_alive_); }

Instant Client::wake_at() const
{
    if (state_ == State::connecting) return control_at_ + connack_limit;
    auto at = ping_ == Question::asked ? ping_sent_at_ + pingresp_limit : ping_at();
    if (control_question_ == Question::asked) at = std::min(at, control_at_ + suback_limit);
    if (const auto oldest = window_.oldest_sent()) at = std::min(at, *oldest + puback_limit);
    return at;
}

/// Not zero, and not one that is waiting for its answer: an answer to a number given twice would
/// free the wrong message (2.3.1). There are far more numbers than slots, so the search ends.
std::uint16_t Client::fresh_packet_id()
{
    do {
        ++last_packet_id_;
    } while (last_packet_id_ == 0 || window_.uses(last_packet_id_) ||
             (control_question_ != Question::none && subscribe_id_ == last_packet_id_));
    return last_packet_id_;
}

}  // namespace ks::mqtt
