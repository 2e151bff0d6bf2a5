#include "tests/edge/console_shed.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

namespace ks::edge {

namespace net = boost::asio;
using namespace protocol;
using namespace ks::literals;

namespace {

/// One event as a browser's EventSource would hand it over.
struct Told {
    std::string kind;
    std::string id;
    std::string data;
};

/// Somebody who watches: a real socket that reads event after event.
class Watcher {
public:
    Watcher(const Shed& shed, const std::string& query,
            const std::map<std::string, std::string>& headers)
    {
        socket_.connect({net::ip::address_v4::loopback(), shed.port()});
        std::string request = "GET /api/v1/stream" + query + " HTTP/1.1\r\nHost: a\r\n";
        for (const auto& [name, value] : headers)
            request += name + ": " + value + "\r\n";
        net::write(socket_, net::buffer(request + "\r\n"));
        status_ = line_until("\r\n\r\n").substr(9, 3);
    }

    [[nodiscard]] const std::string& status() const { return status_; }

    /// The next event that is not a heartbeat.
    Told next()
    {
        for (;;) {
            const auto told = any();
            if (!told.kind.empty() && told.kind != "beat") return told;
        }
    }
    Told any()
    {
        Told told;
        std::string block = line_until("\n\n");
        while (!block.empty()) {
            const auto end = block.find('\n');
            const auto line = block.substr(0, end);
            if (line.starts_with("event: ")) told.kind = line.substr(7);
            if (line.starts_with("id: ")) told.id = line.substr(4);
            if (line.starts_with("data: ")) told.data = line.substr(6);
            block = end == std::string::npos ? "" : block.substr(end + 1);
        }
        return told;
    }
    /// True when the other end hung up.
    bool ended()
    {
        boost::system::error_code error;
        while (!error)
            net::read(socket_, buffer_, net::transfer_at_least(1), error);
        return error == net::error::eof;
    }

private:
    std::string line_until(std::string_view end)
    {
        const auto size = net::read_until(socket_, buffer_, end);
        std::string text{net::buffers_begin(buffer_.data()),
                         net::buffers_begin(buffer_.data()) + static_cast<std::ptrdiff_t>(size)};
        buffer_.consume(size);
        return text;
    }

    net::io_context io_;
    net::ip::tcp::socket socket_{io_};
    net::streambuf buffer_;
    std::string status_;
};

const Booted booted{.cause = ResetCause::power_on, .outlets = 2, .firmware = {}, .settings = {}};

OutletChanged change(OutletState from, OutletState to)
{
    return {.outlet = 1, .from = from, .to = to};
}

}  // namespace

TEST_CASE("a watcher sees an outlet start to charge without asking again",
          "[edge][console][stream]")
{
    Shed shed;
    shed.say("POST-0001", Lane::event, {booted});
    Watcher watcher{shed, "?since=" + std::to_string(shed.newest()), shed.signed_in_as("staff")};
    REQUIRE(watcher.status() == "200");

    shed.say("POST-0001", Lane::event, {change(OutletState::idle, OutletState::charging)});

    const auto told = watcher.next();
    CHECK(told.kind == "outlet");
    CHECK(told.id == std::to_string(shed.newest()));
    const auto data = boost::json::parse(told.data);
    CHECK(data.at("post").as_string() == "POST-0001");
    CHECK(data.at("outlet").as_int64() == 1);
    CHECK(data.at("state").as_string() == "charging");
    CHECK(data.at("seq").as_string() == told.id);
}

TEST_CASE("a trip is told before anything else that happened", "[edge][console][stream]")
{
    Shed shed;
    shed.say("POST-0001", Lane::event, {booted});
    const auto seen = std::to_string(shed.newest());
    shed.say("POST-0001", Lane::event, {change(OutletState::idle, OutletState::charging)});
    const Tripped tripped{.outlet = 1,
                          .cause = TripCause::overload,
                          .session = 0,
                          .measured = 11'000,
                          .limit = 10'000,
                          .held_for = 45_s,
                          .count = 1};
    shed.say("POST-0001", Lane::alarm, {tripped});

    Watcher watcher{shed, "?since=" + seen, shed.signed_in_as("staff")};
    const auto alarm = watcher.next();
    const auto outlet = watcher.next();

    CHECK(alarm.kind == "alarm");
    CHECK(boost::json::parse(alarm.data).at("cause").as_string() == "overload");
    CHECK(boost::json::parse(alarm.data).at("alarms_active").to_number<int>() == 1);
    CHECK(alarm.id.empty());  // the id stands on the last event of a turn alone
    CHECK(outlet.kind == "outlet");
    CHECK(outlet.id == std::to_string(shed.newest()));
}

TEST_CASE("a broken line resumes where the browser stopped", "[edge][console][stream]")
{
    Shed shed;
    shed.say("POST-0001", Lane::event, {booted});
    const auto seen = std::to_string(shed.newest());
    shed.say("POST-0001", Lane::event, {change(OutletState::idle, OutletState::closing)});

    auto headers = shed.signed_in_as("staff");
    headers["Last-Event-ID"] = seen;
    // The page's own beginning is older; what the browser saw last outranks it.
    Watcher watcher{shed, "?since=0", headers};

    const auto told = watcher.next();
    CHECK(told.kind == "outlet");
    CHECK(boost::json::parse(told.data).at("state").as_string() == "closing");
}

TEST_CASE("who comes from another log is told to load anew", "[edge][console][stream]")
{
    Shed shed;
    shed.say("POST-0001", Lane::event, {booted});
    Watcher watcher{shed, "?since=99999999", shed.signed_in_as("staff")};

    const auto told = watcher.next();

    CHECK(told.kind == "resync");
    CHECK(told.id == std::to_string(shed.newest()));
}

TEST_CASE("who fell behind the window is told to load anew, in one line", "[edge][console][stream]")
{
    LiveFeed feed;
    Fleet fleet;
    const auto post = fleet.number_of(*PostId::from("POST-0001"));
    for (LogId id = 1; id <= LiveFeed::window + 2; ++id) {
        const Record record{.head = {}, .body = change(OutletState::idle, OutletState::charging)};
        feed.publish(RecordLogged{.id = id, .post = post, .arrived = {}, .record = record});
    }

    CHECK(missed_since(1, feed, fleet).extent == Missed::Extent::too_much);
    CHECK(missed_since(2, feed, fleet).extent == Missed::Extent::some);
    CHECK(missed_since(feed.newest(), feed, fleet).extent == Missed::Extent::nothing);
}

TEST_CASE("a heartbeat says the time and how far behind we are", "[edge][console][stream]")
{
    auto limits = Shed::brisk();
    limits.beat_every = Millis{20};
    Shed shed{limits};
    Watcher watcher{shed, "", shed.signed_in_as("staff")};

    auto told = watcher.any();
    while (told.kind != "beat")
        told = watcher.any();

    const auto data = boost::json::parse(told.data);
    CHECK(data.at("behind").to_number<int>() == 0);
    CHECK(data.at("now").to_number<std::int64_t>() > 1'600'000'000'000);
    while (watcher.any().kind != "beat") {
    }
}

TEST_CASE("a stream ends with its login", "[edge][console][stream]")
{
    auto limits = Shed::brisk();
    limits.beat_every = Millis{20};
    Shed shed{limits};
    const auto headers = shed.signed_in_as("staff");
    Watcher watcher{shed, "", headers};
    REQUIRE(watcher.status() == "200");

    REQUIRE(shed.ask({.method = "POST", .target = "/api/v1/logout", .headers = headers}).status ==
            200);

    CHECK(watcher.ended());
}

TEST_CASE("streams are few enough to serve", "[edge][console][stream]")
{
    auto limits = Shed::brisk();
    limits.streams = 1;
    Shed shed{limits};
    const auto headers = shed.signed_in_as("staff");
    Watcher first{shed, "", headers};
    REQUIRE(first.status() == "200");

    const Watcher second{shed, "", headers};

    CHECK(second.status() == "503");
}

}  // namespace ks::edge
