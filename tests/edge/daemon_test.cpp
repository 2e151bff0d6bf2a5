#include "edge/store/reader.hpp"
#include "tests/edge/wire_post.hpp"
#include "tests/support/http_receiver.hpp"
#include "tests/support/mosquitto.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <iterator>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>

using namespace ks;
using namespace ks::protocol;
using namespace std::chrono_literals;

namespace {

/// Looks until it is so, or gives up: a real process has no clock of the test's own.
bool eventually(const std::function<bool()>& so, std::chrono::milliseconds limit = 20s)
{
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!so()) {
        if (std::chrono::steady_clock::now() >= end) return false;
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

std::string content_of(const std::filesystem::path& file)
{
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

/// The daemon as it is installed, beside a real broker and a real receiver.
struct Shed {
    test::Mosquitto broker{test::Mosquitto::open_config};
    test::HttpReceiver receiver{[](std::size_t) { return test::HttpReceiver::Answer{}; }};
    test::TempDir folder;
    std::unique_ptr<test::Process> daemon;

    Shed()
    {
        write("command.key", std::string(32, 'k'));
        write("webhook.secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        write("edge.toml", "[site]\nid = \"SITE-TEST\"\ncommand_key_file = \"" +
                               path("command.key") + "\"\n[log]\nfile = \"" + path("log.db") +
                               "\"\ndisk_alarms = \"off\"\n[broker]\nhost = "
                               "\"127.0.0.1\"\nsecurity = \"none\"\nport = " +
                               std::to_string(broker.port()) +
                               "\n[access]\ncards = \"any\"\n[webhook]\nurl = \"" + receiver.url() +
                               "\"\nsecret_file = \"" + path("webhook.secret") + "\"\n");
        start();
    }
    void start()
    {
        std::filesystem::remove(path("ready"));
        daemon = std::make_unique<test::Process>(
            std::vector<std::string>{KS_EDGE, "--config", path("edge.toml"), "--summary",
                                     path("summary.json"), "--ready-file", path("ready")},
            folder.path() / "edge.log");
        INFO(content_of(folder.path() / "edge.log"));
        REQUIRE(eventually([&] { return std::filesystem::exists(path("ready")); }));
    }
    void write(const std::string& name, const std::string& text) const
    {
        std::ofstream{path(name)} << text;
    }
    [[nodiscard]] std::string path(const std::string& name) const
    {
        return (folder.path() / name).string();
    }
    [[nodiscard]] std::string daemon_log() const { return content_of(folder.path() / "edge.log"); }
};

}  // namespace

TEST_CASE("records are acknowledged from the disk, an alarm reaches the webhook, and the summary "
          "tells of both",
          "[edge][system]")
{
    Shed shed;
    test::WirePost post{"POST-0001", "SITE-TEST", shed.broker.port()};
    post.connect();
    for (int i = 0; i < 50; ++i)
        post.tell(Lane::event, test::plugged);
    post.tell(Lane::tele, test::quiet_frame(10));
    post.tell(Lane::alarm, test::overcurrent_on(3));

    CHECK(eventually([&] { return post.all_acknowledged(); }));
    CHECK(shed.receiver.wait_for(1, 10s));
    CHECK_THAT(shed.receiver.requests().at(0).body,
               Catch::Contains(R"("type":"alarm.raised")") &&
                   Catch::Contains(R"("durable":true)") &&
                   Catch::Contains(R"("kind":"hard_overcurrent")"));

    shed.daemon->signal(SIGTERM);
    const auto status = shed.daemon->wait(10s);
    INFO(shed.daemon_log());
    REQUIRE(status == 0);
    const auto summary = content_of(shed.path("summary.json"));
    CHECK_THAT(summary, Catch::Contains(R"("posts":1,"outlets":10)") &&
                            Catch::Contains(R"("records":52)") && Catch::Contains(R"("gaps":0)") &&
                            Catch::Contains(R"("alarms":1,"webhooks_delivered":1)") &&
                            Catch::Contains(R"("chain_breaks":0)"));
}

TEST_CASE("a daemon killed again and again loses nothing it acknowledged and doubles nothing",
          "[edge][system]")
{
    Shed shed;
    test::WirePost post{"POST-0001", "SITE-TEST", shed.broker.port()};
    post.connect();
    for (int round = 0; round < 4; ++round) {
        for (int i = 0; i < 100 + round * 17; ++i)
            post.tell(i % 3 == 0 ? Lane::tele : Lane::event,
                      i % 3 == 0 ? RecordBody{test::quiet_frame(10)} : RecordBody{test::plugged});
        if (round % 2 == 0) post.tell(Lane::alarm, test::overcurrent_on(1));
        shed.daemon->kill();
        shed.start();
        post.tell_birth();
        post.tell_again();
    }
    const bool all = eventually([&] {
        if (post.all_acknowledged()) return true;
        post.tell_again();
        return false;
    });
    INFO(shed.daemon_log());
    CHECK(all);
    shed.daemon->signal(SIGTERM);
    REQUIRE(shed.daemon->wait(10s) == 0);

    edge::Reader reader{shed.path("log.db")};
    for (const auto table : {edge::Reader::Table::evidence, edge::Reader::Table::frames}) {
        std::map<Lane, std::uint64_t> expected;
        for (const auto& row : reader.chain(table, 0, 10'000)) {
            CHECK(row.key.seq == ++expected[row.key.lane]);
            CHECK(row.standing == edge::Standing::chained);
            CHECK(equal(row.bytes, post.kept(row.key.lane, row.key.seq)));
        }
        for (const auto& [lane, last] : expected)
            CHECK(last + 1 == post.next(lane));
    }
    CHECK(reader.counts().gaps == 0);
}

TEST_CASE("a broker that comes back finds the daemon waiting", "[edge][system]")
{
    Shed shed;
    shed.broker.kill();
    REQUIRE(eventually([&] { return shed.daemon_log().find("broker.lost") != std::string::npos; }));
    shed.broker.start();

    test::WirePost post{"POST-0001", "SITE-TEST", shed.broker.port()};
    post.connect();
    post.tell(Lane::alarm, test::overcurrent_on(3));
    const bool heard = eventually([&] {
        if (post.all_acknowledged()) return true;
        post.tell_again();
        return false;
    });

    INFO(shed.daemon_log());
    CHECK(heard);
}

TEST_CASE("a second daemon on the same log says so and goes", "[edge][system]")
{
    Shed shed;
    test::Process second{{KS_EDGE, "--config", shed.path("edge.toml")},
                         shed.folder.path() / "second.log"};

    const auto status = second.wait(10s);

    REQUIRE(status);
    CHECK(*status != 0);
    CHECK_THAT(content_of(shed.folder.path() / "second.log"),
               Catch::Contains("another kickstand-edge is writing"));
    CHECK(shed.daemon->running());
}

TEST_CASE("F-109 a disk that refuses is told from memory, nothing is acknowledged, and a new start "
          "has it all",
          "[edge][system]")
{
    Shed shed;
    test::WirePost post{"POST-0001", "SITE-TEST", shed.broker.port()};
    post.connect();
    post.tell(Lane::event, test::plugged);
    REQUIRE(eventually([&] { return post.all_acknowledged(); }));

    const rlimit nothing{.rlim_cur = 1, .rlim_max = RLIM_INFINITY};
    REQUIRE(::prlimit(shed.daemon->id(), RLIMIT_FSIZE, &nothing, nullptr) == 0);
    post.tell(Lane::alarm, test::overcurrent_on(3));
    const auto status = shed.daemon->wait(20s);
    REQUIRE(status);
    CHECK(WEXITSTATUS(*status) == 74);
    CHECK(post.acknowledged(Lane::alarm) == 0);
    std::string told;
    for (const auto& request : shed.receiver.requests())
        told += request.body;
    CHECK_THAT(told, Catch::Contains(R"("kind":"log_failed")") &&
                         Catch::Contains(R"("kind":"hard_overcurrent")") &&
                         Catch::Contains(R"("durable":false)"));

    shed.start();
    CHECK(eventually([&] {
        if (post.all_acknowledged()) return true;
        post.tell_again();
        return false;
    }));
}

TEST_CASE("F-106 an old backup put back is an alarm at the start, and the posts fill the log up",
          "[edge][system]")
{
    Shed shed;
    test::WirePost post{"POST-0001", "SITE-TEST", shed.broker.port()};
    post.connect();
    for (int i = 0; i < 20; ++i)
        post.tell(Lane::event, test::plugged);
    REQUIRE(eventually([&] { return post.all_acknowledged(); }));
    shed.daemon->signal(SIGTERM);
    REQUIRE(shed.daemon->wait(10s) == 0);
    for (const auto* part : {"log.db", "log.db-wal", "log.db-shm"})
        std::filesystem::remove(shed.path(part));

    shed.start();
    CHECK(shed.receiver.wait_for(1, 10s));
    CHECK_THAT(shed.receiver.requests().at(0).body, Catch::Contains(R"("kind":"log_went_back")"));
    CHECK(eventually([&] {
        post.tell_asked();
        return ks::edge::Reader{shed.path("log.db")}.counts().records == 20;
    }));
}
