#pragma once

#include "edge/broker/broker.hpp"

#include <functional>

namespace ks::edge {

/// One Paho client from its making to its end, with every setting that its defaults get wrong:
/// protocol version, host-name check, buffered limit, Nagle's algorithm.
class Broker::Client : public mqtt::callback {
public:
    struct Events {
        std::function<void()> connected;
        std::function<void(std::string why)> lost;
        /// The inbox says when to look.
        std::function<void(Inbox::Wake)> arrived;
    };

    Client(const Setup& setup, Inbox& inbox, Events events);
    ~Client() override;
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// Starts to connect; the outcome comes as an event. Throws nothing.
    void connect();
    void subscribe();
    /// What could not be handed to Paho is handed again by the caller's next call.
    std::size_t publish(const std::vector<Outgoing>& messages);
    void disconnect();

private:
    class Outcome : public mqtt::iaction_listener {
    public:
        explicit Outcome(Client& owner) : owner_{owner} {}
        void on_failure(const mqtt::token& token) override;
        void on_success(const mqtt::token& token) override;

    private:
        Client& owner_;
    };

    void connected(const std::string& cause) override;
    void connection_lost(const std::string& cause) override;
    void message_arrived(mqtt::const_message_ptr message) override;

    const Setup& setup_;
    Inbox& inbox_;
    Events events_;
    Outcome outcome_{*this};
    mqtt::async_client client_;
    std::size_t retries_{0};
};

}  // namespace ks::edge
