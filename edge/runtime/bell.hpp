#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdint>

namespace ks::edge {

/// Wakes everybody who waits, on one thread. Carries nothing: whoever wakes looks for himself. A
/// ring nobody waited for is found by comparing `rung` with what the waiter saw last.
class Bell {
public:
    explicit Bell(const boost::asio::any_io_executor& executor)
        : timer_{executor, boost::asio::steady_timer::time_point::max()}
    {}

    void ring()
    {
        ++rung_;
        timer_.cancel();
    }
    [[nodiscard]] std::uint64_t rung() const { return rung_; }

    /// Returns at once when it has rung since `seen`, else at the next ring; gives the new count.
    /// Cancelling the waiter ends the wait as well.
    boost::asio::awaitable<std::uint64_t> next(std::uint64_t seen)
    {
        if (rung_ == seen) {
            co_await timer_.async_wait(
                boost::asio::experimental::as_tuple(boost::asio::use_awaitable));
        }
        co_return rung_;
    }

private:
    boost::asio::steady_timer timer_;
    std::uint64_t rung_{0};
};

}  // namespace ks::edge
