#pragma once

#include "edge/store/reader.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace ks::edge {

/// A few threads, each with a read-only connection. Work goes there as a function of a `Reader&`
/// and its result comes back on the caller's executor:
/// `co_await pool.run([query](Reader& reader) { return reader.sessions(query); })`.
class ReaderPool {
public:
    /// Two, because the box has two cores and one of them is the log's (our choice).
    static constexpr std::size_t threads = 2;

    explicit ReaderPool(std::string path) : path_{std::move(path)}, pool_{threads} {}

    template <class Work>
    boost::asio::awaitable<std::invoke_result_t<Work, Reader&>> run(Work work)
    {
        co_return co_await boost::asio::co_spawn(pool_, call(std::move(work), path_),
                                                 boost::asio::use_awaitable);
    }
    void stop() { pool_.stop(); }

private:
    static Reader& reader_of_this_thread(const std::string& path)
    {
        thread_local Reader reader{path};
        return reader;
    }
    template <class Work>
    static boost::asio::awaitable<std::invoke_result_t<Work, Reader&>> call(Work work,
                                                                            const std::string& path)
    {
        co_return work(reader_of_this_thread(path));
    }

    std::string path_;
    boost::asio::thread_pool pool_;
};

}  // namespace ks::edge
