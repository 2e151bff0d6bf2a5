#include "edge/console/wire.hpp"

#include <boost/asio/error.hpp>

namespace ks::edge {

namespace http = boost::beast::http;

namespace {

std::string text_of(const Message& message, http::field field)
{
    return std::string{message[field]};
}

std::string text_of(const Message& message, boost::beast::string_view field)
{
    return std::string{message[field]};
}

Method method_of(http::verb verb)
{
    if (verb == http::verb::get) return Method::get;
    if (verb == http::verb::head) return Method::head;
    if (verb == http::verb::post) return Method::post;
    return Method::other;
}

}  // namespace

void set_limits(Parser& parser)
{
    parser.header_limit(header_limit);
    parser.body_limit(body_limit);
}

std::optional<Request> request_from(Message&& message, Channel channel)
{
    Request request{.method = method_of(message.method()), .channel = channel};
    const auto target = message.target();
    if (!read_target({target.data(), target.size()}, request)) return std::nullopt;
    request.content_type = text_of(message, http::field::content_type);
    request.host = text_of(message, http::field::host);
    request.origin = text_of(message, http::field::origin);
    request.fetch_site = text_of(message, "Sec-Fetch-Site");
    request.cookie = text_of(message, http::field::cookie);
    request.csrf = text_of(message, "X-CSRF-Token");
    request.if_none_match = text_of(message, http::field::if_none_match);
    request.accept_encoding = text_of(message, http::field::accept_encoding);
    request.last_event_id = text_of(message, "Last-Event-ID");
    request.body = std::move(message.body());
    return request;
}

std::optional<Fault> fault_of(const boost::system::error_code& error)
{
    if (error == http::error::header_limit) return Fault::header_too_large;
    if (error == http::error::body_limit) return Fault::too_large;
    if (error == boost::asio::error::timed_out) return Fault::too_slow;
    const bool parsing = error.category() == http::make_error_code(http::error{}).category();
    const bool gone = error == http::error::end_of_stream || error == http::error::partial_message;
    if (parsing && !gone) return Fault::bad_request;
    return std::nullopt;
}

Reply reply_with(const Answer& answer, Channel channel, Lifetime lifetime)
{
    Reply reply{static_cast<http::status>(answer.status), 11};
    const std::string_view body = answer.kept.value_or(std::string_view{answer.body});
    reply.body() = {body.data(), body.size()};
    if (!answer.type.empty() && answer.status != 304)
        reply.set(http::field::content_type, answer.type);
    for (const auto& [name, value] : headers_of(answer, channel))
        reply.insert(name, value);
    if (answer.status != 304) reply.content_length(body.size());
    reply.keep_alive(lifetime == Lifetime::keep);
    return reply;
}

}  // namespace ks::edge
