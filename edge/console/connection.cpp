#include "edge/console/connection.hpp"

#include "edge/console/wire.hpp"
#include "edge/runtime/before.hpp"

#include <boost/asio/experimental/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

namespace ks::edge {

namespace net = boost::asio;
namespace http = boost::beast::http;
using boost::beast::flat_buffer;
using net::ip::tcp;

namespace {

/// The header and what of the body came with it: never more than this is read ahead.
constexpr std::size_t buffer_limit = header_limit + 8 * 1024;

/// A peer that has its answer need not say goodbye for longer than this.
constexpr Millis goodbye_limit{2'000};

template <class Stream>
net::awaitable<IoResult> write_text(Stream& stream, Connection& at, const std::string& text)
{
    const auto from = net::buffer(text);
    co_return co_await before(at.in(at.limits().write),
                              net::async_write(stream, from, net::deferred));
}

/// Body or none, as the method wants it.
template <class Stream>
net::awaitable<IoResult> send(Stream& stream, Connection& at, const Reply& reply, Method method)
{
    const auto deadline = at.in(at.limits().write);
    http::response_serializer<Reply::body_type> serializer{reply};
    if (method == Method::head || reply.result() == http::status::not_modified) {
        co_return co_await before(deadline,
                                  http::async_write_header(stream, serializer, net::deferred));
    }
    co_return co_await before(deadline, http::async_write(stream, serializer, net::deferred));
}

template <class Stream>
net::awaitable<void> refuse(Stream& stream, Connection& at, Fault fault)
{
    const auto answer = error_answer(fault, random_text(40));
    const auto reply = reply_with(answer, at.channel(), Lifetime::close);
    co_await send(stream, at, reply, Method::get);
}

/// Reads one whole request. False: the connection is over, and its peer was told why if it helps.
template <class Stream>
net::awaitable<bool> read_request(Stream& stream, flat_buffer& buffer, Parser& parser,
                                  Connection& at)
{
    set_limits(parser);
    if (buffer.size() == 0) {
        // Silence between two requests is no fault; it only ends.
        const auto first = co_await before(
            at.in(at.limits().idle), stream.async_read_some(buffer.prepare(4'096), net::deferred));
        if (first.error) co_return false;
        buffer.commit(first.count);
    }
    auto read = co_await before(at.in(at.limits().header),
                                http::async_read_header(stream, buffer, parser, net::deferred));
    if (!read.error && !parser.is_done()) {
        read = co_await before(at.in(at.limits().body),
                               http::async_read(stream, buffer, parser, net::deferred));
    }
    if (!read.error) co_return true;
    if (read.error == net::error::timed_out) at.count_timeout();
    if (const auto fault = fault_of(read.error)) co_await refuse(stream, at, *fault);
    co_return false;
}

/// Sleeps until the bell has rung since `rung` or the moment has come.
net::awaitable<std::uint64_t> ring_or(Bell& bell, std::uint64_t rung,
                                      Clock::Steady::time_point moment)
{
    using namespace net::experimental::awaitable_operators;
    net::steady_timer timer{co_await net::this_coro::executor, moment};
    // Nothing is lost with the loser here: the bell is asked again for what it has rung since.
    co_await (bell.next(rung) || timer.async_wait(net::experimental::as_tuple(net::use_awaitable)));
    co_return bell.rung();
}

template <class Stream>
net::awaitable<void> write_stream_header(Stream& stream, Connection& at)
{
    const Answer answer{.type = "text/event-stream"};
    http::response<http::empty_body> header{http::status::ok, 11};
    header.set(http::field::content_type, answer.type);
    for (const auto& [name, value] : headers_of(answer, at.channel()))
        header.insert(name, value);
    header.keep_alive(false);  // the stream's end is the connection's
    http::response_serializer<http::empty_body> serializer{header};
    co_await before(at.in(at.limits().write),
                    http::async_write_header(stream, serializer, net::deferred));
}

/// Tells a watcher what happens, until it leaves, is too slow to be written to, or its login ends.
template <class Stream>
net::awaitable<void> stream_events(Stream& stream, Connection& at, OpenStream open)
{
    auto& console = at.console();
    auto& bell = console.parts().published;
    const auto place = at.take_stream_place();
    if (!place) {
        co_await refuse(stream, at, Fault::busy);
        co_return;
    }
    co_await write_stream_header(stream, at);

    std::string text{"retry: 1000\n\n"};
    LogId seen = open.seen;
    auto next_beat = at.in(Millis{0});
    while (console.signed_in(open.token)) {
        const auto rung = bell.rung();
        const auto turn = co_await console.news_since(seen);
        text += turn.text;
        seen = turn.seen;
        if (at.in(Millis{0}) >= next_beat) {
            text += console.beat(seen);
            next_beat = at.in(at.limits().beat_every);
        }
        if (!text.empty()) {
            const auto written = co_await write_text(stream, at, text);
            if (written.error) break;
            text.clear();
        }
        co_await ring_or(bell, rung, next_beat);
        const auto calm = std::min(at.in(at.limits().calm), next_beat);
        net::steady_timer timer{co_await net::this_coro::executor, calm};
        co_await timer.async_wait(net::experimental::as_tuple(net::use_awaitable));
    }
}

/// One request after the other, on whatever kind of stream.
template <class Stream>
net::awaitable<void> serve_requests(Stream& stream, Connection& at)
{
    flat_buffer buffer{buffer_limit};
    for (;;) {
        Parser parser;
        if (!co_await read_request(stream, buffer, parser, at)) co_return;
        const auto lifetime = parser.get().keep_alive() ? Lifetime::keep : Lifetime::close;

        auto request = request_from(parser.release(), at.channel());
        if (!request) {
            co_await refuse(stream, at, Fault::bad_request);
            co_return;
        }
        request->source = at.source();
        request->id = random_text(40);
        auto plan = at.console().decide(*request);
        if (auto* open = std::get_if<OpenStream>(&plan)) {
            co_await stream_events(stream, at, std::move(*open));
            co_return;
        }
        const auto method = request->method;
        const auto answer = co_await at.console().answer(std::move(*request), std::move(plan));
        const auto reply = reply_with(answer, at.channel(), lifetime);
        const auto sent = co_await send(stream, at, reply, method);
        if (sent.error || lifetime == Lifetime::close) co_return;
    }
}

}  // namespace

net::awaitable<void> serve_plain(tcp::socket socket, Connection at)
{
    co_await serve_requests(socket, at);
    boost::system::error_code ignored;
    socket.shutdown(tcp::socket::shutdown_both, ignored);
}

net::awaitable<void> serve_tls(tcp::socket socket, Connection at, net::ssl::context& tls)
{
    net::ssl::stream<tcp::socket> stream{std::move(socket), tls};
    const auto shaken =
        co_await before(at.in(at.limits().handshake),
                        stream.async_handshake(net::ssl::stream_base::server, net::deferred));
    if (shaken.error) {
        if (shaken.error == net::error::timed_out) at.count_timeout();
        co_return;
    }
    co_await serve_requests(stream, at);
    const auto goodbye = at.in(goodbye_limit);
    co_await before(goodbye, stream.async_shutdown(net::deferred));
}

}  // namespace ks::edge
