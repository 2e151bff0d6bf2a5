#pragma once

#include "firmware/mqtt/client.hpp"
#include "tests/bench/wire.hpp"

#include <functional>
#include <string>

namespace ks::bench {

/// One MQTT connection with the posts' own client code on it.
class Caller {
public:
    struct Setup {
        std::string client_id;
        std::string user_name;
        std::string filter;
    };
    using Heard = std::function<void(std::string_view topic, Bytes payload)>;

    Caller(Wire wire, Setup setup, Heard heard);

    [[nodiscard]] int descriptor() const { return wire_.descriptor(); }
    /// Connected, and the broker has granted the subscription.
    [[nodiscard]] bool ready() const { return ready_; }
    /// Messages that may be published now; the broker has acknowledged all others.
    [[nodiscard]] std::size_t room() const { return client_.free_slots(); }
    [[nodiscard]] bool idle() const { return room() == limits.window; }

    void publish(std::string_view topic, Bytes payload);
    /// Takes what has come and says what is to be said. Throws when the connection is over.
    void read(Instant now);
    void write(Instant now);

private:
    static constexpr mqtt::Limits limits{
        .window = 100, .topic = 96, .payload = 512, .incoming = 1'024, .control = 256};

    void act(Instant now);
    void note(const mqtt::Client::Action& action);

    Wire wire_;
    Setup setup_;
    Heard heard_;
    std::unique_ptr<mqtt::Room<limits>> room_{std::make_unique<mqtt::Room<limits>>()};
    mqtt::Client client_{*room_};
    bool greeted_{false};
    bool ready_{false};
};

}  // namespace ks::bench
