#pragma once

#include "firmware/app/rest_side.hpp"
#include "tests/sim/fleet_rig.hpp"

namespace ks::sim {

/// Both contexts of the post that ships, over plant, meters, flash and sensors, without an edge.
/// The test stands in for the edge alone: it starts sessions at the guard.
class ParkingRig {
public:
    explicit ParkingRig(const app::Fittings& fittings)
        : world{{.seed = 5}, fittings.slaves}, guard_{board, 10, 0}, rest_{board,
                                                                           guard_.guard(),
                                                                           guard_.word(),
                                                                           who_->identity,
                                                                           fittings,
                                                                           app::Build{},
                                                                           10}
    {
        nor_.power_up();
        static_cast<void>(rest_.boot(protocol::ResetCause::power_on));
        run(Millis{1'000});
    }

    void step()
    {
        now_ = now_ + Millis{5};
        world.advance_to(now_);
        world.sense(board);
        board.set_now(now_);
        guard_.tick();
        world.obey(board);
        rest_.turn();
    }
    void run(Millis lasts)
    {
        for (const auto until = now_ + lasts; now_ < until;)
            step();
    }
    template <class Is>
    [[nodiscard]] bool run_until(Millis most, Is is)
    {
        for (const auto until = now_ + most; now_ < until && !is();)
            step();
        return is();
    }
    /// Not within 6 s of the boot: meters come up, and a relay rests for 5 s.
    void start(std::uint8_t outlet)
    {
        check(guard_.guard().wish(core::WishStart{.ticket = 0,
                                                  .outlet = outlet,
                                                  .session = ++sessions_,
                                                  .means = protocol::StartMeans::command,
                                                  .time_limit = Millis{3'600'000},
                                                  .energy_limit = MilliwattHours{1'000'000}}));
    }
    void stop(std::uint8_t outlet)
    {
        check(guard_.guard().wish(
            core::WishStop{.ticket = 0, .outlet = outlet, .reason = protocol::EndReason::stopped}));
    }
    [[nodiscard]] ModbusSlave& sensor(hal::SensorKind kind, hal::Place place)
    {
        auto* slave = world.sensors().sensor(kind, place);
        check(slave != nullptr);
        return *slave;
    }
    void show_at(hal::SensorKind kind, hal::Place place, hal::Finding finding)
    {
        show(sensor(kind, place), kind, finding);
    }
    /// What the journal holds of one kind of record, oldest first.
    template <class Kind>
    [[nodiscard]] std::vector<Kind> told(protocol::Lane lane)
    {
        std::vector<Kind> found;
        std::array<std::byte, protocol::record_limit> room;
        auto& journal = rest_.journal();
        for (auto seq = journal.oldest(lane); seq < journal.next_seq(lane); ++seq) {
            const auto size = journal.read(lane, seq, room);
            check(size.ok());
            const auto record = protocol::decode_record(lane, Bytes{room}.first(*size));
            check(record.ok());
            if (const auto* kind = std::get_if<Kind>(&record->body)) found.push_back(*kind);
        }
        return found;
    }
    [[nodiscard]] std::vector<protocol::BayNoticed> noticed()
    {
        return told<protocol::BayNoticed>(protocol::Lane::event);
    }
    [[nodiscard]] Instant now() const { return now_; }
    [[nodiscard]] const app::Identity& identity() const { return who_->identity; }

private:
    std::unique_ptr<ProvisionedPost> who_ = rig_identity("POST-0001");
    NorFlash nor_{SimPost::nor_geometry};

public:
    PostWorld world;
    SimBoard board{nor_, "127.0.0.1", 0};

private:
    app::GuardSide<SimBoard> guard_;
    app::RestSide<SimBoard, SimPost::journal_sectors> rest_;
    Instant now_{};
    protocol::SessionId sessions_{0};
};

}  // namespace ks::sim
