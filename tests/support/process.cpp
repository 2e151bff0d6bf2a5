#include "tests/support/process.hpp"

#include <arpa/inet.h>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ks::test {
namespace {

sockaddr_in loopback(int port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
}

const sockaddr* generic(const sockaddr_in& address)
{
    return reinterpret_cast<const sockaddr*>(&address);
}

std::string with_sbin(const char* path) { return std::string{path ? path : ""} + ":/usr/sbin"; }

}  // namespace

Process::Process(const std::vector<std::string>& command, const std::filesystem::path& output)
{
    if (command.empty()) throw std::invalid_argument{"no command"};
    std::vector<char*> words;
    for (const auto& word : command)
        words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    const auto search = with_sbin(std::getenv("PATH"));

    id_ = ::fork();
    if (id_ < 0) throw std::runtime_error{"cannot fork"};
    if (id_ > 0) return;

    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(file, STDERR_FILENO);
    ::setenv("PATH", search.c_str(), 1);
    ::execvp(words[0], words.data());
    ::_exit(127);
}

Process::~Process() { stop(); }

bool Process::running() { return !wait(std::chrono::milliseconds{0}); }

void Process::stop()
{
    if (status_) return;
    signal(SIGTERM);
    if (!wait(std::chrono::seconds{5})) kill();
}

void Process::kill()
{
    if (status_) return;
    signal(SIGKILL);
    int status = 0;
    ::waitpid(id_, &status, 0);
    status_ = status;
}

void Process::signal(int number) const
{
    if (!status_) ::kill(id_, number);
}

std::optional<int> Process::wait(std::chrono::milliseconds limit)
{
    const auto give_up = std::chrono::steady_clock::now() + limit;
    while (!status_) {
        int status = 0;
        if (::waitpid(id_, &status, WNOHANG) == id_)
            status_ = status;
        else if (std::chrono::steady_clock::now() >= give_up)
            break;
        else
            ::poll(nullptr, 0, 5);
    }
    return status_;
}

int free_port()
{
    const int file = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    socklen_t size = sizeof address;
    const bool found = ::bind(file, generic(address), size) == 0 &&
                       ::getsockname(file, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(file);
    if (!found) throw std::runtime_error{"no free port"};
    return ntohs(address.sin_port);
}

int connect_to(int port)
{
    const int file = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(port);
    if (::connect(file, generic(address), sizeof address) == 0) return file;
    ::close(file);
    return -1;
}

}  // namespace ks::test
