#include "tests/bench/caller.hpp"

#include <stdexcept>

namespace ks::bench {

using mqtt::Client;

Caller::Caller(Wire wire, Setup setup, Heard heard)
    : wire_{std::move(wire)}, setup_{std::move(setup)}, heard_{std::move(heard)}
{}

void Caller::publish(std::string_view topic, Bytes payload)
{
    check(client_.publish(topic, payload, mqtt::Qos::at_least_once).ok());
}

void Caller::read(Instant now)
{
    for (Bytes left = wire_.receive(); !left.empty();) {
        left = left.subspan(client_.feed(left));
        act(now);
    }
    write(now);
}

void Caller::write(Instant now)
{
    if (wire_.open() && !greeted_) {
        greeted_ = true;
        check(client_
                  .open(now, {.client_id = setup_.client_id,
                              .user_name = setup_.user_name,
                              .will = std::nullopt,
                              .keep_alive = Millis{60'000},
                              .session = mqtt::Session::clean})
                  .ok());
    }
    act(now);
    wire_.flush();
}

void Caller::act(Instant now)
{
    for (;;) {
        const auto action = client_.next(now);
        if (std::holds_alternative<Client::Wait>(action)) return;
        note(action);
    }
}

void Caller::note(const Client::Action& action)
{
    if (const auto* send = std::get_if<Client::Send>(&action))
        wire_.write(send->bytes);
    else if (std::holds_alternative<Client::Connected>(action))
        check(client_.subscribe(setup_.filter, mqtt::Qos::at_least_once).ok());
    else if (std::holds_alternative<Client::Subscribed>(action))
        ready_ = true;
    else if (const auto* message = std::get_if<Client::Deliver>(&action))
        heard_(message->topic, message->payload);
    else if (std::holds_alternative<Client::Close>(action))
        throw std::runtime_error{"the broker and the load generator do not understand each other"};
}

}  // namespace ks::bench
