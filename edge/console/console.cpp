#include "edge/console/console.hpp"

#include "edge/console/json.hpp"
#include "edge/runtime/log.hpp"

namespace ks::edge {

namespace net = boost::asio;
namespace json = boost::json;

// Work with captures that own something is named before it is awaited: GCC 12 destroys such a
// temporary twice when it stands inside the co_await itself.
namespace {

Answer with(const json::object& body) { return Answer{.body = json::serialize(body)}; }

}  // namespace

Console::Console(Setup setup, const ConsoleParts& parts) : setup_{std::move(setup)}, parts_{parts}
{}

Console::~Console() { stop(); }

Plan Console::decide(const Request& request)
{
    ++figures_.requests;
    const Sight sight{.site = parts_.site, .feed = parts_.feed, .assets = setup_.assets};
    return plan(request, sight, logins_, now());
}

net::awaitable<Answer> Console::answer(Request request, Plan plan)
{
    const std::string id = request.id;
    try {
        if (auto* ready = std::get_if<Answer>(&plan)) co_return std::move(*ready);
        if (auto* login = std::get_if<CheckPassword>(&plan))
            co_return co_await sign_in(std::move(request), std::move(*login));
        if (auto* alarms = std::get_if<ReadAlarms>(&plan))
            co_return co_await read(std::move(*alarms));
        if (auto* sessions = std::get_if<ReadSessions>(&plan)) co_return co_await read(*sessions);
        if (auto* curve = std::get_if<ReadCurve>(&plan)) co_return co_await read(*curve, id);
        if (auto* status = std::get_if<ReadStatus>(&plan)) co_return co_await read(*status);
    } catch (const boost::system::system_error& error) {
        if (error.code() == net::error::operation_aborted) throw;  // we are stopping
        log_error("console.request_failed", {Field{"id", id}, Field{"error", error.what()}});
    } catch (const std::exception& error) {
        log_error("console.request_failed", {Field{"id", id}, Field{"error", error.what()}});
    }
    co_return error_answer(Fault::internal, id);
}

net::awaitable<Answer> Console::read(ReadAlarms what)
{
    struct Found {
        std::vector<Alarm> rows;
        std::vector<AlarmTrace> traces;
    };
    const auto limit = what.query.limit++;
    auto reading = [what = std::move(what)](Reader& reader) {
        Found result{.rows = what.active ? *what.active : reader.alarms(what.query), .traces = {}};
        result.traces = reader.traces(result.rows);
        return result;
    };
    const auto found = co_await parts_.readers.run(std::move(reading));
    co_return with(alarms_json(parts_.site.fleet(), found.rows, found.traces, limit));
}

net::awaitable<Answer> Console::read(ReadSessions what)
{
    const auto limit = what.query.limit++;
    auto rows = co_await parts_.readers.run(
        [query = what.query](Reader& reader) { return reader.sessions(query); });
    co_return with(sessions_json(parts_.site.fleet(), std::move(rows), limit));
}

net::awaitable<Answer> Console::read(ReadCurve what, std::string id)
{
    struct Found {
        std::optional<SessionRow> row;
        std::vector<CurvePoint> points;
    };
    const auto found = co_await parts_.readers.run([what](Reader& reader) {
        Found result{.row = reader.session(what.post, what.session), .points = {}};
        if (result.row) result.points = reader.curve(what.post, what.session, curve_points);
        return result;
    });
    if (!found.row) co_return error_answer(Fault::not_found, id);
    co_return with(curve_json(parts_.site.fleet(), *found.row, found.points));
}

net::awaitable<Answer> Console::read(ReadStatus)
{
    const auto counts = co_await parts_.readers.run([](Reader& reader) { return reader.counts(); });
    co_return with(status_json(parts_.site, counts));
}

net::awaitable<Answer> Console::sign_in(Request request, CheckPassword wanted)
{
    const auto wait = throttle_.wait_for(wanted.user, request.source, now().mono);
    if (wait > Millis{0}) {
        auto answer = error_answer(Fault::slow_down, request.id);
        answer.retry_after = wait;
        co_return answer;
    }
    throttle_.attempted(wanted.user, request.source, now().mono);

    // By value: the users may change while the hash is computed.
    const auto asked = setup_.users.find(wanted.user);
    const bool known = asked != setup_.users.end();
    const PasswordHash hash = known ? asked->second.hash : nobodys_hash(setup_.cost);
    auto comparing = [hash, password = wanted.password] { return matches(hash, password); };
    const auto right = co_await work_.run(std::move(comparing));
    if (!right) {
        auto answer = error_answer(Fault::busy, request.id);
        answer.retry_after = Millis{2'000};
        co_return answer;
    }
    const auto user = setup_.users.find(wanted.user);
    if (!*right || !known || user == setup_.users.end()) {
        ++figures_.logins_refused;
        // The name of an account we know; anything else may be a password in the wrong field.
        log_warning("console.login_refused",
                    {Field{"user", known ? wanted.user : std::string{"unknown"}},
                     Field{"source", request.source}});
        co_return error_answer(Fault::login_refused, request.id);
    }
    throttle_.succeeded(wanted.user, request.source);
    const auto role = user->second.role;
    if (hash.cost != setup_.cost) co_await renew_hash(wanted.user, wanted.password);
    co_return let_in(request, wanted.user, role);
}

Answer Console::let_in(const Request& request, const std::string& user, ConsoleRole role)
{
    // A new token at every login: one that somebody planted before is worth nothing (S-45).
    const auto cookies = {Channel::tls, Channel::plain};
    for (const auto channel : cookies) {
        const auto name = channel == Channel::tls ? "__Host-ks" : "ks";
        if (const auto old = cookie_of(request.cookie, name)) logins_.close(*old);
    }
    const Logins::Secrets secrets{.token = random_text(256), .csrf = random_text(160)};
    const auto& login = logins_.open(user, role, secrets, now().mono);
    ++figures_.logins;
    log_info("console.login_opened",
             {Field{"user", user}, Field{"role", name_of(role)}, Field{"source", request.source}});
    auto answer = identity_answer(login);
    answer.set_cookie = cookie_with(secrets.token, request.channel);
    return answer;
}

net::awaitable<void> Console::renew_hash(std::string user, std::string password)
{
    auto hashing = [password, cost = setup_.cost] { return hash_password(password, cost); };
    const auto fresh = co_await work_.run(std::move(hashing));
    const auto found = setup_.users.find(user);
    if (!fresh || found == setup_.users.end()) co_return;
    found->second.hash = *fresh;
    auto saving = [file = setup_.file, users = setup_.users] {
        file.save(users);
        return true;
    };
    const auto saved = co_await work_.run(std::move(saving));
    if (!saved) log_warning("console.users_not_saved", {Field{"reason", "busy"}});
}

net::awaitable<Console::Turn> Console::news_since(LogId seen)
{
    const auto missed = missed_since(seen, parts_.feed, parts_.site.fleet());
    Turn turn{.text = {}, .seen = missed.newest};
    if (missed.extent == Missed::Extent::nothing) co_return turn;
    if (missed.extent == Missed::Extent::too_much) {
        turn.text = resync_of(missed.newest);
        co_return turn;
    }
    std::vector<SessionRow> rows;
    if (!missed.sessions.empty()) {
        auto reading = [keys = missed.sessions](Reader& reader) {
            std::vector<SessionRow> found;
            for (const auto& [post, session] : keys)
                if (auto row = reader.session(post, session)) found.push_back(*row);
            return found;
        };
        rows = co_await parts_.readers.run(std::move(reading));
    }
    turn.text = events_of(missed, rows, parts_.site, now().wall);
    co_return turn;
}

std::string Console::beat(LogId seen) const { return beat_of(seen, parts_.site, now().wall); }

bool Console::signed_in(std::string_view token) const
{
    return logins_.find(token, now().mono) != nullptr;
}

}  // namespace ks::edge
