#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <optional>
#include <type_traits>

namespace ks::edge {

/// Runs what computes for long, such as a password's hash, away from the deciding thread. Bounded:
/// who finds it full is told so at once. Used from one thread only, so the count needs no lock.
class WorkPool {
public:
    /// S-43: at most two hashes at once. A queue of eight is answered within two seconds.
    static constexpr std::size_t threads = 2;
    static constexpr std::size_t waiting_limit = 8;

    /// The work's result on the caller's executor, or nothing when the pool is full. `work` owns
    /// what it needs: its caller may be gone before it runs.
    template <class Work>
    boost::asio::awaitable<std::optional<std::invoke_result_t<Work>>> run(Work work)
    {
        if (taken_ >= threads + waiting_limit) co_return std::nullopt;
        const Place place{taken_};
        co_return co_await boost::asio::co_spawn(pool_, call(std::move(work)),
                                                 boost::asio::use_awaitable);
    }
    [[nodiscard]] std::size_t taken() const { return taken_; }
    void stop()
    {
        pool_.stop();
        pool_.join();
    }

private:
    class Place {
    public:
        explicit Place(std::size_t& taken) : taken_{taken} { ++taken_; }
        ~Place() { --taken_; }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

    private:
        std::size_t& taken_;
    };
    template <class Work>
    static boost::asio::awaitable<std::invoke_result_t<Work>> call(Work work)
    {
        co_return work();
    }

    std::size_t taken_{0};
    boost::asio::thread_pool pool_{threads};
};

}  // namespace ks::edge
