#pragma once

#include "tests/edge/scripted_post.hpp"

#include <mqtt/async_client.h>

#include <atomic>
#include <mutex>

namespace ks::test {

/// A scripted post on a real wire: it publishes what it makes and listens to what it is told.
class WirePost : public ScriptedPost, private mqtt::callback {
public:
    WirePost(std::string_view id, std::string_view site, int port)
        : ScriptedPost{id},
          site_{site},
          client_{"tcp://127.0.0.1:" + std::to_string(port), std::string{id},
                  static_cast<mqtt::iclient_persistence*>(nullptr)}
    {
        client_.set_callback(*this);
    }
    ~WirePost() override { client_.disable_callbacks(); }

    void connect()
    {
        mqtt::connect_options options;
        options.set_mqtt_version(MQTTVERSION_3_1_1);
        options.set_clean_session(true);
        client_.connect(options)->wait();
        const auto filter = protocol::down_filter(*protocol::SiteId::from(site_), id());
        client_.subscribe(std::string{filter.text()}, 1)->wait();
        tell_birth();
    }
    void tell_birth()
    {
        mono = mono + Millis{1};
        const auto bytes = protocol::encode(birth(1));
        send(protocol::Up::birth, bytes.view());
    }
    void tell(protocol::Lane lane, const protocol::RecordBody& body)
    {
        send(protocol::up_of(lane), make(lane, body));
    }
    /// From the first record that was not acknowledged, as a real one does after a reconnect.
    void tell_again()
    {
        for (const auto lane : protocol::all_lanes)
            for (auto seq = acknowledged(lane) + 1; seq < next(lane); ++seq)
                send(protocol::up_of(lane), kept(lane, seq));
    }
    /// What the edge has asked for since, as far as it is held, acknowledged or not.
    void tell_asked()
    {
        std::vector<protocol::RangeRequest> asked;
        {
            const std::lock_guard lock{mutex_};
            asked.swap(asked_);
        }
        for (const auto& range : asked)
            for (auto seq = range.from; seq <= range.to; ++seq)
                send(protocol::up_of(range.lane), kept(range.lane, seq));
    }
    [[nodiscard]] std::uint64_t acknowledged(protocol::Lane lane) const
    {
        return acknowledged_[static_cast<std::size_t>(lane)].load();
    }
    [[nodiscard]] bool all_acknowledged() const
    {
        for (const auto lane : protocol::all_lanes)
            if (acknowledged(lane) + 1 < next(lane)) return false;
        return true;
    }

private:
    void send(protocol::Up what, Bytes bytes)
    {
        client_.publish(topic(site_, what), bytes.data(), bytes.size(), 1, false)->wait();
    }
    void message_arrived(mqtt::const_message_ptr message) override
    {
        const auto to = protocol::parse_down(message->get_topic());
        if (!to) return;
        const auto payload = message->get_payload_ref();
        const auto bytes = bytes_of({payload.data(), payload.size()});
        if (to->what == protocol::Down::range) {
            const std::lock_guard lock{mutex_};
            if (const auto range = protocol::decode_range_request(bytes)) asked_.push_back(*range);
        }
        if (to->what != protocol::Down::ack) return;
        const auto ack = protocol::decode_ack(bytes);
        if (!ack) return;
        for (std::size_t lane = 0; lane < protocol::lane_count; ++lane)
            acknowledged_[lane] = ack->upto[lane];
    }

    std::string site_;
    std::mutex mutex_;
    std::vector<protocol::RangeRequest> asked_;
    std::array<std::atomic<std::uint64_t>, protocol::lane_count> acknowledged_{};
    mqtt::async_client client_;
};

}  // namespace ks::test
