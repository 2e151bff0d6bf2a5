#pragma once

#include "edge/console/assets.hpp"
#include "edge/console/http.hpp"
#include "edge/console/logins.hpp"
#include "edge/domain/live_feed.hpp"
#include "edge/domain/site.hpp"
#include "edge/store/reader.hpp"

#include <variant>

namespace ks::edge {

/// What a request leads to, decided at once and without waiting. Its owner carries it out.
struct ReadAlarms {
    AlarmQuery query;
    /// Those that are active are known here; nothing: they are read from the log.
    std::optional<std::vector<Alarm>> active;
};
struct ReadSessions {
    SessionQuery query;
};
struct ReadCurve {
    PostNo post;
    protocol::SessionId session;
};
struct ReadStatus {};
struct OpenStream {
    LogId seen;
    std::string token;
};
struct CheckPassword {
    std::string user;
    std::string password;
};

using Plan = std::variant<Answer, ReadAlarms, ReadSessions, ReadCurve, ReadStatus, OpenStream,
                          CheckPassword>;

/// What the router looks at; all of it outlives it.
struct Sight {
    const Site& site;
    const LiveFeed& feed;
    const Assets& assets;
};

/// Decides what a request gets: who is asking, whether they may, and whether what they ask for
/// exists here (S-46, S-47, S-49). Changes nothing but `logins`, and that only on a POST or by
/// counting a login's use.
[[nodiscard]] Plan plan(const Request& request, const Sight& sight, Logins& logins, Now now);

/// The cookie that carries a login's token; empty text ends it.
[[nodiscard]] std::string cookie_with(std::string_view token, Channel channel);

/// What `/login` and `/me` say of somebody who is signed in.
[[nodiscard]] Answer identity_answer(const Login& login);

}  // namespace ks::edge
