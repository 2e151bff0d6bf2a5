#pragma once

#include "tests/mqtt/talk.hpp"

#include <deque>
#include <map>
#include <set>

namespace ks::test {

/// A broker for one client, as small as the standard lets it be: it keeps a session when asked to,
/// acknowledges, and sends what is unacknowledged again on the next connection.
class ModelBroker {
public:
    explicit ModelBroker(std::vector<std::string> for_client)
        : for_client_{for_client.begin(), for_client.end()}
    {}

    struct Received {
        std::string payload;
        bool duplicate;
    };
    std::vector<Received> received;
    /// The messages for the client that it has acknowledged.
    std::set<std::string> confirmed;

    [[nodiscard]] bool everything_confirmed() const
    {
        return for_client_.empty() && unconfirmed_.empty();
    }

    /// A new connection; what was half said is gone.
    void accept() { heard_.clear(); }

    /// One byte from the client; the answers to it.
    Buffer hear(std::byte byte)
    {
        heard_.push_back(byte);
        if (heard_.size() < 2) return {};
        const auto low = std::to_integer<std::size_t>(heard_[1]);
        if (low >= 0x80 && heard_.size() < 3) return {};
        const std::size_t header = low >= 0x80 ? 3 : 2;
        const auto length =
            low >= 0x80 ? (low & 0x7F) + 128 * std::to_integer<std::size_t>(heard_[2]) : low;
        if (heard_.size() < header + length) return {};
        const auto first = std::to_integer<unsigned>(heard_[0]);
        const Buffer body{heard_.begin() + static_cast<std::ptrdiff_t>(header), heard_.end()};
        heard_.clear();
        return answer(first, ByteReader{body});
    }

private:
    Buffer answer(unsigned first, ByteReader body)
    {
        switch (first >> 4) {
        case 1: return answer_connect(body);
        case 3: return answer_publish(first, body);
        case 4: {
            const auto found = unconfirmed_.find(body.u16_be());
            check(found != unconfirmed_.end());
            confirmed.insert(found->second);
            unconfirmed_.erase(found);
            return send_next();
        }
        case 8: {
            const auto id = body.u16_be();
            subscribed_ = true;
            auto out = suback(id, 1);
            return append(out, send_next());
        }
        case 12: return pingresp;
        }
        check(false);
        return {};
    }

    Buffer answer_connect(ByteReader body)
    {
        body.take(7);
        const bool clean = (body.u8() & 2) != 0;
        const bool present = known_ && !clean;
        if (!present) {
            // A session that is forgotten forgets what it still had to deliver; these are kept
            // by whoever published them, which in this test is we.
            for (auto& [id, text] : unconfirmed_)
                for_client_.push_front(text);
            unconfirmed_.clear();
            subscribed_ = false;
        }
        known_ = !clean;
        auto out = connack(present ? 1 : 0, 0);
        for (const auto& [id, text] : unconfirmed_)
            append(out, publish({.flags = 0x0A, .id = id, .payload = text}));
        return present ? append(out, send_next()) : out;
    }

    Buffer answer_publish(unsigned first, ByteReader body)
    {
        body.take(body.u16_be());
        const auto id = (first & 6) != 0 ? body.u16_be() : std::uint16_t{0};
        received.push_back({.payload = std::string{text_of(body.take(body.left()))},
                            .duplicate = (first & 8) != 0});
        return id != 0 ? puback(id) : Buffer{};
    }

    Buffer send_next()
    {
        if (!subscribed_ || for_client_.empty() || unconfirmed_.size() >= 2) return {};
        const auto id = ++last_id_;
        unconfirmed_[id] = for_client_.front();
        for_client_.pop_front();
        return publish({.flags = 0x02, .id = id, .payload = unconfirmed_[id]});
    }

    static Buffer& append(Buffer& out, const Buffer& more)
    {
        out.insert(out.end(), more.begin(), more.end());
        return out;
    }

    std::deque<std::string> for_client_;
    std::map<std::size_t, std::string> unconfirmed_;
    Buffer heard_;
    std::size_t last_id_{100};
    bool known_{false};
    bool subscribed_{false};
};

}  // namespace ks::test
