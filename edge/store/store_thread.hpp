#pragma once

#include "edge/store/log_writer.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace ks::edge {

/// The only thread that writes the log. A commit goes there by value and comes back when it is on
/// the disk, on the caller's executor; a failure comes back as the exception it was.
class StoreThread {
public:
    /// Opens the log on the caller's thread, so that a log that cannot be had stops the start.
    explicit StoreThread(const std::string& path) : writer_{path} {}
    ~StoreThread() { thread_.join(); }
    StoreThread(const StoreThread&) = delete;
    StoreThread& operator=(const StoreThread&) = delete;

    boost::asio::awaitable<Commit> write(Commit commit)
    {
        co_return co_await boost::asio::co_spawn(thread_, write_there(std::move(commit), writer_),
                                                 boost::asio::use_awaitable);
    }
    /// After the last write: folds the write-ahead log away.
    void close()
    {
        thread_.join();
        writer_.checkpoint();
    }

private:
    static boost::asio::awaitable<Commit> write_there(Commit commit, LogWriter& writer)
    {
        writer.commit(commit);
        co_return std::move(commit);
    }

    LogWriter writer_;
    boost::asio::thread_pool thread_{1};
};

}  // namespace ks::edge
