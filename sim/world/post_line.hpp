#pragma once

#include "sim/fleet/sim_board.hpp"
#include "sim/world/model_broker.hpp"

namespace ks::sim {

/// What lies between one post's modem and the broker: it opens late, carries bytes in order and
/// late, goes silent, and breaks, on both sides at once or on the post's side first.
class PostLine {
public:
    PostLine(std::string identity, ModelBroker& broker, Random noise, Random delays);

    /// What the post's board is given.
    [[nodiscard]] InsideLine& end() { return end_; }

    void pass(Instant now);
    /// The post is told that its line is gone. The broker is told as well, or finds out by itself.
    enum class Broker : std::uint8_t { told, left_waiting };
    void cut(Broker broker);
    /// Nothing arrives, at either end, before then.
    void jam(Instant until) { jammed_until_ = until; }

    [[nodiscard]] bool open() const { return connection_.has_value(); }

private:
    struct Parcel {
        Instant arrives;
        Buffer bytes;
    };
    void follow_post(Instant now);
    void forget(Broker broker);
    void carry(Instant now);
    [[nodiscard]] Instant arrival(Instant now, const std::deque<Parcel>& behind);

    std::string identity_;
    ModelBroker* broker_;
    InsideLine end_;
    Random delays_;
    std::optional<ModelBroker::ConnectionNo> connection_;
    std::optional<Instant> opens_at_;
    std::deque<Parcel> up_;
    std::deque<Parcel> down_;
    Instant jammed_until_{};
};

}  // namespace ks::sim
