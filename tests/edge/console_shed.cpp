#include "tests/edge/console_shed.hpp"

#include <boost/asio/connect.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <fstream>

namespace ks::edge {

namespace net = boost::asio;
namespace http = boost::beast::http;
using protocol::Lane;

namespace {

const auto site_id = *protocol::SiteId::from("SITE-0001");

void write_file(const std::filesystem::path& path, std::string_view text)
{
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << text;
}

/// Costs a test a millisecond and is real scrypt all the same.
constexpr ScryptCost cheap{.n = 1'024, .r = 1, .p = 1};

Users everybody()
{
    Users users;
    using enum ConsoleRole;
    for (const auto role : {resident, staff, manager, installer, auditor, admin}) {
        users[std::string{name_of(role)}] =
            User{.role = role, .hash = hash_password(Shed::password, cheap)};
    }
    return users;
}

}  // namespace

ConsoleLimits Shed::brisk() { return {.calm = Millis{1}}; }

ConsoleSetup Shed::setup() const
{
    return {.web = folder() / "web", .state = folder(), .cost = cheap};
}

Shed::Shed(const ConsoleLimits& limits) : site_{{.id = site_id, .command_key = {}, .access = {}}}
{
    write_file(folder() / "web/index.html", "<!doctype html><title>Kickstand</title>");
    write_file(folder() / "web/assets/app-1234.js", "export const answer = 42;");
    write_file(folder() / "web/assets/app-1234.js.gz", "squeezed");
    UsersFile{folder()}.save(everybody());

    const auto log = (folder() / "log.sqlite").string();
    writer_ = std::make_unique<LogWriter>(log);
    readers_ = std::make_unique<ReaderPool>(log);
    server_.emplace(io_.get_executor(), setup(),
                    ConsoleParts{.site = site_,
                                 .feed = feed_,
                                 .readers = *readers_,
                                 .published = published_,
                                 .clock = clock_},
                    limits);
    server_->start();
    loop_ = std::thread{[this] { io_.run(); }};
}

Shed::~Shed()
{
    on_loop([this] { server_->stop(); });
    busy_.reset();
    loop_.join();
    readers_->stop();
    server_.reset();
    readers_.reset();
}

void Shed::say(std::string_view post, Lane lane, const std::vector<protocol::RecordBody>& bodies)
{
    on_loop([&] {
        auto& speaker = posts_.try_emplace(std::string{post}, post).first->second;
        const auto topic = speaker.topic(site_id.text(), protocol::up_of(lane));
        for (const auto& body : bodies) {
            const auto now = clock_.read<Now>();
            speaker.wall = protocol::WallTime{.at = now.wall, .error = Millis{10}};
            const auto bytes = speaker.make(lane, body);
            speaker.mono = speaker.mono + Millis{990};  // a second from record to record
            site_.hear({.topic = topic, .payload = bytes}, now);
        }
        commit();
    });
}

void Shed::commit()
{
    Commit commit{.batch = site_.take_batch(), .deliveries = {}, .settled = {}};
    writer_->commit(commit);
    site_.committed(commit.batch);
    std::vector<LiveEvent> events;
    for (const auto& accepted : commit.batch.records) {
        if (!accepted.record) continue;
        events.push_back(RecordLogged{.id = accepted.id,
                                      .post = accepted.key.post,
                                      .arrived = accepted.arrived,
                                      .record = *accepted.record});
    }
    for (const auto& change : commit.batch.alarms)
        events.push_back(change);
    std::sort(events.begin(), events.end(),
              [](const auto& a, const auto& b) { return id_of(a) < id_of(b); });
    for (auto& event : events)
        feed_.publish(std::move(event));
    published_.ring();
}

Received Shed::ask(const Asking& asking) const
{
    net::io_context io;
    net::ip::tcp::socket socket{io};
    socket.connect({net::ip::address_v4::loopback(), port()});
    http::request<http::string_body> request{http::string_to_verb(asking.method), asking.target,
                                             11};
    request.set(http::field::host, "127.0.0.1:" + std::to_string(port()));
    for (const auto& [name, value] : asking.headers)
        request.set(name, value);
    request.body() = asking.body;
    request.prepare_payload();
    http::write(socket, request);

    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.skip(asking.method == "HEAD");
    http::read(socket, buffer, parser);
    auto response = parser.release();
    return {.status = response.result_int(),
            .headers = response.base(),
            .body = std::move(response.body())};
}

Received Shed::sign_in(std::string_view user, std::string_view word) const
{
    const boost::json::object body{{"user", user}, {"password", word}};
    return ask({.method = "POST",
                .target = "/api/v1/login",
                .headers = {{"Content-Type", "application/json"}},
                .body = boost::json::serialize(body)});
}

std::map<std::string, std::string> Shed::signed_in_as(std::string_view user) const
{
    const auto answer = sign_in(user, password);
    check(answer.status == 200);
    const auto cookie = answer.header("Set-Cookie");
    return {{"Cookie", cookie.substr(0, cookie.find(';'))},
            {"X-CSRF-Token", std::string{answer.json().at("csrf").as_string()}}};
}

Received Shed::look(std::string_view user, const std::string& target) const
{
    return ask({.target = target, .headers = signed_in_as(user)});
}

LogId Shed::newest()
{
    return on_loop([this] { return feed_.newest(); });
}

}  // namespace ks::edge
