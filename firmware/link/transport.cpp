#include "firmware/link/transport.hpp"

namespace ks::link {

Transport::State Transport::state() const
{
    if (!security_ || plain_state_ == State::closed) return plain_state_;
    switch (security_->engine->state()) {
    case crypto::TlsState::handshaking: return State::opening;
    case crypto::TlsState::open: return State::open;
    case crypto::TlsState::closed: break;
    }
    return State::failed;
}

crypto::TlsFailure Transport::failure() const
{
    return security_ ? security_->engine->failure() : crypto::TlsFailure::none;
}

bool Transport::start(const crypto::CertificateTime& time, crypto::SeededRandom& random)
{
    inbox_used_ = 0;
    plain_out_ = {};
    plain_state_ = State::open;
    if (!security_) return true;

    const auto seed = random.draw<crypto::seed_size>();
    const crypto::TlsClient::Target target{.server_name = security_->server_name, .time = time};
    return security_->engine->start(*security_->credentials, target, seed).ok();
}

void Transport::close()
{
    if (security_ && plain_state_ != State::closed) security_->engine->wire_lost();
    inbox_used_ = 0;
    plain_out_ = {};
    plain_state_ = State::closed;
}

void Transport::farewell()
{
    if (security_) security_->engine->close();
}

bool Transport::still_trusted(UnixMillis now)
{
    return !security_ || security_->engine->recheck(now).ok();
}

void Transport::received(std::size_t count)
{
    check(count <= inbox_.size() - inbox_used_);
    inbox_used_ += count;
}

Bytes Transport::plain_in()
{
    if (!security_) return Bytes{inbox_}.first(inbox_used_);
    if (inbox_used_ > 0) drop(security_->engine->feed_wire(Bytes{inbox_}.first(inbox_used_)));
    return security_->engine->plain_in();
}

void Transport::plain_taken(std::size_t count)
{
    if (security_)
        security_->engine->plain_taken(count);
    else
        drop(count);
}

std::size_t Transport::write(Bytes plain)
{
    if (security_) return security_->engine->write(plain);
    if (!plain_out_.empty()) return 0;
    plain_out_ = plain;
    return plain.size();
}

Bytes Transport::wire_out() { return security_ ? security_->engine->wire_out() : plain_out_; }

void Transport::wire_sent(std::size_t count)
{
    if (security_) {
        security_->engine->wire_sent(count);
        return;
    }
    check(count <= plain_out_.size());
    plain_out_ = plain_out_.subspan(count);
}

void Transport::drop(std::size_t count)
{
    check(count <= inbox_used_);
    const auto begin = inbox_.begin();
    std::copy(begin + static_cast<std::ptrdiff_t>(count),
              begin + static_cast<std::ptrdiff_t>(inbox_used_), begin);
    inbox_used_ -= count;
}

}  // namespace ks::link
