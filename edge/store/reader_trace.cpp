#include "edge/store/reader_body.hpp"

#include <algorithm>
#include <map>

namespace ks::edge {

using namespace protocol;

std::vector<AlarmTrace> Reader::traces(const std::vector<Alarm>& alarms)
{
    if (alarms.empty()) return {};
    const auto [least, most] = std::minmax_element(
        alarms.begin(), alarms.end(), [](const Alarm& a, const Alarm& b) { return a.id < b.id; });
    // One walk for the whole page: the table has no index by alarm, which every commit would pay.
    Statement read{body_->database,
                   "SELECT alarm, min(CASE state WHEN 2 THEN 0 ELSE state END) FROM delivery WHERE "
                   "alarm BETWEEN ?1 AND ?2 AND type = 'alarm.raised' GROUP BY alarm"};
    std::map<AlarmId, DeliveryState> deliveries;
    read.each(
        [&](Row row) {
            // 0 stands for delivered: with several uplinks one that got it is enough.
            const auto state =
                row.integer(1) == 0 ? DeliveryState::delivered : row.word<DeliveryState>(1);
            deliveries.emplace(row.word<AlarmId>(0), state);
        },
        least->id, most->id);

    std::vector<AlarmTrace> traces;
    for (const auto& alarm : alarms) {
        AlarmTrace trace;
        if (const auto found = deliveries.find(alarm.id); found != deliveries.end())
            trace.delivery = found->second;
        if (alarm.source) {
            const auto& key = *alarm.source;
            const auto lane = static_cast<std::int64_t>(key.lane);
            const auto logged = body_->evidence.first([](Row row) { return logged_from(row); },
                                                      key.post, key.epoch, lane, key.seq);
            if (logged && *logged)
                if (const auto* trip = std::get_if<Tripped>(&(*logged)->record.body))
                    trace.held_for = trip->held_for;
        }
        traces.push_back(trace);
    }
    return traces;
}

}  // namespace ks::edge
