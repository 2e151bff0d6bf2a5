// A whole conversation steered by bytes: what the broker sends, what the owner asks, how the time
// passes, where the stream is cut. However it goes, every message the client took is ended at most
// once, as acknowledged or as given back, and only if it had left.

#include "firmware/mqtt/client.hpp"

#include <map>

using namespace ks;
using namespace ks::mqtt;

namespace {

constexpr Limits limits{.window = 3, .topic = 16, .payload = 32, .incoming = 64, .control = 64};

class Play {
public:
    explicit Play(Bytes script) : script_{script} {}

    void run()
    {
        while (script_.left() > 0) {
            step();
            settle();
        }
    }

private:
    void step()
    {
        switch (script_.u8() % 9) {
        case 0: open(); break;
        case 1: client_.cut(); break;
        case 2: feed(script_.take(std::min<std::size_t>(script_.u8(), script_.left()))); break;
        case 3: publish(Qos::at_least_once); break;
        case 4: publish(Qos::at_most_once); break;
        case 5: (void)client_.subscribe("down/#", Qos::at_least_once); break;
        case 6: now_ = now_ + Millis{script_.u8() * 500}; break;
        case 7: feed_sensible(); break;
        case 8: client_.disconnect(); break;
        }
    }

    void open()
    {
        const auto session = script_.u8() % 2 == 0 ? Session::kept : Session::clean;
        const auto opened = client_.open(now_, {.client_id = "POST-0001",
                                                .user_name = {},
                                                .will = std::nullopt,
                                                .keep_alive = Millis{60'000},
                                                .session = session});
        check(opened.ok());
    }

    void publish(Qos qos)
    {
        const auto payload = script_.take(std::min<std::size_t>(script_.u8() % 40, script_.left()));
        const auto handle = client_.publish("up/a", payload, qos);
        if (!handle) return;
        check(payload.size() <= limits.payload);
        if (qos == Qos::at_least_once) check(open_.emplace(handle->value, false).second);
    }

    void feed(Bytes bytes)
    {
        while (!bytes.empty()) {
            const auto taken = client_.feed(bytes);
            bytes = bytes.subspan(taken);
            settle();
        }
    }

    /// Answers that fit the questions, so that the play gets beyond its first act.
    void feed_sensible()
    {
        constexpr std::byte connack[] = {std::byte{0x20}, std::byte{2}, std::byte{0}, std::byte{0}};
        constexpr std::byte resumed[] = {std::byte{0x20}, std::byte{2}, std::byte{1}, std::byte{0}};
        constexpr std::byte pingresp[] = {std::byte{0xD0}, std::byte{0}};
        const std::byte puback[] = {std::byte{0x40}, std::byte{2}, std::byte{0},
                                    static_cast<std::byte>(script_.u8())};
        const std::byte suback[] = {std::byte{0x90}, std::byte{3}, std::byte{0},
                                    static_cast<std::byte>(script_.u8()), std::byte{1}};
        switch (script_.u8() % 5) {
        case 0: feed(connack); break;
        case 1: feed(resumed); break;
        case 2: feed(pingresp); break;
        case 3: feed(puback); break;
        case 4: feed(suback); break;
        }
    }

    void settle()
    {
        for (int i = 0; i < 100; ++i) {
            const auto action = client_.next(now_);
            if (const auto* const wait = std::get_if<Client::Wait>(&action)) {
                check(wait->until > now_ || wait->until == Client::never);
                return;
            }
            note(action);
        }
        check(false);  // it talks for ever
    }

    void note(const Client::Action& action)
    {
        if (const auto* const send = std::get_if<Client::Send>(&action)) {
            check(!send->bytes.empty());
            note_sent(send->bytes);
        }
        if (const auto* const ack = std::get_if<Client::Acknowledged>(&action)) {
            const auto found = open_.find(ack->handle.value);
            check(found != open_.end() && found->second);
            open_.erase(found);
        }
        if (const auto* const loss = std::get_if<Client::Unacknowledged>(&action))
            check(open_.erase(loss->handle.value) == 1);
        check(open_.size() <= limits.window);
    }

    /// Messages leave in the order they were taken; the first that has not left is the one.
    void note_sent(Bytes bytes)
    {
        const auto first = std::to_integer<unsigned>(bytes[0]);
        if ((first & 0xF6) != 0x32) return;
        const bool again = (first & 8) != 0;
        if (again) return;
        for (auto& [handle, left] : open_) {
            if (left) continue;
            left = true;
            return;
        }
        check(false);
    }

    ByteReader script_;
    Instant now_{Millis{1}};
    Room<limits> room_;
    Client client_{room_};
    std::map<std::uint64_t, bool> open_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Play{std::as_bytes(std::span{data, size})}.run();
    return 0;
}
