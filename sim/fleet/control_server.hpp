#pragma once

#include "sim/fleet/control.hpp"
#include "sim/fleet/descriptor.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace ks::sim {

/// The control channel: a Unix socket that only our own user can open, one JSON line a command and
/// one back. Nothing in it blocks; a peer that does not read its answers is dropped.
class ControlServer {
public:
    static constexpr std::size_t peers_most = 16;

    /// Replaces a socket that a run before left behind. Throws `Trouble`.
    explicit ControlServer(std::filesystem::path path);
    ~ControlServer();
    ControlServer(const ControlServer&) = delete;
    ControlServer& operator=(const ControlServer&) = delete;

    [[nodiscard]] int descriptor() const { return listening_.number(); }
    /// The socket of whoever called; -1 when nobody did or too many are there.
    [[nodiscard]] int accept();
    /// Takes what this peer has sent and answers whole lines; drops the peer when it hung up or
    /// misbehaves.
    void serve(int peer, Fleet& fleet);

private:
    struct Peer {
        Descriptor socket;
        std::string heard;
    };
    enum class Verdict : std::uint8_t { keep, drop };
    [[nodiscard]] Verdict hear(Peer& peer, Fleet& fleet);

    std::filesystem::path path_;
    Descriptor listening_;
    std::vector<Peer> peers_;
};

}  // namespace ks::sim
