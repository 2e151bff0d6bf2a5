#pragma once

#include "firmware/base/quantity.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// One request and one answer of the console as values, without socket and without library, so that
// everything between them can be tested and fuzzed from memory.
namespace ks::edge {

enum class Method : std::uint8_t { get, head, post, other };

/// How the request came in. Plain is loopback only; the cookie's name and flags follow from it.
enum class Channel : std::uint8_t { plain, tls };

struct Request {
    Method method{Method::get};
    Channel channel{Channel::plain};
    std::vector<std::string> path{};  // decoded segments; empty for "/"
    std::vector<std::pair<std::string, std::string>> query{};
    std::string body{};
    std::string content_type{};
    std::string host{};
    std::string origin{};
    std::string fetch_site{};
    std::string cookie{};
    std::string csrf{};
    std::string if_none_match{};
    std::string accept_encoding{};
    std::string last_event_id{};
    /// The peer's address without its port: what login attempts are counted by.
    std::string source{};
    /// Random; names this request in an error answer and in the log, and tells nothing.
    std::string id{};

    [[nodiscard]] std::optional<std::string_view> asked(std::string_view name) const;
};

/// Everything that can be wrong with a request. The text of an answer says no more than this.
enum class Fault : std::uint8_t {
    bad_request,
    signed_out,
    login_refused,
    forbidden,
    cross_site,
    not_found,
    method_not_allowed,
    too_slow,
    too_large,
    wrong_type,
    slow_down,
    header_too_large,
    internal,
    busy,
};

[[nodiscard]] unsigned status_of(Fault fault);
[[nodiscard]] std::string_view name_of(Fault fault);

enum class Caching : std::uint8_t { never, ask_first, forever };

struct Answer {
    unsigned status{200};
    std::string_view type{"application/json"};
    std::string body{};
    /// A body that outlives the answer (a page of the web app); used instead of `body`.
    std::optional<std::string_view> kept{};
    std::string etag{};
    std::string set_cookie{};
    std::string_view encoding{};
    std::string_view allow{};
    Caching caching{Caching::never};
    std::optional<Millis> retry_after{};
};

/// `{"error":{"id","code","message"}}`; the message is for a person at a terminal.
[[nodiscard]] Answer error_answer(Fault fault, std::string_view id);

/// Splits a request target into decoded segments and parameters. False when it is not one.
[[nodiscard]] bool read_target(std::string_view target, Request& request);

/// The value of a cookie, the first of that name.
[[nodiscard]] std::optional<std::string_view> cookie_of(std::string_view header,
                                                        std::string_view name);

using Header = std::pair<std::string_view, std::string>;

/// What every answer carries (S-50), and what this one adds.
[[nodiscard]] std::vector<Header> headers_of(const Answer& answer, Channel channel);

/// A whole number without sign, blanks or leading zeros, that fits 64 bits.
[[nodiscard]] std::optional<std::uint64_t> whole_number(std::string_view text);

}  // namespace ks::edge
