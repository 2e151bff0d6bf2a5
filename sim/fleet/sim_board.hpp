#pragma once

#include "firmware/boards/host/host_board.hpp"
#include "sim/chips/nor_flash.hpp"
#include "sim/plant/random.hpp"

namespace ks::sim {

/// A post's line to a broker in the same process, and the noise that its board gathers: what a
/// whole chain on virtual time has in the place of a socket and of the system's generator. The
/// post's bytes wait here for whoever carries them.
struct InsideLine {
    /// What the modem takes before it must have sent something (our choice: its buffer of 4 KiB).
    static constexpr std::size_t room = 4'096;

    explicit InsideLine(Random seeded) : noise{seeded} {}

    void close()
    {
        state = hal::Line::closed;
        to_post.clear();
        from_post.clear();
    }

    hal::Line state{hal::Line::closed};
    std::deque<std::byte> to_post;
    std::deque<std::byte> from_post;
    Random noise;
};

/// The host's board, whose line may be lent by its owner.
class SimBoard : public host::HostBoard<NorFlash> {
public:
    using host::HostBoard<NorFlash>::HostBoard;
    ~SimBoard() { lend(nullptr); }
    SimBoard(const SimBoard&) = delete;
    SimBoard& operator=(const SimBoard&) = delete;

    /// Before the post is booted; it outlives the board. With none, the line is a socket again.
    void lend(InsideLine* line)
    {
        if (inside_ != nullptr) inside_->close();
        inside_ = line;
        if (inside_ != nullptr) inside_->close();
    }

    // What the firmware sees.
    /// Nobody is between the post and its broker: there is nothing for TLS to keep out.
    [[nodiscard]] bool line_stays_inside() const { return inside_ != nullptr; }
    [[nodiscard]] hal::Line line() { return inside_ ? inside_->state : HostBoard::line(); }
    void open_line()
    {
        if (inside_ == nullptr) return HostBoard::open_line();
        inside_->close();
        inside_->state = hal::Line::opening;
    }
    void close_line()
    {
        if (inside_ == nullptr) return HostBoard::close_line();
        inside_->close();
    }
    [[nodiscard]] std::size_t send(Bytes out)
    {
        if (inside_ == nullptr) return HostBoard::send(out);
        if (inside_->state != hal::Line::open) return 0;
        auto& waiting = inside_->from_post;
        const auto taken = out.first(std::min(out.size(), InsideLine::room - waiting.size()));
        waiting.insert(waiting.end(), taken.begin(), taken.end());
        return taken.size();
    }
    [[nodiscard]] std::size_t receive(std::span<std::byte> in)
    {
        if (inside_ == nullptr) return HostBoard::receive(in);
        auto& waiting = inside_->to_post;
        const auto count = std::min(in.size(), waiting.size());
        const auto end = waiting.begin() + static_cast<std::ptrdiff_t>(count);
        std::copy(waiting.begin(), end, in.begin());
        waiting.erase(waiting.begin(), end);
        return count;
    }
    [[nodiscard]] bool random(std::span<std::byte> into)
    {
        if (inside_ == nullptr || stuck_noise) return HostBoard::random(into);
        for (auto& byte : into)
            byte = static_cast<std::byte>(inside_->noise.next() >> 56);
        return true;
    }

private:
    InsideLine* inside_{nullptr};
};

}  // namespace ks::sim
