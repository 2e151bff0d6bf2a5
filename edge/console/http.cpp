#include "edge/console/http.hpp"

#include <boost/json.hpp>
#include <boost/url.hpp>

#include <charconv>

namespace ks::edge {

namespace {

/// Only our own files, nothing inline, nowhere to send a form, nobody may frame us.
constexpr std::string_view content_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

/// Longest target and most parts we read: our own longest is under a hundred characters.
constexpr std::size_t target_limit = 2'048;
constexpr std::size_t parts_limit = 16;

std::string_view message_of(Fault fault)
{
    switch (fault) {
        using enum Fault;
    case bad_request: return "The request could not be understood.";
    case signed_out: return "Sign in first.";
    case login_refused: return "User name or password is wrong.";
    case forbidden: return "Your role may not do this.";
    case cross_site: return "The request did not come from the console's own page.";
    case not_found: return "There is nothing here.";
    case method_not_allowed: return "This cannot be done here.";
    case too_slow: return "The request took too long.";
    case too_large: return "The request is too large.";
    case wrong_type: return "The body must be application/json.";
    case slow_down: return "Too many attempts. Wait and try again.";
    case header_too_large: return "The request's header is too large.";
    case internal: return "Something went wrong here. It has been noted under this id.";
    case busy: return "Too much at once. Try again.";
    }
    return {};
}

}  // namespace

std::optional<std::string_view> Request::asked(std::string_view name) const
{
    for (const auto& [key, value] : query)
        if (key == name) return value;
    return std::nullopt;
}

unsigned status_of(Fault fault)
{
    switch (fault) {
        using enum Fault;
    case bad_request: return 400;
    case signed_out:
    case login_refused: return 401;
    case forbidden:
    case cross_site: return 403;
    case not_found: return 404;
    case method_not_allowed: return 405;
    case too_slow: return 408;
    case too_large: return 413;
    case wrong_type: return 415;
    case slow_down: return 429;
    case header_too_large: return 431;
    case internal: return 500;
    case busy: return 503;
    }
    return 500;
}

std::string_view name_of(Fault fault)
{
    switch (fault) {
        using enum Fault;
    case bad_request: return "bad_request";
    case signed_out: return "signed_out";
    case login_refused: return "login_refused";
    case forbidden: return "forbidden";
    case cross_site: return "cross_site";
    case not_found: return "not_found";
    case method_not_allowed: return "method_not_allowed";
    case too_slow: return "too_slow";
    case too_large: return "too_large";
    case wrong_type: return "wrong_type";
    case slow_down: return "slow_down";
    case header_too_large: return "header_too_large";
    case internal: return "internal";
    case busy: return "busy";
    }
    return {};
}

Answer error_answer(Fault fault, std::string_view id)
{
    const boost::json::object error{
        {"id", id}, {"code", name_of(fault)}, {"message", message_of(fault)}};
    return Answer{.status = status_of(fault),
                  .body = boost::json::serialize(boost::json::object{{"error", error}})};
}

bool read_target(std::string_view target, Request& request)
{
    if (target.size() > target_limit) return false;
    const auto url = boost::urls::parse_origin_form(target);
    if (url.has_error()) return false;
    if (url->encoded_segments().size() > parts_limit) return false;
    if (url->encoded_params().size() > parts_limit) return false;
    for (const auto& segment : url->segments())
        request.path.push_back(segment);
    for (const auto& param : url->params())
        request.query.emplace_back(param.key, param.has_value ? param.value : std::string{});
    if (request.path.size() == 1 && request.path.front().empty()) request.path.clear();
    return true;
}

std::optional<std::string_view> cookie_of(std::string_view header, std::string_view name)
{
    while (!header.empty()) {
        const auto end = header.find(';');
        auto pair = header.substr(0, end);
        while (pair.starts_with(' '))
            pair.remove_prefix(1);
        const auto equals = pair.find('=');
        if (equals != std::string_view::npos && pair.substr(0, equals) == name)
            return pair.substr(equals + 1);
        if (end == std::string_view::npos) break;
        header.remove_prefix(end + 1);
    }
    return std::nullopt;
}

std::vector<Header> headers_of(const Answer& answer, Channel channel)
{
    std::vector<Header> headers{
        {"Content-Security-Policy", std::string{content_policy}},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Permissions-Policy", "camera=(), microphone=(), geolocation=()"},
    };
    const auto add = [&](std::string_view name, std::string value) {
        headers.emplace_back(name, std::move(value));
    };
    if (channel == Channel::tls) add("Strict-Transport-Security", "max-age=31536000");
    switch (answer.caching) {
    case Caching::never: add("Cache-Control", "no-store"); break;
    case Caching::ask_first: add("Cache-Control", "no-cache"); break;
    case Caching::forever: add("Cache-Control", "public, max-age=31536000, immutable"); break;
    }
    if (answer.caching != Caching::never) add("Vary", "Accept-Encoding");
    if (!answer.etag.empty()) add("ETag", answer.etag);
    if (!answer.encoding.empty()) add("Content-Encoding", std::string{answer.encoding});
    if (!answer.allow.empty()) add("Allow", std::string{answer.allow});
    if (!answer.set_cookie.empty()) add("Set-Cookie", answer.set_cookie);
    if (answer.retry_after) {
        // Rounded up: a client that comes a moment early would be refused again.
        add("Retry-After", std::to_string((answer.retry_after->count() + 999) / 1000));
    }
    return headers;
}

std::optional<std::uint64_t> whole_number(std::string_view text)
{
    if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace ks::edge
