#include "edge/broker/inbox.hpp"

#include <string_view>

namespace ks::edge {

namespace {

/// An alarm overtakes whatever waits here: it is the one message that cannot be late.
bool is_alarm(const std::string& topic) { return std::string_view{topic}.ends_with("/up/alarm"); }

}  // namespace

Inbox::Wake Inbox::put(mqtt::const_message_ptr message)
{
    const bool alarm = is_alarm(message->get_topic());
    const std::lock_guard lock{mutex_};
    const auto size = waiting_.alarms.size() + waiting_.others.size();
    // A quarter of the room is kept for alarms, so that a flood of telemetry cannot shut them out.
    if (size >= (alarm ? depth_ : depth_ - depth_ / 4)) {
        ++refused_;
        return Wake::refused;
    }
    auto& lane = alarm ? waiting_.alarms : waiting_.others;
    lane.push_back(std::move(message));
    if (alarm) return lane.size() == 1 ? Wake::at_once : Wake::nothing;
    return size == 0 ? Wake::soon : Wake::nothing;
}

void Inbox::take(Taken& into)
{
    into.alarms.clear();
    into.others.clear();
    const std::lock_guard lock{mutex_};
    std::swap(into, waiting_);
}

void Inbox::take_alarms(std::vector<mqtt::const_message_ptr>& into)
{
    into.clear();
    const std::lock_guard lock{mutex_};
    std::swap(into, waiting_.alarms);
}

std::size_t Inbox::refused() const
{
    const std::lock_guard lock{mutex_};
    return refused_;
}

}  // namespace ks::edge
