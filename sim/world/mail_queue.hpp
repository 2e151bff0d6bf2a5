#pragma once

#include "sim/world/client_packets.hpp"

#include <deque>
#include <optional>

namespace ks::sim {

/// What a broker does to its clients. The numbers are mosquitto's defaults, and we measured them:
/// of 1,500 messages for a subscriber who was away 1,000 came, of 5,000 for one who was connected
/// and stalled 1,020, and each had its PUBACK.
struct Manners {
    /// Unacknowledged at one subscriber at once.
    std::size_t in_flight = 20;
    /// Behind those; what comes later is dropped, and its publisher hears a PUBACK all the same.
    std::size_t queued = 1'000;
    /// After a reconnect, what was unacknowledged is told again: before what waits behind it, as
    /// the standard asks, or after (F-089).
    enum class Again : std::uint8_t { first, last } again{Again::first};
};

/// One subscriber's messages in a broker.
class MailQueue {
public:
    explicit MailQueue(const Manners& manners) : manners_{&manners} {}

    /// False: dropped in silence. What is to be said at most once waits only for a subscriber who
    /// is there.
    enum class Subscriber : std::uint8_t { present, away };
    bool put(Mail mail, Subscriber subscriber);

    struct Sending {
        const Mail* mail;  // valid until the next call
        std::uint16_t packet_id;
        Try which;
    };
    /// The next to send, if the subscriber can take one.
    [[nodiscard]] std::optional<Sending> next();
    void acknowledged(std::uint16_t packet_id);
    /// The subscriber is away: what he did not acknowledge will be sent again.
    void interrupted();

    [[nodiscard]] std::size_t waiting() const { return queue_.size() + unacknowledged_.size(); }

private:
    struct Waiting {
        Mail mail;
        Try which;
    };
    const Manners* manners_;
    std::deque<Waiting> queue_;
    struct UnderWay {
        std::uint16_t packet_id;
        Mail mail;
    };
    std::deque<UnderWay> unacknowledged_;
    Mail told_once_;
    std::uint16_t last_id_{0};
};

}  // namespace ks::sim
