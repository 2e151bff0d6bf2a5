#pragma once

#include "edge/console/server.hpp"

#include <boost/asio/ssl/stream.hpp>

namespace ks::edge {

/// What a connection's coroutine may count and ask of the server that outlives it.
class Connection {
public:
    Connection(ConsoleServer& server, std::string source, Channel channel)
        : server_{server}, source_{std::move(source)}, channel_{channel}
    {}

    [[nodiscard]] Console& console() { return server_.console_; }
    [[nodiscard]] const ConsoleLimits& limits() const { return server_.limits_; }
    [[nodiscard]] Clock::Steady::time_point in(Millis time) const
    {
        const auto& clock = server_.console_.parts().clock;
        return clock.at(clock.mono() + time);
    }
    void count_timeout() { ++server_.figures_.timed_out; }

    /// A place among the streams, given back at the end of its life; empty when all are taken.
    class StreamPlace {
    public:
        explicit StreamPlace(ConsoleServer& server) : server_{&server} { ++server.streams_; }
        ~StreamPlace()
        {
            if (server_) --server_->streams_;
        }
        StreamPlace(StreamPlace&& other) noexcept : server_{std::exchange(other.server_, {})} {}
        StreamPlace& operator=(StreamPlace&&) = delete;

    private:
        ConsoleServer* server_;
    };
    [[nodiscard]] std::optional<StreamPlace> take_stream_place()
    {
        if (server_.streams_ >= server_.limits_.streams) return std::nullopt;
        return StreamPlace{server_};
    }

    [[nodiscard]] const std::string& source() const { return source_; }
    [[nodiscard]] Channel channel() const { return channel_; }

private:
    ConsoleServer& server_;
    std::string source_;
    Channel channel_;
};

/// Serve one connection until either side has had enough. Each owns its socket.
boost::asio::awaitable<void> serve_plain(boost::asio::ip::tcp::socket socket, Connection at);
boost::asio::awaitable<void> serve_tls(boost::asio::ip::tcp::socket socket, Connection at,
                                       boost::asio::ssl::context& tls);

}  // namespace ks::edge
