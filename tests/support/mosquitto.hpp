#pragma once

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <memory>
#include <string_view>

namespace ks::test {

/// The real broker, on a free loopback port and in a folder of its own, for as long as the object
/// lives. It speaks plain TCP to anybody unless the config says otherwise.
class Mosquitto {
public:
    /// `{port}` and `{dir}` in the text become the port and the folder. The text names its
    /// listener; `user` is added, because a broker started by root would change to one that may
    /// not enter the folder. Returns when the port answers, or throws with the broker's log.
    explicit Mosquitto(std::string_view config);

    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
    [[nodiscard]] std::string log() const;

    /// A clean stop: with persistence on, sessions and queues are on disk afterwards.
    void stop();
    /// As a power cut would.
    void kill();
    /// On the same port, with the same config and folder.
    void start();

    /// Anybody may do anything, and what is queued survives a clean stop.
    static constexpr std::string_view open_config = "listener {port} 127.0.0.1\n"
                                                    "allow_anonymous true\n"
                                                    "persistence true\n"
                                                    "persistence_location {dir}/\n";

private:
    void launch();

    TempDir folder_;
    std::string config_;
    int port_{0};
    std::unique_ptr<Process> process_;
};

}  // namespace ks::test
