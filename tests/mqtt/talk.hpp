#pragma once

#include "firmware/mqtt/client.hpp"
#include "tests/support/hex.hpp"

#include <string>
#include <vector>

namespace ks::test {

using Buffer = std::vector<std::byte>;

/// Packets as a broker makes them, written here once more on purpose: a test that used the code
/// under test to make its input would agree with any mistake.
inline Buffer packet(unsigned first, const Buffer& body)
{
    Buffer out{static_cast<std::byte>(first)};
    auto length = body.size();
    do {
        const auto low = static_cast<unsigned>(length & 0x7F);
        length >>= 7;
        out.push_back(static_cast<std::byte>(length > 0 ? low | 0x80 : low));
    } while (length > 0);
    out.insert(out.end(), body.begin(), body.end());
    return out;
}

inline void put16(Buffer& out, std::size_t value)
{
    out.push_back(static_cast<std::byte>(value >> 8));
    out.push_back(static_cast<std::byte>(value));
}

inline void put_text(Buffer& out, std::string_view text)
{
    const auto bytes = bytes_of(text);
    out.insert(out.end(), bytes.begin(), bytes.end());
}

inline Buffer connack(unsigned session_present, unsigned code)
{
    return packet(0x20, {static_cast<std::byte>(session_present), static_cast<std::byte>(code)});
}

inline Buffer puback(std::size_t id)
{
    Buffer body;
    put16(body, id);
    return packet(0x40, body);
}

inline Buffer suback(std::size_t id, unsigned code)
{
    Buffer body;
    put16(body, id);
    body.push_back(static_cast<std::byte>(code));
    return packet(0x90, body);
}

struct BrokerMessage {
    unsigned flags{0x02};
    std::string_view topic{"down/a"};
    std::size_t id{1};
    std::string_view payload{"hello"};
};

inline Buffer publish(const BrokerMessage& message)
{
    Buffer body;
    put16(body, message.topic.size());
    put_text(body, message.topic);
    if ((message.flags & 6) != 0) put16(body, message.id);
    put_text(body, message.payload);
    return packet(0x30 | message.flags, body);
}

inline const Buffer pingresp{std::byte{0xD0}, std::byte{0x00}};

/// An owner of a client, as the link is one, that writes down all it is told.
class Talk {
public:
    static constexpr mqtt::Limits limits{
        .window = 4, .topic = 48, .payload = 200, .incoming = 300, .control = 128};

    struct Delivered {
        std::string topic;
        std::string payload;
        mqtt::Qos qos;
        bool retained;
        bool duplicate;
    };

    mqtt::ConnectOptions options{.client_id = "POST-0001",
                                 .user_name = {},
                                 .will = std::nullopt,
                                 .keep_alive = 60_s,
                                 .session = mqtt::Session::clean};
    Instant now{1'000_ms};

    Buffer sent;
    std::vector<mqtt::Client::Connected> connected;
    std::vector<mqtt::Granted> subscribed;
    std::vector<Delivered> delivered;
    std::vector<mqtt::Handle> acknowledged;
    std::vector<mqtt::Handle> unacknowledged;
    std::vector<mqtt::Fault> closed;
    Instant wake;

    mqtt::Client& client() { return client_; }

    void open()
    {
        check(client_.open(now, options).ok());
        run();
    }
    /// As far as the broker lets us in.
    void connect()
    {
        open();
        receive(connack(0, 0));
        sent.clear();
    }
    void receive(const Buffer& bytes)
    {
        Bytes left{bytes};
        do {
            left = left.subspan(client_.feed(left));
            run();
        } while (!left.empty());
    }
    void pass(Millis time)
    {
        now = now + time;
        run();
    }
    mqtt::Handle publish(std::string_view topic, std::string_view payload, mqtt::Qos qos)
    {
        const auto handle = client_.publish(topic, bytes_of(payload), qos);
        check(handle.ok());
        return *handle;
    }
    /// Until there is nothing more to do.
    void run()
    {
        for (;;) {
            const auto action = client_.next(now);
            if (const auto* const wait = std::get_if<mqtt::Client::Wait>(&action)) {
                wake = wait->until;
                return;
            }
            note(action);
        }
    }
    /// What was sent since the last time somebody looked.
    Buffer take_sent() { return std::exchange(sent, {}); }

private:
    void note(const mqtt::Client::Action& action)
    {
        using mqtt::Client;
        if (const auto* const send = std::get_if<Client::Send>(&action))
            sent.insert(sent.end(), send->bytes.begin(), send->bytes.end());
        else if (const auto* const hello = std::get_if<Client::Connected>(&action))
            connected.push_back(*hello);
        else if (const auto* const answer = std::get_if<Client::Subscribed>(&action))
            subscribed.push_back(answer->granted);
        else if (const auto* const ack = std::get_if<Client::Acknowledged>(&action))
            acknowledged.push_back(ack->handle);
        else if (const auto* const loss = std::get_if<Client::Unacknowledged>(&action))
            unacknowledged.push_back(loss->handle);
        else if (const auto* const close = std::get_if<Client::Close>(&action))
            closed.push_back(close->reason);
        else if (const auto* const message = std::get_if<Client::Deliver>(&action))
            delivered.push_back({.topic = std::string{message->topic},
                                 .payload = std::string{text_of(message->payload)},
                                 .qos = message->qos,
                                 .retained = message->retained,
                                 .duplicate = message->duplicate});
    }

    mqtt::Room<limits> room_;
    mqtt::Client client_{room_};
};

}  // namespace ks::test
