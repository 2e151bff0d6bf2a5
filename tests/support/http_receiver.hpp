#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace ks::test {

/// A real HTTP receiver on a loopback port of its own, answering as a test tells it to.
class HttpReceiver {
public:
    struct Request {
        std::string id;
        std::string timestamp;
        std::string signature;
        std::string body;
        std::chrono::steady_clock::time_point came;
    };
    struct Answer {
        unsigned status{204};
        std::string retry_after{};
        /// Bytes of an endless body, one every so often; 0 is no body.
        std::chrono::milliseconds drip{0};
    };
    /// Decides by how many requests came before.
    using Script = std::function<Answer(std::size_t)>;

    explicit HttpReceiver(Script script);
    ~HttpReceiver();
    HttpReceiver(const HttpReceiver&) = delete;
    HttpReceiver& operator=(const HttpReceiver&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::vector<Request> requests() const;
    /// True once so many have come, within the limit.
    [[nodiscard]] bool wait_for(std::size_t count, std::chrono::milliseconds limit) const;

private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace ks::test
