#pragma once

#include "firmware/base/bytes.hpp"
#include "firmware/hal/board.hpp"

#include <string>

namespace ks::host {

/// The post's line to the broker as a non-blocking TCP socket: what a cellular modem in transparent
/// mode is on the real board. Owns the socket.
class TcpLine {
public:
    /// A numeric address (the host board resolves no names; the modem does that on the target).
    TcpLine(std::string address, std::uint16_t port) : address_{std::move(address)}, port_{port} {}
    ~TcpLine() { close(); }
    TcpLine(const TcpLine&) = delete;
    TcpLine& operator=(const TcpLine&) = delete;

    void open();
    void close();
    /// Looks at the socket: an attempt under way may have succeeded or failed since.
    [[nodiscard]] hal::Line state();
    /// How many bytes were taken; none when the socket is full or not open.
    [[nodiscard]] std::size_t send(Bytes bytes);
    /// How many bytes came; none when there are none. A peer that hung up closes the line.
    [[nodiscard]] std::size_t receive(std::span<std::byte> into);

    /// For the owner's event loop; -1 when closed.
    [[nodiscard]] int descriptor() const { return socket_; }

    /// What lies between the modem and the network. In a jammed one nothing arrives, nothing is
    /// refused, and nobody is told: an open line stays open, a new one stays at opening.
    enum class Air : std::uint8_t { clear, jammed };
    void set_air(Air air) { air_ = air; }

private:
    std::string address_;
    std::uint16_t port_;
    int socket_{-1};
    hal::Line state_{hal::Line::closed};
    Air air_{Air::clear};
};

}  // namespace ks::host
