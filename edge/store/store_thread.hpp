#pragma once

#include "edge/store/open_log.hpp"

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
    StoreThread(const std::string& path, LogWriter::Options options) : log_{open_log(path, options)}
    {}
    ~StoreThread() { thread_.join(); }
    StoreThread(const StoreThread&) = delete;
    StoreThread& operator=(const StoreThread&) = delete;

    /// As it was opened, for taking out before the first write.
    [[nodiscard]] OpenLog& opened() { return log_; }

    /// What comes back is what was kept: without its telemetry when there was no room.
    boost::asio::awaitable<Commit> write(Commit commit)
    {
        co_return co_await boost::asio::co_spawn(
            thread_, write_there(std::move(commit), log_.writer), boost::asio::use_awaitable);
    }
    struct Tended {
        DiskState disk;
        /// Why the high-water mark could not be written; empty when it could.
        std::string mark_failed;
    };
    /// Writes the mark and looks at the disk, about once a second.
    boost::asio::awaitable<Tended> tend()
    {
        co_return co_await boost::asio::co_spawn(thread_, tend_there(log_.writer),
                                                 boost::asio::use_awaitable);
    }
    /// After the last write: folds the write-ahead log away.
    void close()
    {
        thread_.join();
        log_.writer.checkpoint();
        log_.writer.mark();
    }

private:
    static boost::asio::awaitable<Commit> write_there(Commit commit, LogWriter& writer)
    {
        writer.keep(commit);
        co_return std::move(commit);
    }
    static boost::asio::awaitable<Tended> tend_there(LogWriter& writer)
    {
        Tended tended{.disk = writer.survey(), .mark_failed = {}};
        try {
            writer.mark();
        } catch (const std::exception& error) {
            tended.mark_failed = error.what();
        }
        co_return tended;
    }

    OpenLog log_;
    boost::asio::thread_pool thread_{1};
};

}  // namespace ks::edge
