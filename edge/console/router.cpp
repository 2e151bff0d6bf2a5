#include "edge/console/router.hpp"

#include "edge/console/json.hpp"
#include "edge/console/password.hpp"

#include <span>

namespace ks::edge {

namespace json = boost::json;

namespace {

/// S-51: nothing nested deeper is read.
constexpr std::size_t json_depth = 16;

using Parts = std::span<const std::string>;

std::string_view cookie_name(Channel channel)
{
    return channel == Channel::tls ? "__Host-ks" : "ks";
}

std::string_view token_of(const Request& request)
{
    return cookie_of(request.cookie, cookie_name(request.channel)).value_or(std::string_view{});
}

/// A browser always says where a state change comes from; what says nothing is no browser and has
/// no cookie that somebody else could ride on.
bool from_elsewhere(const Request& request)
{
    if (!request.fetch_site.empty() && request.fetch_site != "same-origin" &&
        request.fetch_site != "none")
        return true;
    if (request.origin.empty()) return false;
    const std::string_view scheme = request.channel == Channel::tls ? "https://" : "http://";
    return request.origin != std::string{scheme} + request.host;
}

/// One request on its way; exists for one call of `plan`.
class Router {
public:
    Router(const Request& request, const Sight& sight, Logins& logins, Now now)
        : request_{request}, sight_{sight}, logins_{logins}, now_{now}
    {}

    Plan decide()
    {
        const Parts path{request_.path};
        if (path.empty() || path[0] != "api") return page();
        if (path.size() < 3 || path[1] != "v1") return refuse(Fault::not_found);
        const auto rest = path.subspan(2);
        if (rest.size() == 1 && rest[0] == "login") return login();
        if (rest.size() == 1 && rest[0] == "logout") return logout();
        return look(rest);
    }

private:
    [[nodiscard]] Answer refuse(Fault fault) const { return error_answer(fault, request_.id); }

    [[nodiscard]] Answer only(std::string_view method) const
    {
        auto answer = refuse(Fault::method_not_allowed);
        answer.allow = method;
        return answer;
    }

    [[nodiscard]] static Answer with(const json::object& body)
    {
        return Answer{.body = json::serialize(body)};
    }

    [[nodiscard]] bool reads() const
    {
        return request_.method == Method::get || request_.method == Method::head;
    }

    Plan page()
    {
        if (!reads()) return only("GET, HEAD");
        auto answer = sight_.assets.find(request_);
        return answer ? *answer : refuse(Fault::not_found);
    }

    Plan login()
    {
        if (request_.method != Method::post) return only("POST");
        if (from_elsewhere(request_)) return refuse(Fault::cross_site);
        // A form of another site cannot send this type without asking us first.
        if (!request_.content_type.starts_with("application/json"))
            return refuse(Fault::wrong_type);
        boost::system::error_code error;
        const auto body = json::parse(request_.body, error, {}, {.max_depth = json_depth});
        if (error || !body.is_object()) return refuse(Fault::bad_request);
        const auto* user = body.get_object().if_contains("user");
        const auto* password = body.get_object().if_contains("password");
        if (!user || !user->is_string() || !password || !password->is_string())
            return refuse(Fault::bad_request);
        if (password->get_string().size() > password_longest || user->get_string().size() > 64)
            return refuse(Fault::bad_request);
        return CheckPassword{.user = std::string{user->get_string()},
                             .password = std::string{password->get_string()}};
    }

    Plan logout()
    {
        if (request_.method != Method::post) return only("POST");
        const auto* login = logins_.use(token_of(request_), now_.mono);
        if (!login) return refuse(Fault::signed_out);
        if (from_elsewhere(request_) || !equal_in_constant_time(request_.csrf, login->csrf))
            return refuse(Fault::cross_site);
        logins_.close(token_of(request_));
        auto answer = with({{"user", nullptr}});
        answer.set_cookie = cookie_with("", request_.channel);
        return answer;
    }

    /// Everything below is for reading and needs somebody who is signed in.
    Plan look(Parts path)
    {
        if (!reads()) return only("GET, HEAD");
        const auto* login = logins_.use(token_of(request_), now_.mono);
        if (!login) return refuse(Fault::signed_out);
        if (path.size() == 1 && path[0] == "me") return identity_answer(*login);
        if (path.size() == 1) return look_at(path[0], *login);
        if (path.size() == 5 && path[0] == "posts" && path[2] == "sessions" && path[4] == "curve")
            return curve(path[1], path[3], *login);
        if (path.size() == 5 && path[0] == "posts" && path[2] == "outlets" && path[4] == "trip")
            return last_trip(path[1], path[3], *login);
        return refuse(Fault::not_found);
    }

    Plan look_at(std::string_view what, const Login& login)
    {
        const auto allowed = [&](View view) { return may(login.role, view); };
        if (what == "site" && allowed(View::site))
            return with(site_json(sight_.site, sight_.feed.newest(), now_.wall));
        if (what == "alarms" && allowed(View::alarms)) return alarms();
        if (what == "sessions" && allowed(View::sessions)) return sessions();
        if (what == "status" && allowed(View::status)) return ReadStatus{};
        if (what == "stream" && allowed(View::site)) return stream();
        const bool exists = what == "site" || what == "alarms" || what == "sessions" ||
                            what == "status" || what == "stream";
        return refuse(exists ? Fault::forbidden : Fault::not_found);
    }

    /// The parameters that every list knows. False: they cannot be understood.
    bool read_page(std::optional<std::uint64_t>& before, std::size_t& limit) const
    {
        if (const auto text = request_.asked("before")) {
            before = whole_number(*text);
            if (!before) return false;
        }
        if (const auto text = request_.asked("limit")) {
            const auto number = whole_number(*text);
            // One less than the reader's own page: we ask for one more to see whether it ends.
            if (!number || *number == 0 || *number >= Reader::page_limit) return false;
            limit = *number;
        }
        return true;
    }

    Plan alarms()
    {
        AlarmQuery query;
        if (!read_page(query.before, query.limit)) return refuse(Fault::bad_request);
        const auto state = request_.asked("state").value_or("active");
        if (state == "active")
            return ReadAlarms{.query = query, .active = active_alarms(sight_.site.alarms(), query)};
        if (state != "all") return refuse(Fault::bad_request);
        return ReadAlarms{.query = query, .active = std::nullopt};
    }

    Plan sessions()
    {
        SessionQuery query;
        if (!read_page(query.before, query.limit)) return refuse(Fault::bad_request);
        if (const auto id = request_.asked("post")) {
            const auto* post = sight_.site.fleet().find(*id);
            if (!post) return refuse(Fault::not_found);
            query.post = post->no;
        }
        if (const auto text = request_.asked("outlet")) {
            const auto number = whole_number(*text);
            if (!number || *number == 0 || *number > protocol::outlet_limit)
                return refuse(Fault::bad_request);
            query.outlet = static_cast<protocol::OutletNumber>(*number);
        }
        return ReadSessions{query};
    }

    Plan curve(std::string_view id, std::string_view session, const Login& login)
    {
        if (!may(login.role, View::curves)) return refuse(Fault::forbidden);
        const auto* post = sight_.site.fleet().find(id);
        const auto number = whole_number(session);
        if (!post || !number || *number == 0) return refuse(Fault::not_found);
        return ReadCurve{.post = post->no, .session = *number};
    }

    Plan last_trip(std::string_view id, std::string_view outlet, const Login& login)
    {
        if (!may(login.role, View::alarms)) return refuse(Fault::forbidden);
        const auto* post = sight_.site.fleet().find(id);
        const auto number = whole_number(outlet);
        if (!post || !number || *number == 0 || *number > post->outlet_count)
            return refuse(Fault::not_found);
        const auto& view = post->outlet(static_cast<protocol::OutletNumber>(*number));
        return with({{"post", post->id}, {"outlet", *number}, {"trip", last_trip_json(view)}});
    }

    Plan stream()
    {
        if (request_.method != Method::get) return only("GET");
        // What the browser saw last outranks where the page once began.
        const std::string_view text = !request_.last_event_id.empty()
                                          ? std::string_view{request_.last_event_id}
                                          : request_.asked("since").value_or("");
        LogId seen = sight_.feed.newest();
        if (!text.empty()) {
            const auto number = whole_number(text);
            if (!number) return refuse(Fault::bad_request);
            seen = *number;
        }
        return OpenStream{.seen = seen, .token = std::string{token_of(request_)}};
    }

    const Request& request_;
    const Sight& sight_;
    Logins& logins_;
    Now now_;
};

}  // namespace

Plan plan(const Request& request, const Sight& sight, Logins& logins, Now now)
{
    return Router{request, sight, logins, now}.decide();
}

std::string cookie_with(std::string_view token, Channel channel)
{
    std::string cookie{cookie_name(channel)};
    cookie += "=" + std::string{token} + "; Path=/; HttpOnly; SameSite=Strict";
    if (channel == Channel::tls) cookie += "; Secure";
    if (token.empty()) cookie += "; Max-Age=0";
    return cookie;
}

Answer identity_answer(const Login& login)
{
    const json::object body{
        {"user", login.user}, {"role", name_of(login.role)}, {"csrf", login.csrf}};
    return Answer{.body = json::serialize(body)};
}

}  // namespace ks::edge
