#pragma once

#include "edge/console/http.hpp"

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>

namespace ks::edge {

/// S-51: nothing larger is read.
inline constexpr std::uint32_t header_limit = 8 * 1024;
inline constexpr std::uint64_t body_limit = 64 * 1024;

using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
using Message = boost::beast::http::request<boost::beast::http::string_body>;
using Reply = boost::beast::http::response<boost::beast::http::span_body<char const>>;

void set_limits(Parser& parser);

/// What the router needs of a message. Nothing: its target cannot be understood.
[[nodiscard]] std::optional<Request> request_from(Message&& message, Channel channel);

/// What a reading error says to its sender. Nothing: nobody is there to be told.
[[nodiscard]] std::optional<Fault> fault_of(const boost::system::error_code& error);

enum class Lifetime : std::uint8_t { keep, close };

/// The answer's body stays where it is: `answer` outlives the reply.
[[nodiscard]] Reply reply_with(const Answer& answer, Channel channel, Lifetime lifetime);

}  // namespace ks::edge
