#include "edge/broker/client.hpp"

#include "edge/runtime/log.hpp"

#include <MQTTAsync.h>

#include <chrono>
#include <filesystem>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace ks::edge {

namespace {

mqtt::create_options creation()
{
    mqtt::create_options options;
    // 3.1.1, said in both places: with the default, a loss makes Paho try 3.1 as well.
    options.set_mqtt_verison(MQTTVERSION_3_1_1);
    options.set_max_buffered_messages(Broker::buffered_limit);
    return options;
}

mqtt::connect_options connection(const Broker::Setup& setup)
{
    mqtt::connect_options options;
    options.set_mqtt_version(MQTTVERSION_3_1_1);
    // A fixed client id and a kept session make the broker buffer for us while we restart. It
    // stays a buffer: the truth is our own acknowledgement.
    options.set_clean_session(setup.session == Broker::Session::fresh);
    options.set_keep_alive_interval(Broker::keep_alive_seconds);
    options.set_connect_timeout(10);
    options.set_max_inflight(1'000);
    if (setup.tls) {
        mqtt::ssl_options tls;
        tls.set_trust_store(setup.tls->authority);
        tls.set_key_store(setup.tls->certificate);
        tls.set_private_key(setup.tls->key);
        tls.set_ssl_version(MQTT_SSL_VERSION_TLS_1_2);
        tls.set_enable_server_cert_auth(true);
        // Off by default, and then any certificate of the authority passes for any host.
        tls.set_verify(true);
        options.set_ssl(std::move(tls));
    }
    return options;
}

std::uint16_t peer_port(int descriptor)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
    if (address.ss_family == AF_INET)
        return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
    if (address.ss_family == AF_INET6)
        return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
    return 0;
}

/// Paho leaves Nagle's algorithm on and has no option for it: a small acknowledgement would wait
/// 5 to 44 ms for company. It does not show its socket either, so the connection is known by its
/// peer's port. Gives how many sockets were set.
std::size_t send_small_things_at_once(std::uint16_t port)
{
    std::size_t count = 0;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd", none}) {
        const int descriptor = std::atoi(entry.path().filename().c_str());
        if (peer_port(descriptor) != port) continue;
        const int on = 1;
        if (::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0) ++count;
    }
    return count;
}

}  // namespace

Broker::Client::Client(const Setup& setup, Inbox& inbox, Events events)
    : setup_{setup},
      inbox_{inbox},
      events_{std::move(events)},
      client_{setup.uri, setup.client_id, creation(),
              static_cast<mqtt::iclient_persistence*>(nullptr)}
{
    // Below this Paho writes a line of trace for every packet, also when nobody reads it: a quarter
    // of what a message costs.
    MQTTAsync_setTraceLevel(MQTTASYNC_TRACE_ERROR);
    // Before the first connect: doing it later can lock up against Paho's receive thread.
    client_.set_callback(*this);
}

Broker::Client::~Client()
{
    try {
        client_.disable_callbacks();
    } catch (const mqtt::exception&) {
        // Paho refuses this in the middle of a connect. What still calls back finds all of us here
        // until Paho's own end, which is the first member to go.
    }
}

void Broker::Client::connect()
{
    try {
        client_.connect(connection(setup_), nullptr, outcome_);
    } catch (const std::exception& error) {
        events_.lost(error.what());
    }
}

void Broker::Client::Outcome::on_failure(const mqtt::token& token)
{
    // 1 to 5 are the broker's own refusals (MQTT 3.1.1, table 3.1); negative ones are Paho's.
    owner_.events_.lost(mqtt::exception::error_str(token.get_return_code()));
}

void Broker::Client::Outcome::on_success(const mqtt::token&) {}

void Broker::Client::connected(const std::string&) { events_.connected(); }

void Broker::Client::connection_lost(const std::string& cause)
{
    events_.lost(cause.empty() ? "connection lost" : cause);
}

// An exception out of here would end the process, and the broker would send the same message to
// the next one: a crash loop. There is nothing in it but a hand-over.
void Broker::Client::message_arrived(mqtt::const_message_ptr message)
{
    try {
        const auto wake = inbox_.put(std::move(message));
        if (wake == Inbox::Wake::at_once || wake == Inbox::Wake::soon) events_.arrived(wake);
    } catch (const std::bad_alloc&) {
        // Not kept, so not acknowledged: its post sends it again.
    }
}

void Broker::Client::subscribe()
{
    try {
        (void)send_small_things_at_once(setup_.port);
        client_.subscribe(setup_.filter, 1);
    } catch (const std::exception& error) {
        events_.lost(error.what());
    }
}

std::size_t Broker::Client::publish(const std::vector<Outgoing>& messages)
{
    std::size_t done = 0;
    try {
        for (const auto& message : messages) {
            // Never retained: a command that the broker keeps would be given to a post again.
            client_.publish(message.topic, message.payload.view().data(), message.payload.size(),
                            static_cast<int>(message.quality), false);
            ++done;
        }
    } catch (const std::exception& error) {
        log_debug("publish.refused", {{"error", error.what()}, {"left", messages.size() - done}});
    }
    return done;
}

void Broker::Client::disconnect()
{
    try {
        if (client_.is_connected()) client_.disconnect(1'000)->wait_for(2'000);
    } catch (const std::exception& error) {
        log_debug("broker.goodbye_failed", {{"error", error.what()}});
    }
}

}  // namespace ks::edge
