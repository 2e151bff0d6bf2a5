#include "edge/domain/live_feed.hpp"

#include "firmware/base/check.hpp"

#include <algorithm>

namespace ks::edge {

LogId id_of(const LiveEvent& event)
{
    return std::visit([](const auto& fact) { return fact.id; }, event);
}

void LiveFeed::publish(LiveEvent event)
{
    const LogId id = id_of(event);
    check(id > newest_);
    newest_ = id;
    if (events_.size() == window) {
        forgotten_ = id_of(events_.front());
        events_.pop_front();
    }
    events_.push_back(std::move(event));
    check(events_.size() <= window);
}

const LiveEvent* LiveFeed::after(LogId seen) const
{
    const auto first =
        std::upper_bound(events_.begin(), events_.end(), seen,
                         [](LogId id, const LiveEvent& event) { return id < id_of(event); });
    return first == events_.end() ? nullptr : &*first;
}

}  // namespace ks::edge
