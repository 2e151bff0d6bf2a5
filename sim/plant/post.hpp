#pragma once

#include "firmware/base/fixed_queue.hpp"
#include "firmware/hal/board.hpp"
#include "sim/plant/mains.hpp"
#include "sim/plant/outlet.hpp"

#include <vector>

namespace ks::sim {

/// Something that really happened in the world, with the moment to the millisecond.
struct PlantEvent {
    enum class Kind : std::uint8_t {
        contact_closed,
        contact_opened,
        contactor_closed,
        contactor_opened,
        plugged,
        unplugged,
        fault_injected,
        faults_cleared,
        mains_lost,
        mains_returned,
    };
    Kind kind;
    Instant at;
    std::uint8_t outlet;  // 0 for what concerns the whole post
    /// True current at that moment; for an opening, the current that was interrupted.
    Amps amps;
};
[[nodiscard]] std::string_view name_of(PlantEvent::Kind kind);

/// Everything physical about one post: its supply, its contactor in series with all outlets, the
/// outlets, the bikes at them and the cards held to the reader. Deterministic from the seed. It has
/// no clock: its owner says how late it is. The meters' dividers sit before the contactor.
class PlantPost {
public:
    struct Settings {
        std::uint64_t seed = 1;
        std::uint8_t outlets = 10;
        Mains::Settings mains{};
        ContactHeat::Settings heat{};
    };

    static constexpr std::uint8_t outlets_most = 16;
    /// Nothing about loads and mains changes inside a cycle; contacts move to the millisecond.
    static constexpr Millis cycle{20};
    static constexpr std::size_t taps_most = 16;

    explicit PlantPost(Settings settings);

    [[nodiscard]] Instant now() const { return now_; }
    [[nodiscard]] std::uint8_t outlets() const
    {
        return static_cast<std::uint8_t>(outlets_.size());
    }
    /// Outlets are numbered from 1, as printed on the post.
    [[nodiscard]] const PlantOutlet& outlet(std::uint8_t number) const;
    [[nodiscard]] const Contact& contactor() const { return contactor_; }
    [[nodiscard]] const Mains& mains() const { return mains_; }
    /// The events since the last call, oldest first.
    [[nodiscard]] std::vector<PlantEvent> take_events();

    // The firmware's hands. At most `now()` old: advance first, then drive.
    void drive(std::uint8_t outlet, hal::Relay relay);
    void drive_contactor(hal::Relay relay);
    /// The post's own supply failed: every coil lets go.
    void release_coils();
    [[nodiscard]] std::optional<hal::CardTap> take_tap();

    // People and misfortune.
    void plug(std::uint8_t outlet, const Bike& bike);
    void unplug(std::uint8_t outlet);
    /// False when the reader's queue is full: nobody taps sixteen cards in one tick.
    [[nodiscard]] bool tap(hal::CardTap tap);
    void inject(std::uint8_t outlet, const Fault& fault);
    void clear_faults(std::uint8_t outlet);
    void set_contactor_fault(ContactFault fault);
    void set_mains(Supply supply);

    void advance_to(Instant now);
    void advance(Millis lasts) { advance_to(now_ + lasts); }

private:
    [[nodiscard]] PlantOutlet& at(std::uint8_t number);
    [[nodiscard]] Instant next_change(Instant latest) const;
    void pass_until(Instant then);
    void move_contacts();
    void note(PlantEvent::Kind kind, std::uint8_t outlet, Amps amps);
    void note_contacts();

    Mains mains_;
    Contact contactor_;
    std::vector<PlantOutlet> outlets_;
    std::vector<bool> was_closed_;
    bool contactor_was_closed_{false};
    FixedQueue<hal::CardTap, taps_most> taps_;
    std::vector<PlantEvent> events_;
    Instant now_{};
    Instant cycle_ends_{cycle};
};

}  // namespace ks::sim
