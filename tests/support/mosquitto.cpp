#include "tests/support/mosquitto.hpp"

#include <chrono>
#include <fstream>
#include <poll.h>
#include <pwd.h>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

namespace ks::test {
namespace {

/// Another program may take the port between our look and the broker's bind.
constexpr int port_attempts = 5;
constexpr std::chrono::seconds start_limit{10};

std::string replaced(std::string text, std::string_view what, const std::string& by)
{
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

std::string current_user()
{
    const auto* const entry = ::getpwuid(::geteuid());
    return entry == nullptr ? "root" : entry->pw_name;
}

bool answers(Process& process, int port)
{
    const auto give_up = std::chrono::steady_clock::now() + start_limit;
    while (process.running() && std::chrono::steady_clock::now() < give_up) {
        const int file = connect_to(port);
        if (file >= 0) {
            ::close(file);
            return true;
        }
        ::poll(nullptr, 0, 5);
    }
    return false;
}

}  // namespace

Mosquitto::Mosquitto(std::string_view config) : config_{config}
{
    for (int attempt = 0; attempt < port_attempts; ++attempt) {
        port_ = free_port();
        launch();
        if (answers(*process_, port_)) return;
    }
    throw std::runtime_error{"mosquitto does not start:\n" + log()};
}

std::string Mosquitto::log() const
{
    std::ostringstream text;
    text << std::ifstream{folder() / "mosquitto.log"}.rdbuf();
    return text.str();
}

void Mosquitto::stop() { process_->stop(); }

void Mosquitto::kill() { process_->kill(); }

void Mosquitto::start()
{
    launch();
    if (!answers(*process_, port_)) throw std::runtime_error{"mosquitto is gone:\n" + log()};
}

void Mosquitto::launch()
{
    const auto file = folder() / "mosquitto.conf";
    const auto text =
        replaced(replaced(config_, "{port}", std::to_string(port_)), "{dir}", folder().string());
    std::ofstream{file} << text << "user " << current_user() << '\n';
    process_ =
        std::make_unique<Process>(std::vector<std::string>{"mosquitto", "-v", "-c", file.string()},
                                  folder() / "mosquitto.log");
}

}  // namespace ks::test
