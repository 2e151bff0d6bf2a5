#pragma once

#include "firmware/base/fixed_vector.hpp"
#include "firmware/protocol/record.hpp"

namespace ks::core {

/// Alarms that found no room in the alarm lane, waiting in RAM. Repeats of one cause at one outlet
/// become one counted record (D5). While any waits no session starts, so that few can come.
class PendingAlarms {
public:
    struct Alarm {
        Instant at;
        protocol::RecordBody body;
    };

    [[nodiscard]] bool empty() const { return waiting_.empty(); }
    [[nodiscard]] const Alarm& front() const { return waiting_[0]; }
    void pop() { waiting_.erase_at(0); }

    void add(Instant at, const protocol::RecordBody& body)
    {
        if (const auto* trip = std::get_if<protocol::Tripped>(&body)) {
            for (auto& alarm : waiting_) {
                auto* known = std::get_if<protocol::Tripped>(&alarm.body);
                if (known == nullptr || known->outlet != trip->outlet ||
                    known->cause != trip->cause)
                    continue;
                known->count += trip->count;
                return;
            }
        }
        // A trip and its clearing for every outlet and the post itself fit; with starts refused
        // there is nothing to trip a second time by another cause but a sensor or a contactor.
        if (waiting_.full()) waiting_.erase_at(0);
        waiting_.push_back({.at = at, .body = body});
    }

private:
    FixedVector<Alarm, 4 * (protocol::outlet_limit + 1)> waiting_;
};

}  // namespace ks::core
