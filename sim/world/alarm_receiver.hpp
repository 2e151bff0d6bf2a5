#pragma once

#include "edge/domain/outbox.hpp"
#include "sim/plant/random.hpp"

#include <deque>
#include <optional>
#include <string>

namespace ks::sim {

/// A property manager's server: answers late, fails, and now and then takes a message and loses the
/// answer (F-114).
class AlarmReceiver {
public:
    explicit AlarmReceiver(Random random) : random_{random} {}

    /// A message is on its way.
    void post(const edge::Outbox::Due& due, Instant now);
    struct Answer {
        edge::DeliveryId id;
        edge::Attempt attempt;
        /// The message, when it did arrive.
        std::optional<std::string> key;
    };
    /// The next answer that is due, or the end of the wait for one.
    [[nodiscard]] std::optional<Answer> take(Instant now);
    /// The edge that asked is gone, and nobody waits for the answers; what arrived has arrived.
    void forget_asker();
    /// From here on it answers everything at once.
    void recover() { sound_ = true; }

private:
    struct UnderWay {
        Instant at;
        Answer answer;
    };
    Random random_;
    std::deque<UnderWay> under_way_;
    bool sound_{false};
};

}  // namespace ks::sim
