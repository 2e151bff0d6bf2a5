#pragma once

#include "firmware/core/recorder/record_writer.hpp"
#include "firmware/link/link.hpp"
#include "sim/chips/nor_flash.hpp"
#include "tests/link/edge_peer.hpp"

#include <memory>

namespace ks::test {

inline const auto rig_site = *protocol::SiteId::from("SITE-0001");
inline const auto rig_post = *protocol::PostId::from("POST-0001");
inline constexpr protocol::CommandKey rig_key{std::byte{0x4B}, std::byte{0x65}, std::byte{0x79}};
inline constexpr UnixMillis rig_built{1'700'000'000'000};

/// A link over a real journal on a simulated chip, an edge at the other end, and a line between
/// them that a test can close, slow down or cut after so many bytes.
class Rig {
public:
    Rig() : Rig{hal::NorGeometry{.sector_size = 4'096, .sectors = 64, .page_size = 256}} {}
    explicit Rig(const hal::NorGeometry& chip);

    // The world.
    Instant now{1'000_ms};
    bool line_works{true};
    /// After so many more bytes in either direction the line is cut, once.
    std::optional<std::size_t> cut_after;
    /// How long a byte is under way, each way.
    Millis delay{0};

    EdgePeer edge{rig_site, rig_post};
    core::Journal& journal() { return *journal_; }
    link::Link& link() { return *link_; }
    crypto::SeededRandom random;

    // What the link told its owner.
    std::vector<protocol::Command> accepted;
    std::vector<link::Link::Refused> refused;
    std::vector<protocol::CommandResult> repeated;
    std::size_t opened{0};
    std::size_t closed{0};
    std::size_t moved{0};
    Instant wake;

    /// Until nobody has anything to do at this moment.
    void run();
    /// In steps of at most 100 ms.
    void pass(Millis time);
    /// Until the link is up and quiet.
    void come_up();

    /// The power goes and comes back; the chip keeps its bytes.
    void reboot();

    /// Bits of a record that is in the journal change by themselves.
    void damage(protocol::Lane lane, std::uint64_t seq);

    /// Appends a record as the post does; false when the lane takes no more.
    bool record(protocol::Lane lane);
    void records(protocol::Lane lane, std::size_t count)
    {
        for (std::size_t i = 0; i < count; ++i)
            check(record(lane));
    }
    /// Everything the journal took, by lane, sequence 1 first.
    std::map<protocol::Lane, std::vector<Buffer>> truth;

    [[nodiscard]] std::vector<std::uint64_t> sequences(protocol::Lane lane) const;
    /// The kinds of messages that reached the broker, in order.
    [[nodiscard]] std::vector<protocol::Up> order() const;

private:
    void boot();
    bool act();
    bool carry();
    void cut();
    [[nodiscard]] core::Moment moment() { return {.now = now, .wall = link_->wall(now)}; }

    sim::NorFlash flash_;
    std::unique_ptr<core::JournalIndex<64>> index_;
    std::unique_ptr<core::Journal> journal_;
    std::unique_ptr<core::RecordWriter> writer_;
    std::unique_ptr<link::Link> link_;

    struct InFlight {
        Instant arrives;
        std::byte byte;
    };
    std::deque<InFlight> up_;
    std::deque<InFlight> down_;
    bool line_open_{false};
    bool opening_{false};
    std::uint32_t salt_{0};
};

/// A command as the edge makes it, with everything right.
[[nodiscard]] protocol::Command good_start(const Rig& rig);
[[nodiscard]] protocol::Command good_stop(const Rig& rig);
/// Signed, and sent live to the post.
void send_command(Rig& rig, const protocol::Command& command);

}  // namespace ks::test
