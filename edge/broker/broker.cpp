#include "edge/broker/broker.hpp"

#include "edge/broker/client.hpp"
#include "edge/runtime/clock.hpp"
#include "edge/runtime/log.hpp"

#include <boost/asio/post.hpp>

namespace ks::edge {

namespace net = boost::asio;

Broker::Broker(net::any_io_executor io, Setup setup)
    : io_{io}, setup_{std::move(setup)}, bell_{io}, arrivals_{io}, retry_{io}, watchdog_{io}
{}

Broker::~Broker() { stop(); }

void Broker::start()
{
    rebuild();
    watch();
}

void Broker::stop()
{
    if (stopping_) return;
    stopping_ = true;
    connected_ = false;
    arrivals_.cancel();
    retry_.cancel();
    watchdog_.cancel();
    net::post(paho_, [this] {
        if (client_) client_->disconnect();
        client_.reset();
    });
    paho_.join();
}

void Broker::rebuild()
{
    const auto generation = ++generation_;
    // The events come on Paho's threads; each names the client it belongs to, because a client
    // that was given up may still speak.
    const auto tell = [this, generation](auto then) {
        net::post(io_, [this, generation, then = std::move(then)] { then(*this, generation); });
    };
    Client::Events events{
        .connected = [tell] { tell([](Broker& self, std::uint64_t of) { self.came(of); }); },
        .lost =
            [tell](std::string why) {
                tell(
                    [why = std::move(why)](Broker& self, std::uint64_t of) { self.went(of, why); });
            },
        .arrived = [this](Inbox::Wake wake) { net::post(io_, [this, wake] { arrived(wake); }); }};
    net::post(paho_, [this, events = std::move(events)] {
        client_.reset();
        client_ = std::make_unique<Client>(setup_, inbox_, events);
        client_->connect();
    });
}

void Broker::arrived(Inbox::Wake wake)
{
    if (wake == Inbox::Wake::at_once) return bell_.ring();
    if (gathering_ || stopping_) return;
    gathering_ = true;
    arrivals_.expires_after(std::chrono::milliseconds{arrivals_gather.count()});
    arrivals_.async_wait([this](boost::system::error_code error) {
        gathering_ = false;
        if (!error) bell_.ring();
    });
}

void Broker::came(std::uint64_t generation)
{
    if (generation != generation_ || stopping_) return;
    connected_ = true;
    ++connections_;
    wait_ = retry_first;
    watchdog_.cancel();
    log_info("broker.connected", {{"uri", setup_.uri}});
    net::post(paho_, [this] {
        if (client_) client_->subscribe();
    });
    bell_.ring();
}

void Broker::went(std::uint64_t generation, const std::string& why)
{
    if (generation != generation_ || stopping_) return;
    if (connected_) {
        log_warning("broker.lost", {{"error", why}});
        watch();
    } else {
        log_warning("broker.unreachable", {{"uri", setup_.uri}, {"error", why}});
    }
    connected_ = false;
    bell_.ring();
    connect_after(wait_);
    wait_ = std::min(wait_ + wait_, retry_last);
}

void Broker::connect_after(Millis wait)
{
    retry_.expires_after(std::chrono::milliseconds{wait.count()});
    retry_.async_wait([this](boost::system::error_code error) {
        if (error || stopping_) return;
        net::post(paho_, [this] {
            if (client_) client_->connect();
        });
    });
}

void Broker::watch()
{
    watchdog_.expires_after(std::chrono::milliseconds{rebuild_after.count()});
    watchdog_.async_wait([this](boost::system::error_code error) {
        if (error || stopping_ || connected_) return;
        log_warning("broker.rebuilt", {{"after_ms", rebuild_after.count()}});
        rebuild();
        watch();
    });
}

void Broker::publish(std::vector<Outgoing> messages)
{
    if (messages.empty() || !connected_) return;
    net::post(paho_, [this, messages = std::move(messages)]() mutable {
        if (!client_) return;
        const auto done = client_->publish(messages);
        if (done == messages.size()) return;
        // Once more, after what was buffered had time to leave; what is refused again is an
        // acknowledgement that will be owed again, or a command that its asker sees expire.
        messages.erase(messages.begin(), messages.begin() + static_cast<std::ptrdiff_t>(done));
        (void)client_->publish(messages);
    });
}

}  // namespace ks::edge
