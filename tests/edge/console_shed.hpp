#pragma once

#include "edge/console/server.hpp"
#include "edge/store/log_writer.hpp"
#include "tests/edge/scripted_post.hpp"
#include "tests/support/temp_dir.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/json.hpp>

#include <future>
#include <map>
#include <thread>

namespace ks::edge {

/// What came back over a real socket.
struct Received {
    unsigned status{};
    boost::beast::http::fields headers;
    std::string body;

    [[nodiscard]] std::string header(std::string_view name) const
    {
        return std::string{headers[boost::beast::string_view{name.data(), name.size()}]};
    }
    [[nodiscard]] boost::json::value json() const { return boost::json::parse(body); }
};

struct Asking {
    std::string method{"GET"};
    std::string target{"/"};
    std::map<std::string, std::string> headers{};
    std::string body{};
};

/// A shed of its own folder: the real site, the real log, the real console on a loopback socket,
/// its loop on a thread of its own as in the daemon. Posts speak through `say`.
class Shed {
public:
    static constexpr std::string_view password = "a password of some length";
    /// Waits a test can bear; each test that is about one of them sets it.
    static ConsoleLimits brisk();

    explicit Shed(const ConsoleLimits& limits = brisk());
    ~Shed();
    Shed(const Shed&) = delete;
    Shed& operator=(const Shed&) = delete;

    /// The post says these, in this lane; returns when they are in the log and published.
    void say(std::string_view post, protocol::Lane lane,
             const std::vector<protocol::RecordBody>& bodies);

    [[nodiscard]] Received ask(const Asking& asking) const;
    [[nodiscard]] Received sign_in(std::string_view user, std::string_view word) const;
    /// Signs in and gives the headers that carry the login.
    [[nodiscard]] std::map<std::string, std::string> signed_in_as(std::string_view user) const;
    [[nodiscard]] Received look(std::string_view user, const std::string& target) const;

    [[nodiscard]] std::uint16_t port() const { return server_->port(); }
    [[nodiscard]] LogId newest();
    [[nodiscard]] const std::filesystem::path& folder() const { return home_.path(); }
    [[nodiscard]] ConsoleSetup setup() const;

    /// Runs something on the deciding thread and waits for it.
    template <class Work>
    auto on_loop(Work work)
    {
        std::packaged_task<std::invoke_result_t<Work>()> task{std::move(work)};
        auto result = task.get_future();
        boost::asio::post(io_, [&task] { task(); });
        return result.get();
    }
    [[nodiscard]] ConsoleServer& server() { return *server_; }

private:
    void commit();

    test::TempDir home_;
    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> busy_{
        io_.get_executor()};
    Clock clock_;
    Site site_;
    LiveFeed feed_;
    Bell published_{io_.get_executor()};
    std::unique_ptr<LogWriter> writer_;
    std::unique_ptr<ReaderPool> readers_;
    std::map<std::string, test::ScriptedPost> posts_;
    std::optional<ConsoleServer> server_;
    std::thread loop_;
};

}  // namespace ks::edge
