#pragma once

#include <mqtt/async_client.h>

#include <functional>
#include <mutex>
#include <vector>

namespace ks::edge {

/// The seam between Paho's threads and ours. Paho calls `message_arrived` on a thread of its own
/// that also keeps the connection alive, so a message is handed over and nothing else is done.
/// Bounded: a message that finds no room is refused and counted, and its post, which hears no
/// acknowledgement, sends it again.
class Inbox {
public:
    explicit Inbox(std::size_t depth) : depth_{depth} {}

    /// What whoever puts a message in owes the taker. `nothing` when he has been told of another
    /// since the last `take`.
    enum class Wake : std::uint8_t { at_once, soon, nothing, refused };
    Wake put(mqtt::const_message_ptr message);

    /// Everything that waits, alarms apart from the rest; each in the order it came.
    struct Taken {
        std::vector<mqtt::const_message_ptr> alarms;
        std::vector<mqtt::const_message_ptr> others;
    };
    void take(Taken& into);
    /// The alarms alone, for whoever is still busy with the rest.
    void take_alarms(std::vector<mqtt::const_message_ptr>& into);
    [[nodiscard]] std::size_t refused() const;

private:
    const std::size_t depth_;
    mutable std::mutex mutex_;
    Taken waiting_;
    std::size_t refused_{0};
};

}  // namespace ks::edge
