#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace ks::test {

/// A child process that cannot outlive the test: it is ended by its id in the destructor, and by
/// the kernel if the test dies first. Its output goes to a file.
class Process {
public:
    /// The first word is the program, looked up in PATH and in /usr/sbin.
    Process(const std::vector<std::string>& command, const std::filesystem::path& output);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    [[nodiscard]] pid_t id() const { return id_; }
    [[nodiscard]] bool running();

    /// Asks it to end (SIGTERM) and waits; kills it when five seconds were not enough.
    void stop();
    /// SIGKILL, and waits.
    void kill();
    /// Sends a signal and does not wait.
    void signal(int number) const;
    /// The wait status, once it has ended within the limit.
    std::optional<int> wait(std::chrono::milliseconds limit);

private:
    pid_t id_{-1};
    std::optional<int> status_;
};

/// A TCP port of the loopback that was free a moment ago, found by binding to port zero.
[[nodiscard]] int free_port();

/// A connected loopback socket, or -1.
[[nodiscard]] int connect_to(int port);

}  // namespace ks::test
