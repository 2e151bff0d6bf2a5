#include "tests/stories/site.hpp"

#include <catch2/catch.hpp>
#include <sqlite3.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace ks::test {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

std::string text_of_file(const fs::path& file)
{
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::vector<json::object> lines_of(const fs::path& file)
{
    std::vector<json::object> objects;
    std::ifstream in{file};
    // The last line may be in the making; what is not whole yet is not read yet.
    for (std::string line; std::getline(in, line);) {
        boost::system::error_code error;
        auto value = json::parse(line, error);
        if (!error && value.is_object()) objects.push_back(value.as_object());
    }
    return objects;
}

std::string last_lines(const fs::path& file)
{
    std::ifstream in{file};
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    std::string text = file.filename().string() + ":\n";
    for (std::size_t i = lines.size() > 8 ? lines.size() - 8 : 0; i < lines.size(); ++i)
        text += "    " + lines[i] + "\n";
    return text;
}

/// Seconds that a program may take to start under sanitisers on a shared machine.
constexpr std::chrono::seconds start_limit{30};

}  // namespace

fs::path program(const std::string& name) { return fs::path{KS_PROGRAMS} / name; }

std::string Site::post(int number)
{
    auto digits = std::to_string(number);
    return "POST-" + std::string(4 - digits.size(), '0') + digits;
}

Site::Site(const Setup& setup) : setup_{setup}, broker_port_{free_port()}
{
    run({program("edge/ctl/kickstand"), "site", "init", "--dir", folder() / "site", "--site",
         "STORY-SITE", "--posts", std::to_string(setup_.posts), "--port",
         std::to_string(broker_port_)});
    std::ofstream{folder() / "scenario.toml"} << setup_.scenario;

    const auto said = folder() / "receiver.log";
    receiver_ = std::make_unique<Process>(
        std::vector<std::string>{"python3", fs::path{KS_SOURCES} / "scripts/webhook_receiver.py",
                                 "--secret", folder() / "site/edge/webhook.secret", "--log",
                                 folder() / "webhooks.jsonl"},
        said);
    until("the webhook receiver listens", start_limit, [&] {
        std::istringstream words{text_of_file(said)};
        std::string word;
        return words >> word && word == "port" && words >> webhook_port_;
    });
    write_edge_config(setup_.edge_config);
    start_broker();
    start_edge();
    start_posts();
}

void Site::start_broker()
{
    broker_ = std::make_unique<Process>(
        std::vector<std::string>{"mosquitto", "-c", folder() / "site/broker/mosquitto.conf"},
        folder() / "broker.log");
    until("the broker listens", start_limit, [&] {
        const auto socket = connect_to(broker_port_);
        if (socket >= 0) ::close(socket);
        return socket >= 0;
    });
}

void Site::start_edge()
{
    const auto ready = folder() / "edge.ready";
    fs::remove(ready);
    edge_ = std::make_unique<Process>(std::vector<std::string>{program("edge/app/kickstand-edge"),
                                                               "--config", folder() / "edge.toml",
                                                               "--summary", folder() / "edge.json",
                                                               "--ready-file", ready},
                                      folder() / "edge.log");
    until("the edge is ready", start_limit, [&] { return fs::exists(ready); });
}

void Site::start_posts()
{
    posts_ = std::make_unique<Process>(
        std::vector<std::string>{
            program("sim/fleet/kickstand-sim"), "--site", folder() / "site", "--broker",
            "127.0.0.1:" + std::to_string(broker_port_), "--posts", std::to_string(setup_.posts),
            "--scenario", folder() / "scenario.toml", "--state", folder() / "posts", "--truth",
            folder() / "truth.jsonl", "--control", folder() / "posts.sock"},
        folder() / "posts.log");
    until("the simulator listens", start_limit,
          [&] { return fs::exists(folder() / "posts.sock"); });
    until("every post has found its broker", std::chrono::seconds{90}, [&] {
        const json::object question{{"do", "fleet"}};
        const auto fleet = control(question);
        for (const auto& post : fleet.at("posts").as_array())
            if (!post.at("linked").as_bool()) return false;
        return true;
    });
}

json::object Site::control(const json::object& command)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = folder() / "posts.sock";
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        ::close(socket);
        throw std::runtime_error{"the simulator does not listen at " + path};
    }
    const auto line = json::serialize(command) + "\n";
    std::string answer;
    if (::send(socket, line.data(), line.size(), MSG_NOSIGNAL) ==
        static_cast<ssize_t>(line.size())) {
        for (char c = 0; ::recv(socket, &c, 1, 0) == 1 && c != '\n';)
            answer += c;
    }
    ::close(socket);
    auto said = json::parse(answer).as_object();
    if (said.contains("error"))
        throw std::runtime_error{json::serialize(command) + ": " + json::serialize(said)};
    return said;
}

std::vector<std::vector<std::string>> Site::rows_of_log(const std::string& query) const
{
    std::vector<std::vector<std::string>> rows;
    sqlite3* database = nullptr;
    const std::string file = folder() / "log.db";
    if (sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK) {
        sqlite3_busy_timeout(database, 2'000);
        const auto collect = [](void* into, int count, char** values, char**) {
            std::vector<std::string> row;
            for (int i = 0; i < count; ++i)
                row.emplace_back(values[i] ? values[i] : "");
            static_cast<std::vector<std::vector<std::string>>*>(into)->push_back(row);
            return 0;
        };
        sqlite3_exec(database, query.c_str(), collect, &rows, nullptr);
    }
    sqlite3_close(database);
    return rows;
}

std::int64_t Site::ask_log(const std::string& query) const
{
    const auto rows = rows_of_log(query);
    return rows.empty() || rows[0][0].empty() ? 0 : std::stoll(rows[0][0]);
}

std::vector<json::object> Site::webhooks() const { return lines_of(folder() / "webhooks.jsonl"); }

std::vector<json::object> Site::truth() const { return lines_of(folder() / "truth.jsonl"); }

std::string Site::last_words() const
{
    std::string text;
    for (const auto* name : {"broker.log", "edge.log", "posts.log", "receiver.log"})
        text += last_lines(folder() / name);
    return text;
}

void Site::write_edge_config(const std::string& more) const
{
    const auto site = (folder() / "site").string();
    std::ofstream out{folder() / "edge.toml"};
    out << "[site]\nid = \"STORY-SITE\"\ncommand_key_file = \"" << site << "/edge/command.key\"\n"
        << "[log]\nfile = \"" << (folder() / "log.db").string()
        << "\"\n"
        // How full the disk of whoever runs the tests is, is no part of any story.
        << "disk_alarms = \"off\"\n"
        << "[broker]\nhost = \"127.0.0.1\"\nport = " << broker_port_ << "\nsecurity = \"tls\"\n"
        << "authority_file = \"" << site << "/ca/ca.crt\"\n"
        << "certificate_file = \"" << site << "/edge/edge.crt\"\n"
        << "key_file = \"" << site << "/edge/edge.key\"\n"
        << "[access]\ncards = \"any\"\n"
        << "[webhook]\nurl = \"http://127.0.0.1:" << webhook_port_ << "/kickstand\"\n"
        << "secret_file = \"" << site << "/edge/webhook.secret\"\n"
        << more;
}

std::string Site::run(const std::vector<std::string>& command) const
{
    const auto output = folder() / "run.log";
    Process process{command, output};
    const auto status = process.wait(std::chrono::seconds{60});
    if (status != 0) throw std::runtime_error{command.front() + ": " + text_of_file(output)};
    return text_of_file(output);
}

void Site::until(const std::string& what, std::chrono::milliseconds limit,
                 const std::function<bool()>& holds)
{
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > deadline) {
            INFO(last_words());
            FAIL("did not come true within " << limit.count() << " ms: " << what);
        }
        // The one place where a story waits for programs it does not own.
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
}

}  // namespace ks::test
