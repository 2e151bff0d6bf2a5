#pragma once

#include "firmware/app/guard_side.hpp"
#include "sim/fleet/post_world.hpp"

#include <vector>

namespace ks::sim {

/// The shipping guard over the shipping drivers, joined to the plant and its meters, in virtual
/// time: from the charger's current to the relay's contacts without an edge.
class ChainRig {
public:
    explicit ChainRig(std::uint64_t seed) : ChainRig{seed, protocol::factory_calibration} {}

    ChainRig(std::uint64_t seed, const protocol::Calibration& calibration)
        : world{{.seed = seed}}, side_{board_, 10, 0}
    {
        auto settings = protocol::factory_settings;
        settings.calibration = calibration;
        settings.types[0].full_hold = Millis{5'000};
        settings.types[0].unplugged_hold = Millis{3'000};
        check(side_.guard().wish(core::WishRestore{.settings = settings,
                                                   .latched = {},
                                                   .whole = {},
                                                   .memory = core::WishRestore::Memory::good}));
        run(Millis{6'000});  // meters come up at once; a relay rests 5 s after a boot
    }

    void run(Millis lasts)
    {
        const Instant until = now_ + lasts;
        while (now_ < until) {
            now_ = now_ + Millis{5};
            world.advance_to(now_);
            world.sense(board_);
            board_.set_now(now_);
            side_.guard().still_here(now_);
            side_.tick();
            world.obey(board_);
            while (const auto told = side_.guard().news())
                news.push_back(*told);
            while (side_.guard().readings()) {
            }
        }
    }

    void plug(std::uint8_t outlet, std::string_view charger, double capacity_wh, double charge)
    {
        const auto profile = charger_profile(charger).value();
        world.plant().plug(outlet, {.battery = {.chemistry = profile.chemistry,
                                                .capacity_wh = capacity_wh,
                                                .charge = charge},
                                    .charger = profile});
    }
    void start(std::uint8_t outlet)
    {
        check(side_.guard().wish(core::WishStart{.ticket = ++tickets_,
                                                 .outlet = outlet,
                                                 .session = tickets_,
                                                 .means = protocol::StartMeans::command,
                                                 .time_limit = Millis{3'600'000},
                                                 .energy_limit = MilliwattHours{1'000'000}}));
    }
    void stop(std::uint8_t outlet)
    {
        check(side_.guard().wish(core::WishStop{
            .ticket = ++tickets_, .outlet = outlet, .reason = protocol::EndReason::stopped}));
    }

    /// As if the post had sent it.
    void say_on_bus(std::size_t bus, Bytes frame)
    {
        auto& wire = board_.wires.at(bus).from_post;
        wire.insert(wire.end(), frame.begin(), frame.end());
    }
    [[nodiscard]] OutletTruth truth(std::uint8_t outlet)
    {
        return world.plant().outlet(outlet).truth();
    }
    [[nodiscard]] Instant now() const { return now_; }

    template <class Kind>
    [[nodiscard]] std::vector<Kind> told() const
    {
        std::vector<Kind> found;
        for (const auto& item : news)
            if (const auto* kind = std::get_if<Kind>(&item)) found.push_back(*kind);
        return found;
    }

    PostWorld world;
    std::vector<core::News> news;

private:
    NorFlash chip_{hal::NorGeometry{.sector_size = 4'096, .sectors = 4, .page_size = 256}};
    SimBoard board_{chip_, "127.0.0.1", 1};  // its line is never opened
    app::GuardSide<SimBoard> side_;
    Instant now_{};
    core::Ticket tickets_{0};
};

}  // namespace ks::sim
