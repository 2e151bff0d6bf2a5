#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace ks::edge {

struct IoResult {
    boost::system::error_code error;
    std::size_t count{};
};

inline IoResult as_io_result(boost::system::error_code error, std::size_t count)
{
    return {error, count};
}
inline IoResult as_io_result(boost::system::error_code error) { return {error, 0}; }
template <class Other>
IoResult as_io_result(boost::system::error_code error, const Other&)
{
    return {error, 0};
}

/// Carries out one read, write, connect or handshake, handed over as a deferred operation, or gives
/// it up at the deadline with `timed_out`. No coroutine waits on a peer in any other way.
template <class Operation>
boost::asio::awaitable<IoResult> before(boost::asio::steady_timer::time_point deadline,
                                        Operation operation)
{
    namespace net = boost::asio;
    net::steady_timer timer{co_await net::this_coro::executor, deadline};
    auto outcome = co_await net::experimental::make_parallel_group(std::move(operation),
                                                                   timer.async_wait(net::deferred))
                       .async_wait(net::experimental::wait_for_one(), net::use_awaitable);

    // Both results are looked at, whichever came first: bytes that arrive in the same instant as
    // the deadline are bytes.
    auto io_result = std::apply(
        [](auto&&, auto&&... rest) {
            auto all = std::forward_as_tuple(rest...);
            if constexpr (sizeof...(rest) == 3)
                return as_io_result(std::get<0>(all), std::get<1>(all));
            else
                return as_io_result(std::get<0>(all));
        },
        outcome);
    const auto timer_error = std::get<std::tuple_size_v<decltype(outcome)> - 1>(outcome);
    if (io_result.error == net::error::operation_aborted && !timer_error)
        io_result.error = net::error::timed_out;
    co_return io_result;
}

}  // namespace ks::edge
