#pragma once

#include "tests/mqtt/talk.hpp"
#include "tests/support/process.hpp"

#include <chrono>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ks::test {

/// A client on a real socket. Time is the wall's; waiting is done in `poll` and has an end.
class Caller {
public:
    Caller(const char* client_id, int port, mqtt::Session session) : port_{port}
    {
        talk.options.client_id = client_id;
        talk.options.session = session;
    }
    ~Caller() { hang_up(); }
    Caller(const Caller&) = delete;
    Caller& operator=(const Caller&) = delete;

    Talk talk;

    void call()
    {
        hang_up();
        talk.client().cut();
        talk.take_sent();
        socket_ = connect_to(port_);
        check(socket_ >= 0);
        const auto before = talk.connected.size();
        talk.open();
        check(until([&] { return talk.connected.size() > before; }));
    }
    void hang_up()
    {
        if (socket_ >= 0) ::close(socket_);
        socket_ = -1;
    }
    void subscribe(std::string_view filter)
    {
        const auto before = talk.subscribed.size();
        check(talk.client().subscribe(filter, mqtt::Qos::at_least_once).ok());
        check(until([&] { return talk.subscribed.size() > before; }));
        check(talk.subscribed.back() == mqtt::Granted::at_least_once);
    }

    /// Talks until the condition is met, the broker hangs up or ten seconds are over. What we had
    /// to say has been said then: an acknowledgement may be the last thing.
    template <class Condition>
    bool until(Condition met)
    {
        const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (std::chrono::steady_clock::now() < give_up) {
            talk.run();
            if (!speak() || met() || !listen()) break;
        }
        return met();
    }

private:
    bool speak()
    {
        const auto out = talk.take_sent();
        return out.empty() || ::send(socket_, out.data(), out.size(), MSG_NOSIGNAL) >= 0;
    }
    bool listen()
    {
        pollfd ready{.fd = socket_, .events = POLLIN, .revents = 0};
        if (::poll(&ready, 1, 20) <= 0) return true;
        Buffer in(2'000);
        const auto count = ::recv(socket_, in.data(), in.size(), 0);
        if (count <= 0) return false;
        in.resize(static_cast<std::size_t>(count));
        talk.receive(in);
        return true;
    }

    int port_;
    int socket_{-1};
};

}  // namespace ks::test
