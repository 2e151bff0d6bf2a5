#pragma once

#include "firmware/base/fixed_queue.hpp"
#include "firmware/hal/board.hpp"
#include "sim/plant/outlet.hpp"
#include "sim/plant/plant_event.hpp"
#include "sim/plant/surroundings.hpp"

#include <vector>

namespace ks::sim {

/// Everything physical about one post: its supply, its contactor in series with all outlets, the
/// outlets, the bikes at them and the cards held to the reader. Deterministic from the seed. It has
/// no clock: its owner says how late it is. The meters' dividers sit before the contactor.
class PlantPost {
public:
    static constexpr Millis mains_cycle{20};

    struct Settings {
        std::uint64_t seed = 1;
        std::uint8_t outlets = 10;
        Mains::Settings mains{};
        ContactHeat::Settings heat{};
        Surroundings::Settings surroundings{};
        /// Nothing about loads and mains changes inside a cycle; contacts move to the millisecond.
        Millis cycle = mains_cycle;
    };

    static constexpr std::uint8_t outlets_most = 16;
    static constexpr std::size_t taps_most = 16;

    /// Whether a fault could be: some need a bike that is there, or a place that is free.
    enum class Injected : std::uint8_t { done, nothing_plugged, no_room, no_such_circuit };

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
    [[nodiscard]] const Surroundings& surroundings() const { return surroundings_; }
    /// What all outlets draw together.
    [[nodiscard]] Amps total_amps() const;

    // What the firmware can sense beside its meters.
    /// Read back from the drivers: what the coils are really given.
    [[nodiscard]] hal::Relay coil(std::uint8_t outlet) const;
    [[nodiscard]] hal::Relay contactor_coil() const { return contactor_.coil(); }
    /// Without sample and pin, which are the meter's to say.
    [[nodiscard]] hal::OutletInputs sensed_outlet(std::uint8_t outlet) const;
    [[nodiscard]] hal::PostInputs sensed_post_inputs() const;

    /// The events since the last call, oldest first.
    [[nodiscard]] std::vector<PlantEvent> take_events();

    // The firmware's hands. At most `now()` old: advance first, then drive.
    void drive(std::uint8_t outlet, hal::Relay relay);
    void drive_contactor(hal::Relay relay);
    /// The post's own supply failed: every coil lets go, and none pulls before it returns.
    void release_coils();
    void return_coil_supply();
    [[nodiscard]] std::optional<hal::CardTap> take_tap();

    // People and misfortune.
    void plug(std::uint8_t outlet, const Bike& bike);
    void unplug(std::uint8_t outlet);
    /// False when the reader's queue is full: nobody taps sixteen cards in one tick.
    [[nodiscard]] bool tap(hal::CardTap tap);
    Injected inject(std::uint8_t outlet, const Fault& fault);
    Injected inject(const PostFault& fault);
    void clear_faults(std::uint8_t outlet);
    /// What concerns the whole post is repaired, but not the weather.
    void clear_post_faults();
    void set_contactor_fault(ContactFault fault);
    void set_mains(Supply supply);
    void set_group(hal::GroupLine others) { surroundings_.set_group(others); }
    void draw_elsewhere(Amps amps) { mains_.set_drawn_elsewhere(amps); }
    /// Longer cycles cost less and know less; for steady hours.
    void set_cycle(Millis cycle) { cycle_ = cycle; }

    void advance_to(Instant now);
    void advance(Millis lasts) { advance_to(now_ + lasts); }

private:
    /// A bike on its way to an outlet.
    struct Coming {
        Instant at;
        std::uint8_t outlet;
        Bike bike;
    };

    [[nodiscard]] PlantOutlet& at(std::uint8_t number);
    [[nodiscard]] Instant next_change(Instant latest) const;
    [[nodiscard]] Injected bring(std::uint8_t outlet, const SecondBike& second);
    [[nodiscard]] Injected bring(std::uint8_t outlet, const SwappedBike& other);
    void pass_until(Instant then);
    void see_leaks();
    [[nodiscard]] Surroundings::Course course(Volts volts) const;
    void move_contacts();
    void let_come();
    void begin_cycle();
    void note(PlantEvent::Kind kind, std::uint8_t outlet, Amps amps);
    void note_contacts();

    Mains mains_;
    Surroundings surroundings_;
    Contact contactor_;
    std::vector<PlantOutlet> outlets_;
    std::vector<bool> was_closed_;
    bool contactor_was_closed_{false};
    std::vector<Coming> coming_;
    FixedQueue<hal::CardTap, taps_most> taps_;
    std::vector<PlantEvent> events_;
    Millis cycle_;
    Instant now_{};
    Instant cycle_ends_;
};

}  // namespace ks::sim
