#include "firmware/boards/host/tcp_line.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ks::host {

void TcpLine::open()
{
    close();
    if (air_ == Air::jammed) {
        state_ = hal::Line::opening;
        return;
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    if (inet_pton(AF_INET, address_.c_str(), &address.sin_addr) != 1) return;

    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return;
    // Small acknowledgements must not wait for Nagle's timer (docs/sources.md, Measured).
    const int on = 1;
    static_cast<void>(setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));

    const auto connected =
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    if (connected == 0)
        state_ = hal::Line::open;
    else if (errno == EINPROGRESS)
        state_ = hal::Line::opening;
    else
        close();
}

void TcpLine::close()
{
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
    state_ = hal::Line::closed;
}

hal::Line TcpLine::state()
{
    if (state_ != hal::Line::opening || air_ == Air::jammed) return state_;
    if (socket_ < 0) {  // asked for while the air was jammed
        close();
        return state_;
    }
    pollfd look{.fd = socket_, .events = POLLOUT, .revents = 0};
    if (::poll(&look, 1, 0) <= 0) return state_;
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0)
        close();
    else
        state_ = hal::Line::open;
    return state_;
}

std::size_t TcpLine::send(Bytes bytes)
{
    if (state() != hal::Line::open || air_ == Air::jammed || bytes.empty()) return 0;
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) return static_cast<std::size_t>(sent);
    if (errno != EAGAIN && errno != EINTR) close();
    return 0;
}

std::size_t TcpLine::receive(std::span<std::byte> into)
{
    if (state() != hal::Line::open || air_ == Air::jammed || into.empty()) return 0;
    const auto got = ::recv(socket_, into.data(), into.size(), 0);
    if (got > 0) return static_cast<std::size_t>(got);
    if (got == 0 || (errno != EAGAIN && errno != EINTR)) close();
    return 0;
}

}  // namespace ks::host
