#include "tests/support/http_receiver.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <atomic>
#include <list>
#include <sys/socket.h>
#include <thread>

namespace ks::test {

namespace net = boost::asio;
namespace http = boost::beast::http;

struct HttpReceiver::Body {
    explicit Body(Script is) : script{std::move(is)} {}

    Script script;
    net::io_context io;
    net::ip::tcp::acceptor acceptor{io, {net::ip::address_v4::loopback(), 0}};
    std::atomic<bool> stopping{false};
    mutable std::mutex mutex;
    mutable std::condition_variable came;
    std::vector<Request> requests;
    std::list<net::ip::tcp::socket> sockets;
    std::vector<std::thread> threads;

    void accept()
    {
        for (;;) {
            boost::system::error_code error;
            net::ip::tcp::socket socket{io};
            acceptor.accept(socket, error);
            if (error || stopping) return;
            auto& kept = sockets.emplace_back(std::move(socket));
            threads.emplace_back([this, &kept] { serve(kept); });
        }
    }
    void serve(net::ip::tcp::socket& socket)
    {
        boost::beast::flat_buffer buffer;
        for (;;) {
            http::request<http::string_body> request;
            boost::system::error_code error;
            http::read(socket, buffer, request, error);
            if (error || stopping) return;
            const auto came_at = std::chrono::steady_clock::now();
            std::size_t before = 0;
            {
                const std::lock_guard lock{mutex};
                before = requests.size();
                requests.push_back({.id = std::string{request["webhook-id"]},
                                    .timestamp = std::string{request["webhook-timestamp"]},
                                    .signature = std::string{request["webhook-signature"]},
                                    .body = request.body(),
                                    .came = came_at});
            }
            came.notify_all();
            if (!answer(socket, script(before))) return;
        }
    }
    bool answer(net::ip::tcp::socket& socket, const Answer& answer)
    {
        boost::system::error_code error;
        http::response<http::empty_body> response{static_cast<http::status>(answer.status), 11};
        if (!answer.retry_after.empty()) response.set(http::field::retry_after, answer.retry_after);
        if (answer.drip.count() == 0) {
            response.prepare_payload();
            http::write(socket, response, error);
            return !error;
        }
        response.set(http::field::content_length, "1000000");
        http::response_serializer<http::empty_body> head{response};
        http::write_header(socket, head, error);
        while (!error && !stopping) {
            std::this_thread::sleep_for(answer.drip);
            net::write(socket, net::buffer("x", 1), error);
        }
        return false;
    }
};

HttpReceiver::HttpReceiver(Script script) : body_{std::make_unique<Body>(std::move(script))}
{
    body_->threads.reserve(64);
    body_->threads.emplace_back([body = body_.get()] { body->accept(); });
}

HttpReceiver::~HttpReceiver()
{
    body_->stopping = true;
    boost::system::error_code ignored;
    // A blocking accept ends when somebody comes.
    net::ip::tcp::socket knock{body_->io};
    knock.connect(body_->acceptor.local_endpoint(), ignored);
    body_->threads.front().join();
    // A client may keep its connection for as long as it lives.
    for (auto& socket : body_->sockets)
        ::shutdown(socket.native_handle(), SHUT_RDWR);
    for (std::size_t i = 1; i < body_->threads.size(); ++i)
        body_->threads[i].join();
}

std::uint16_t HttpReceiver::port() const { return body_->acceptor.local_endpoint().port(); }

std::string HttpReceiver::url() const
{
    return "http://127.0.0.1:" + std::to_string(port()) + "/hook";
}

std::vector<HttpReceiver::Request> HttpReceiver::requests() const
{
    const std::lock_guard lock{body_->mutex};
    return body_->requests;
}

bool HttpReceiver::wait_for(std::size_t count, std::chrono::milliseconds limit) const
{
    std::unique_lock lock{body_->mutex};
    return body_->came.wait_for(lock, limit, [&] { return body_->requests.size() >= count; });
}

}  // namespace ks::test
