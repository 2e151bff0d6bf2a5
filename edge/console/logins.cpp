#include "edge/console/logins.hpp"

#include "firmware/base/bytes.hpp"
#include "firmware/base/check.hpp"
#include "firmware/crypto/sha256.hpp"

#include <algorithm>

namespace ks::edge {

Logins::Digest Logins::digest_of(std::string_view token) { return crypto::sha256(bytes_of(token)); }

bool Logins::over(const Login& login, Instant now)
{
    const bool strict = login.role == ConsoleRole::admin || login.role == ConsoleRole::installer;
    return now - login.used >= (strict ? idle_limit_strict : idle_limit) ||
           now - login.opened >= absolute_limit;
}

void Logins::make_room(std::string_view user, Instant now)
{
    std::erase_if(logins_, [&](const auto& each) { return over(each.second, now); });
    const auto unused_longer = [](const auto& a, const auto& b) {
        return a.second.used < b.second.used;
    };
    const auto of_user = [&](const auto& each) { return each.second.user == user; };
    if (std::count_if(logins_.begin(), logins_.end(), of_user) >=
        static_cast<std::ptrdiff_t>(limit_per_user)) {
        auto oldest = logins_.end();
        for (auto each = logins_.begin(); each != logins_.end(); ++each) {
            if (of_user(*each) && (oldest == logins_.end() || unused_longer(*each, *oldest)))
                oldest = each;
        }
        logins_.erase(oldest);
    }
    if (logins_.size() >= limit)
        logins_.erase(std::min_element(logins_.begin(), logins_.end(), unused_longer));
}

const Login& Logins::open(std::string user, ConsoleRole role, const Secrets& secrets, Instant now)
{
    check(secrets.token.size() >= 32 && secrets.csrf.size() >= 22);
    make_room(user, now);
    const auto [place, fresh] =
        logins_.insert_or_assign(digest_of(secrets.token), Login{.user = std::move(user),
                                                                 .role = role,
                                                                 .csrf = secrets.csrf,
                                                                 .opened = now,
                                                                 .used = now});
    check(fresh);
    return place->second;
}

const Login* Logins::use(std::string_view token, Instant now)
{
    const auto found = logins_.find(digest_of(token));
    if (found == logins_.end()) return nullptr;
    if (over(found->second, now)) {
        logins_.erase(found);
        return nullptr;
    }
    found->second.used = now;
    return &found->second;
}

const Login* Logins::find(std::string_view token, Instant now) const
{
    const auto found = logins_.find(digest_of(token));
    if (found == logins_.end() || over(found->second, now)) return nullptr;
    return &found->second;
}

void Logins::close(std::string_view token) { logins_.erase(digest_of(token)); }

}  // namespace ks::edge
