#include "tests/edge/console_shed.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

namespace ks::edge {

namespace net = boost::asio;

namespace {

/// A peer that says exactly these bytes and listens until the other end hangs up.
std::string answer_to(const Shed& shed, std::string_view bytes)
{
    net::io_context io;
    net::ip::tcp::socket socket{io};
    socket.connect({net::ip::address_v4::loopback(), shed.port()});
    boost::system::error_code error;
    net::write(socket, net::buffer(bytes), error);
    std::string answer;
    net::read(socket, net::dynamic_buffer(answer), error);
    return answer;
}

}  // namespace

TEST_CASE("every answer forbids what a page of ours never needs", "[edge][console][headers]")
{
    const Shed shed;
    const auto login = shed.signed_in_as("admin");
    for (const std::string target : {"/", "/nothing/here", "/api/v1/site", "/api/v2", "/%"}) {
        CAPTURE(target);
        const auto answer = shed.ask({.target = target, .headers = login});
        const auto policy = answer.header("Content-Security-Policy");
        CHECK(policy.starts_with("default-src 'none'"));
        CHECK(policy.find("unsafe") == std::string::npos);
        CHECK(policy.find("frame-ancestors 'none'") != std::string::npos);
        CHECK(answer.header("X-Content-Type-Options") == "nosniff");
        CHECK(answer.header("X-Frame-Options") == "DENY");
        CHECK(answer.header("Referrer-Policy") == "no-referrer");
        CHECK(answer.header("Server").empty());
        // On plain loopback it would bind every other program of this machine.
        CHECK(answer.header("Strict-Transport-Security").empty());
    }
    CHECK(shed.ask({.target = "/api/v1/site", .headers = login}).header("Cache-Control") ==
          "no-store");
}

TEST_CASE("a page is sent once, compressed when the browser can", "[edge][console][assets]")
{
    const Shed shed;

    const auto first = shed.ask({.target = "/assets/app-1234.js"});
    const auto small =
        shed.ask({.target = "/assets/app-1234.js", .headers = {{"Accept-Encoding", "br, gzip"}}});
    const auto again = shed.ask(
        {.target = "/assets/app-1234.js", .headers = {{"If-None-Match", first.header("ETag")}}});
    const auto head = shed.ask({.method = "HEAD", .target = "/"});

    CHECK(first.status == 200);
    CHECK(first.body == "export const answer = 42;");
    CHECK(first.header("Content-Type") == "text/javascript; charset=utf-8");
    CHECK(first.header("Cache-Control") == "public, max-age=31536000, immutable");
    CHECK(small.body == "squeezed");
    CHECK(small.header("Content-Encoding") == "gzip");
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    CHECK(head.status == 200);
    CHECK(head.header("Content-Length") == "39");
    CHECK(shed.ask({.target = "/"}).header("Cache-Control") == "no-cache");
}

TEST_CASE("no path leads out of the web app", "[edge][console][assets]")
{
    const Shed shed;
    for (const std::string target :
         {"/../users.json", "/assets/../../users.json", "/%2e%2e/users.json", "/..%2fusers.json",
          "//users.json", "/assets//app-1234.js", "/index.html/", "/assets/app-1234.js%00.html",
          "/assets/app-1234.js.gz", "/first-login"}) {
        CAPTURE(target);
        CHECK(shed.ask({.target = target}).status == 404);
    }
}

TEST_CASE("what is no request, or too much of one, is refused in a word",
          "[edge][console][bad-input]")
{
    const Shed shed;
    struct Row {
        std::string bytes;
        std::string status;
    };
    const auto login = [](const std::string& body) {
        return "POST /api/v1/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
               "Connection: close\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n\r\n" + body;
    };
    const std::string end = " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    const std::string long_target = "GET /" + std::string(3'000, 'a');
    const std::string longer_target = "GET /" + std::string(9'000, 'a');
    const std::string long_field = "GET / HTTP/1.1\r\nA: " + std::string(9'000, 'a');
    const std::string long_password = std::string(257, 'x');
    const std::string post = "POST / HTTP/1.1\r\n";
    std::vector<Row> rows;
    const auto row_of = [&](std::string status, std::string bytes) {
        rows.push_back(Row{.bytes = std::move(bytes), .status = std::move(status)});
    };
    row_of("400", "\x16\x03\x01\x02\x01\x01\x01\x01\xfc\x03\x03\r\n\r\n");
    row_of("400", "GET / HTTP/9.9\r\n\r\n");
    row_of("400", "GET /\x01 HTTP/1.1\r\n\r\n");
    row_of("400", "GET http://a/" + end);
    row_of("400", "GET /%" + end);
    row_of("400", long_target + end);
    row_of("431", longer_target + end);
    row_of("431", long_field);
    row_of("413", post + "Content-Length: 65537\r\n\r\n");
    row_of("413", post + "Content-Length: 4294967296\r\n\r\n");
    row_of("400", post + "Content-Length: -1\r\n\r\n");
    row_of("400", post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab");
    row_of("400", login(""));
    row_of("400", login("{"));
    row_of("400", login("[]"));
    row_of("400", login(R"({"user":1,"password":2})"));
    row_of("400", login(R"({"user":"a"})"));
    row_of("400", login(std::string(40, '[')));
    row_of("400", login(R"({"user":"a","password":")" + long_password + "\"}"));
    row_of("405", "TRACE /" + end);
    row_of("405", "PUT /api/v1/login" + end);
    row_of("404", "GET /api" + end);
    row_of("404", "GET /api/v2/site" + end);
    row_of("401", "GET /api/v1/site/more" + end);
    for (const auto& row : rows) {
        CAPTURE(row.bytes.substr(0, 60));
        const auto answer = answer_to(shed, row.bytes);
        CHECK(answer.substr(0, 12) == "HTTP/1.1 " + row.status);
        CHECK(answer.find("boost") == std::string::npos);
    }
}

TEST_CASE("a list's parameters are understood whole or not at all", "[edge][console][bad-input]")
{
    const Shed shed;
    const auto login = shed.signed_in_as("manager");
    for (const std::string query :
         {"limit=0", "limit=-1", "limit=501", "limit=1e3", "limit=18446744073709551616",
          "limit=", "before=", "before=01", "before=x", "before=+1", "outlet=0", "outlet=13",
          "outlet=256", "outlet=%31%00"}) {
        CAPTURE(query);
        CHECK(shed.ask({.target = "/api/v1/sessions?" + query, .headers = login}).status == 400);
    }
    CHECK(shed.ask({.target = "/api/v1/alarms?state=other", .headers = login}).status == 400);
    CHECK(shed.ask({.target = "/api/v1/stream?since=x", .headers = login}).status == 400);
    CHECK(shed.ask({.target = "/api/v1/sessions?limit=5&unknown=1", .headers = login}).status ==
          200);
}

TEST_CASE("a peer that drips its header is told to go", "[edge][console][slow]")
{
    auto limits = Shed::brisk();
    limits.header = Millis{150};
    limits.body = Millis{150};
    Shed shed{limits};

    const auto header = answer_to(shed, "GET / HTTP/1.1\r\nHost: ");
    const auto body = answer_to(shed, "POST /api/v1/login HTTP/1.1\r\nContent-Length: 9\r\n\r\n{");

    CHECK(header.substr(0, 12) == "HTTP/1.1 408");
    CHECK(body.substr(0, 12) == "HTTP/1.1 408");
    CHECK(shed.on_loop([&] { return shed.server().figures().timed_out; }) == 2);
    CHECK(shed.ask({.target = "/"}).status == 200);
}

TEST_CASE("a silent peer is let go without a word", "[edge][console][slow]")
{
    auto limits = Shed::brisk();
    limits.idle = Millis{100};
    const Shed shed{limits};
    CHECK(answer_to(shed, "").empty());
}

TEST_CASE("one source cannot take all the connections", "[edge][console][slow]")
{
    auto limits = Shed::brisk();
    limits.connections_per_source = 3;
    limits.idle = Millis{60'000};
    Shed shed{limits};
    net::io_context io;
    std::vector<net::ip::tcp::socket> held;
    for (int i = 0; i < 3; ++i) {
        held.emplace_back(io).connect({net::ip::address_v4::loopback(), shed.port()});
    }
    while (shed.on_loop([&] { return shed.server().connections(); }) < 3)
        std::this_thread::yield();

    CHECK(answer_to(shed, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").empty());
    CHECK(shed.on_loop([&] { return shed.server().figures().turned_away; }) == 1);

    held.clear();
    while (shed.on_loop([&] { return shed.server().connections(); }) > 0)
        std::this_thread::yield();
    CHECK(shed.ask({.target = "/"}).status == 200);
}

TEST_CASE("plain HTTP is for loopback alone", "[edge][console][config]")
{
    const Shed shed;
    auto setup = shed.setup();
    CHECK(faults_of(setup).empty());

    setup.address = "0.0.0.0";
    CHECK(faults_of(setup) == std::vector{SetupFault::plain_beyond_loopback});
    setup.address = "somewhere";
    setup.web = shed.folder() / "nowhere";
    CHECK(faults_of(setup) == std::vector{SetupFault::not_an_address, SetupFault::web_app_missing});
    setup = shed.setup();
    setup.certificate = {.chain = "/nothing", .key = "/nothing"};
    CHECK(faults_of(setup) == std::vector{SetupFault::certificate_unusable});
}

}  // namespace ks::edge
