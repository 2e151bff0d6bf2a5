#pragma once

#include "firmware/app/post.hpp"
#include "sim/fleet/processor.hpp"
#include "sim/fleet/promises.hpp"

#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace ks::sim {

/// A record that is in a post's journal, whatever happens from here on.
struct DurableRecord {
    protocol::Lane lane;
    std::uint64_t seq;
    /// None when the journal itself can no longer say it.
    std::optional<protocol::ChainDigest> digest;
    std::uint32_t boot;
};

/// What became of a post's processor.
struct LifeEvent {
    enum class Kind : std::uint8_t { booted, power_lost, watchdog_bit, restarted, trapped };
    Kind kind;
    Instant at;
    std::uint32_t boot;
};
[[nodiscard]] std::string_view name_of(LifeEvent::Kind kind);

/// One post: the firmware that ships, on the host board, joined to its plant, its meters and its
/// flash. Losing power destroys the firmware's objects between two turns, or in the middle of a
/// flash write; the plant and the flash stay. It has no clock: the owner says how late it is.
///
/// Whatever runs it, every tick is held to `PostPromises`: `power_up` and `pass` throw
/// `BrokenPromise`.
class SimPost {
public:
    /// A megabyte: a journal of 256 sectors, and what the post keeps beside it. A whole W25Q64
    /// works as well, but thousands of posts need not carry its index each.
    static constexpr std::uint32_t journal_sectors = 256;
    static constexpr hal::NorGeometry nor_geometry{
        .sector_size = w25q64.sector_size,
        .sectors = journal_sectors + core::Vault::sectors + core::CardStore::sectors,
        .page_size = w25q64.page_size};

    struct Setup {
        app::Build build;
        std::string broker_address;  // numeric
        std::uint16_t broker_port;
        std::uint8_t outlets;
        std::uint64_t seed;
        /// The flash's image; in RAM without one.
        std::optional<std::filesystem::path> nor_file;
        /// What the installer set; written into a vault that holds nothing yet.
        protocol::Settings commissioned;
        /// What he mounted around it.
        app::Fittings fittings{app::no_fittings};
        /// In the place of the broker's address, when the broker is in this process. It outlives
        /// the post, which closes it when it loses power.
        InsideLine* line{nullptr};
    };

    /// Off until `power_up`. The identity outlives the post. Throws `std::system_error` when the
    /// image cannot be used.
    SimPost(const app::Identity& identity, Setup setup);
    SimPost(const SimPost&) = delete;
    SimPost& operator=(const SimPost&) = delete;

    [[nodiscard]] std::string_view id() const { return identity_->post.text(); }
    [[nodiscard]] PlantPost& plant() { return world_.plant(); }
    [[nodiscard]] Processor& processor() { return processor_; }
    [[nodiscard]] SensorBus& sensors() { return world_.sensors(); }
    [[nodiscard]] bool powered() const { return firmware_ != nullptr; }
    [[nodiscard]] bool linked() const;
    /// What it does to the line its group shares: a post without power lets go.
    [[nodiscard]] hal::GroupLine group_line() const;
    /// What it lets people hear.
    [[nodiscard]] hal::Sound sounds() const;
    void set_air(host::TcpLine::Air air);
    /// What the firmware has in force. Only while it is powered.
    [[nodiscard]] const protocol::Settings& settings() const;
    /// What its journal says, in the order of a lane. Only while it is powered.
    [[nodiscard]] std::vector<protocol::Record> journal(protocol::Lane lane);

    /// Off again when its flash loses power in the middle of the boot.
    void power_up(protocol::ResetCause cause);
    void power_cut();
    /// Power fails inside the next write or erase of the flash, which is torn.
    void power_fails_at_next_write();

    /// What somebody at the post's own shell commands. Only while it is powered.
    void command_here(const protocol::Command& command);
    /// The record of that lane and sequence; nothing when the journal no longer holds it. Only
    /// while it is powered.
    [[nodiscard]] std::optional<protocol::Record> record(protocol::Lane lane, std::uint64_t seq);
    /// The next erase of the flash keeps the rest busy for so long. The world and the guard go on
    /// meanwhile, `happens` is called before each of their ticks, and `pass` does nothing until the
    /// post is back.
    void let_next_erase_take(Millis takes, std::function<void(Instant)> happens);

    /// Lets the world pass until then, and runs the guard once and the rest once.
    void pass(Instant now);

    [[nodiscard]] std::vector<DurableRecord> take_records();
    [[nodiscard]] std::vector<LifeEvent> take_life();

private:
    struct Firmware {
        SimBoard board;
        app::Post<SimBoard, journal_sectors> post;

        Firmware(NorFlash& nor, const app::Identity& identity, const Setup& setup)
            : board{nor, setup.broker_address, setup.broker_port},
              post{board, identity, setup.fittings, setup.build, setup.outlets}
        {
            board.memory = post.safety_memory();
            board.lend(setup.line);
        }
    };

    void commission();
    void tick();
    void die(LifeEvent::Kind kind, protocol::ResetCause cause);
    void keep_busy();
    void watch_dog();
    void watch_rail();
    void collect_records();
    void take(protocol::Lane lane, std::uint64_t seq);
    void compare_with_flash();
    void lose_power(LifeEvent::Kind kind);
    void lose_boot();
    [[nodiscard]] Instant world_time() const { return world_.plant().now(); }

    const app::Identity* identity_;
    Setup setup_;
    PostWorld world_;
    NorFlash nor_;
    Processor processor_;
    struct SlowErase {
        Millis takes;
        std::function<void(Instant)> happens;
    };
    std::optional<SlowErase> slow_erase_;
    std::unique_ptr<Firmware> firmware_;
    host::TcpLine::Air air_{host::TcpLine::Air::clear};
    Instant powered_at_{};
    std::uint32_t boot_{0};
    int ticks_unfed_{0};
    /// Held in reset by its supervisor since the rail failed; when the rail was last too low.
    std::optional<Instant> rail_low_at_;
    /// Of each lane, the last sequence that was handed out as durable.
    std::array<std::optional<std::uint64_t>, protocol::lane_count> told_{};
    std::vector<DurableRecord> records_;
    PostPromises promises_;
    /// Of each lane the newest that are durable, to be found again after a boot.
    std::array<std::deque<DurableRecord>, protocol::lane_count> durable_;
    std::vector<LifeEvent> life_;
};

}  // namespace ks::sim
