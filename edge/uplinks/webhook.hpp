#pragma once

#include "edge/domain/outbox.hpp"
#include "firmware/base/bytes.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <string>
#include <vector>

namespace ks::edge {

/// One signed POST at a time and thread, after the Standard Webhooks convention. It knows no
/// schedule: what an answer means for the next attempt is the outbox's business.
class Webhook {
public:
    struct Setup {
        std::string url;
        std::vector<std::byte> key;
        /// Trusted beside the system's authorities when not empty.
        std::string authority;
        /// For one whole attempt, from connect to the last byte of the answer.
        Millis deadline{10'000};
    };
    /// An answer is read up to here and no further (F-116).
    static constexpr std::size_t answer_limit = 65'536;

    explicit Webhook(Setup setup);
    ~Webhook();
    Webhook(const Webhook&) = delete;
    Webhook& operator=(const Webhook&) = delete;

    /// Carried out on the pool; `wall` is when the attempt is made.
    boost::asio::awaitable<Attempt> send(std::string id, std::string body, UnixMillis wall)
    {
        co_return co_await boost::asio::co_spawn(
            pool_, send_there(*this, std::move(id), std::move(body), wall),
            boost::asio::use_awaitable);
    }
    /// The same, on the calling thread.
    [[nodiscard]] Attempt post(const std::string& id, const std::string& body, UnixMillis wall);
    /// Attempts on their way end within the deadline.
    void stop() { pool_.join(); }

private:
    static boost::asio::awaitable<Attempt> send_there(Webhook& self, std::string id,
                                                      std::string body, UnixMillis wall)
    {
        co_return self.post(id, body, wall);
    }

    Setup setup_;
    boost::asio::thread_pool pool_{Outbox::in_flight_limit};
};

}  // namespace ks::edge
