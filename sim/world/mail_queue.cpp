#include "sim/world/mail_queue.hpp"

#include <utility>

namespace ks::sim {

bool MailQueue::put(Mail mail, Subscriber subscriber)
{
    if (mail.quality == Mail::Quality::at_most_once && subscriber == Subscriber::away) return false;
    const auto free = manners_->in_flight - std::min(manners_->in_flight, unacknowledged_.size());
    const auto room = manners_->queued + (subscriber == Subscriber::present ? free : 0);
    if (queue_.size() >= room) return false;
    queue_.push_back({.mail = std::move(mail), .which = Try::first});
    return true;
}

std::optional<MailQueue::Sending> MailQueue::next()
{
    if (queue_.empty()) return std::nullopt;
    const bool once = queue_.front().mail.quality == Mail::Quality::at_most_once;
    if (!once && unacknowledged_.size() >= manners_->in_flight) return std::nullopt;
    auto first = std::move(queue_.front());
    queue_.pop_front();
    if (once) {
        told_once_ = std::move(first.mail);
        return Sending{.mail = &told_once_, .packet_id = 0, .which = Try::first};
    }
    last_id_ = last_id_ == UINT16_MAX ? 1 : static_cast<std::uint16_t>(last_id_ + 1);
    unacknowledged_.push_back({.packet_id = last_id_, .mail = std::move(first.mail)});
    return Sending{
        .mail = &unacknowledged_.back().mail, .packet_id = last_id_, .which = first.which};
}

void MailQueue::acknowledged(std::uint16_t packet_id)
{
    std::erase_if(unacknowledged_, [&](const UnderWay& is) { return is.packet_id == packet_id; });
}

void MailQueue::interrupted()
{
    std::erase_if(queue_, [](const Waiting& waiting) {
        return waiting.mail.quality == Mail::Quality::at_most_once;
    });
    std::deque<Waiting> again;
    for (auto& is : std::exchange(unacknowledged_, {}))
        again.push_back({.mail = std::move(is.mail), .which = Try::again});
    auto& first = manners_->again == Manners::Again::first ? again : queue_;
    auto& last = manners_->again == Manners::Again::first ? queue_ : again;
    std::deque<Waiting> all = std::move(first);
    for (auto& waiting : last)
        all.push_back(std::move(waiting));
    queue_ = std::move(all);
}

}  // namespace ks::sim
