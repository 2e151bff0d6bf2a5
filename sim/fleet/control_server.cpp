#include "sim/fleet/control_server.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace ks::sim {

ControlServer::ControlServer(std::filesystem::path path) : path_{std::move(path)}
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    // It gets its name when it listens: who sees the name can connect.
    const auto text = path_.string() + ".new";
    if (text.size() >= sizeof address.sun_path)
        throw Trouble{text + ": is too long for a socket's name"};
    std::memcpy(address.sun_path, text.data(), text.size());
    if (std::filesystem::is_socket(text)) std::filesystem::remove(text);

    listening_ = Descriptor{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    // Who may break posts is who started them.
    const auto mask = ::umask(0077);
    const auto bound =
        ::bind(listening_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::umask(mask);
    if (bound != 0 || ::listen(listening_.number(), peers_most) != 0)
        throw Trouble{text + ": " + std::strerror(errno)};
    std::filesystem::rename(text, path_);
}

ControlServer::~ControlServer()
{
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

int ControlServer::accept()
{
    Descriptor socket{
        ::accept4(listening_.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (socket.number() < 0 || peers_.size() == peers_most) return -1;
    const int number = socket.number();
    peers_.push_back({.socket = std::move(socket), .heard = {}});
    return number;
}

void ControlServer::serve(int peer, Fleet& fleet)
{
    const auto found = std::find_if(peers_.begin(), peers_.end(), [&](const Peer& other) {
        return other.socket.number() == peer;
    });
    if (found == peers_.end()) return;
    if (hear(*found, fleet) == Verdict::drop) peers_.erase(found);
}

ControlServer::Verdict ControlServer::hear(Peer& peer, Fleet& fleet)
{
    std::array<char, control_line_most> chunk;
    const auto got = ::recv(peer.socket.number(), chunk.data(), chunk.size(), 0);
    if (got < 0) return errno == EAGAIN || errno == EINTR ? Verdict::keep : Verdict::drop;
    if (got == 0) return Verdict::drop;
    peer.heard.append(chunk.data(), static_cast<std::size_t>(got));
    for (auto end = peer.heard.find('\n'); end != std::string::npos; end = peer.heard.find('\n')) {
        const auto answer = answer_to(std::string_view{peer.heard}.substr(0, end), fleet) + '\n';
        peer.heard.erase(0, end + 1);
        const auto sent = ::send(peer.socket.number(), answer.data(), answer.size(), MSG_NOSIGNAL);
        if (sent != static_cast<ssize_t>(answer.size())) return Verdict::drop;
    }
    return peer.heard.size() <= control_line_most ? Verdict::keep : Verdict::drop;
}

}  // namespace ks::sim
