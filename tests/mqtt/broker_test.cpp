#include "tests/mqtt/talk.hpp"
#include "tests/support/mosquitto.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace ks;
using namespace ks::mqtt;
using namespace ks::test;

namespace {

/// A client on a real socket. Time is the wall's; waiting is done in `poll` and has an end.
class Caller {
public:
    Caller(const char* client_id, int port, Session session) : port_{port}
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
        REQUIRE(socket_ >= 0);
        const auto before = talk.connected.size();
        talk.open();
        REQUIRE(until([&] { return talk.connected.size() > before; }));
    }
    void hang_up()
    {
        if (socket_ >= 0) ::close(socket_);
        socket_ = -1;
    }
    void subscribe(std::string_view filter)
    {
        const auto before = talk.subscribed.size();
        REQUIRE(talk.client().subscribe(filter, Qos::at_least_once));
        REQUIRE(until([&] { return talk.subscribed.size() > before; }));
        CHECK(talk.subscribed.back() == Granted::at_least_once);
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

}  // namespace

TEST_CASE("two posts exchange messages at QoS 1 through the real broker", "[mqtt][system]")
{
    const Mosquitto broker{Mosquitto::open_config};
    Caller a{"POST-0001", broker.port(), Session::clean};
    Caller b{"POST-0002", broker.port(), Session::clean};
    a.call();
    b.call();
    a.subscribe("to/a/#");
    b.subscribe("to/b/#");

    // More than the window holds, and of the longest payload.
    constexpr std::size_t count = 20;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string text(180, static_cast<char>('a' + i));
        REQUIRE(a.until([&] { return a.talk.client().free_slots() > 0; }));
        a.talk.publish("to/b/x", text, Qos::at_least_once);
        REQUIRE(b.until([&] { return b.talk.client().free_slots() > 0; }));
        b.talk.publish("to/a/x", text, Qos::at_least_once);
    }
    CHECK(a.until([&] { return a.talk.acknowledged.size() == count; }));
    CHECK(b.until(
        [&] { return b.talk.acknowledged.size() == count && b.talk.delivered.size() == count; }));
    CHECK(a.until([&] { return a.talk.delivered.size() == count; }));

    for (std::size_t i = 0; i < count; ++i) {
        CHECK(a.talk.delivered[i].payload == std::string(180, static_cast<char>('a' + i)));
        CHECK(a.talk.delivered[i].qos == Qos::at_least_once);
        CHECK_FALSE(a.talk.delivered[i].duplicate);
    }
    CHECK(a.talk.closed.empty());
    CHECK(b.talk.closed.empty());
}

TEST_CASE("a message under way survives a restart of the real broker", "[mqtt][system]")
{
    Mosquitto broker{Mosquitto::open_config};
    Caller listener{"POST-0002", broker.port(), Session::kept};
    listener.call();
    listener.subscribe("up/#");
    Caller post{"POST-0001", broker.port(), Session::kept};
    post.call();

    post.talk.publish("up/a", "before", Qos::at_least_once);
    CHECK(post.until([&] { return post.talk.acknowledged.size() == 1; }));
    CHECK(listener.until([&] { return listener.talk.delivered.size() == 1; }));

    // The broker is gone before this one leaves.
    const auto under_way = post.talk.publish("up/a", "during", Qos::at_least_once);
    post.talk.run();
    broker.stop();
    broker.start();
    post.call();
    listener.call();

    CHECK(post.talk.connected.back().session_present);
    CHECK(listener.talk.connected.back().session_present);
    CHECK(post.until([&] { return post.talk.acknowledged.size() == 2; }));
    CHECK(post.talk.acknowledged.back() == under_way);
    CHECK(listener.until([&] { return listener.talk.delivered.size() == 2; }));
    CHECK(listener.talk.delivered.back().payload == "during");
}

TEST_CASE("a broker that forgot us gives our messages back, and they arrive after all",
          "[mqtt][system]")
{
    Mosquitto broker{"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n"};
    Caller post{"POST-0001", broker.port(), Session::kept};
    post.call();
    const auto lost = post.talk.publish("up/a", "only once", Qos::at_least_once);
    post.talk.run();
    broker.kill();
    broker.start();

    Caller listener{"POST-0002", broker.port(), Session::clean};
    listener.call();
    listener.subscribe("up/#");
    post.call();
    CHECK_FALSE(post.talk.connected.back().session_present);
    REQUIRE(post.until([&] { return !post.talk.unacknowledged.empty(); }));
    CHECK(post.talk.unacknowledged == std::vector{lost});

    post.talk.publish("up/a", "only once", Qos::at_least_once);
    CHECK(post.until([&] { return post.talk.acknowledged.size() == 1; }));
    CHECK(listener.until([&] { return listener.talk.delivered.size() == 1; }));
}

TEST_CASE("the real broker publishes our will when we vanish, and not when we say goodbye",
          "[mqtt][system]")
{
    const Mosquitto broker{Mosquitto::open_config};
    Caller listener{"POST-0002", broker.port(), Session::clean};
    listener.call();
    listener.subscribe("up/#");

    Caller post{"POST-0001", broker.port(), Session::clean};
    post.talk.options.will = Will{.topic = "up/will", .payload = bytes_of("gone")};
    post.call();
    post.talk.client().disconnect();
    CHECK(post.until([&] { return !post.talk.closed.empty(); }));
    post.call();
    post.talk.publish("up/a", "still here", Qos::at_least_once);
    CHECK(post.until([&] { return !post.talk.acknowledged.empty(); }));
    post.hang_up();

    CHECK(listener.until([&] { return listener.talk.delivered.size() == 2; }));
    CHECK(listener.talk.delivered[0].payload == "still here");
    CHECK(listener.talk.delivered[1].payload == "gone");
    CHECK_FALSE(listener.talk.delivered[1].retained);
}
