#include "edge/console/login_throttle.hpp"

#include <algorithm>

namespace ks::edge {

Millis LoginThrottle::wait(Book& book, std::string_view name, Instant now, std::size_t free,
                           Millis longest)
{
    const auto found = book.find(name);
    if (found == book.end()) return Millis{0};
    auto& at = found->second.at;
    while (!at.empty() && now - at.front() >= window)
        at.pop_front();
    if (at.empty()) {
        book.erase(found);
        return Millis{0};
    }
    if (at.size() < free) return Millis{0};

    // Twenty doublings are past every bound above; more would leave 64 bits.
    const auto doublings = std::min<std::size_t>(at.size() - free, 20);
    const Millis due = std::min(Millis{wait_first.count() << doublings}, longest);
    return std::max(Millis{0}, due - (now - at.back()));
}

void LoginThrottle::note(Book& book, std::string_view name, Instant now)
{
    if (!book.contains(name) && book.size() >= remembered_limit) {
        const auto oldest =
            std::min_element(book.begin(), book.end(), [](const auto& a, const auto& b) {
                return a.second.at.back() < b.second.at.back();
            });
        book.erase(oldest);
    }
    auto& at = book[std::string{name}].at;
    at.push_back(now);
    if (at.size() > 2 * source_failures) at.pop_front();
}

Millis LoginThrottle::wait_for(std::string_view account, std::string_view source, Instant now)
{
    return std::max(wait(accounts_, account, now, account_failures, account_wait_longest),
                    wait(sources_, source, now, source_failures, source_wait_longest));
}

void LoginThrottle::attempted(std::string_view account, std::string_view source, Instant now)
{
    note(accounts_, account, now);
    note(sources_, source, now);
}

void LoginThrottle::succeeded(std::string_view account, std::string_view source)
{
    if (const auto found = accounts_.find(account); found != accounts_.end())
        accounts_.erase(found);
    const auto found = sources_.find(source);
    if (found == sources_.end()) return;
    found->second.at.pop_back();
    if (found->second.at.empty()) sources_.erase(found);
}

}  // namespace ks::edge
