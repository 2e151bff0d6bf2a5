#include "sim/fleet/sim_post.hpp"

#include <utility>

namespace ks::sim {

namespace {

// D16: a guard that is silent for 100 ms is reset. A slow simulator may come late with a tick;
// only ticks that were run and did not feed the dog count against the firmware.
constexpr Millis watchdog_limit{100};
constexpr int watchdog_ticks = 3;

// The processor's supervisor resets it below this and lets it go after the rail has been good for a
// while: our choice, a converter from 12 V needs about half of it, and supervisors wait 200 ms.
constexpr Millivolts rail_runs_from{6'000};
constexpr Millis rail_good_for{200};

NorFlash flash_for(const SimPost::Setup& setup)
{
    if (setup.nor_file) return NorFlash{SimPost::nor_geometry, *setup.nor_file};
    return NorFlash{SimPost::nor_geometry};
}

}  // namespace

std::string_view name_of(LifeEvent::Kind kind)
{
    switch (kind) {
    case LifeEvent::Kind::booted: return "booted";
    case LifeEvent::Kind::power_lost: return "power_lost";
    case LifeEvent::Kind::watchdog_bit: return "watchdog_bit";
    }
    return "";
}

SimPost::SimPost(const app::Identity& identity, Setup setup)
    : identity_{&identity},
      setup_{std::move(setup)},
      world_{{.seed = setup_.seed, .outlets = setup_.outlets}},
      nor_{flash_for(setup_)}
{
    commission();
}

void SimPost::commission()
{
    core::Vault vault{core::NorAccess{nor_}, journal_sectors};
    if (vault.load()) return;
    auto state = core::factory_state();
    state.settings = setup_.commissioned;
    if (vault.save(state) != core::VaultSave::saved)
        throw std::runtime_error{std::string{id()} + ": its flash takes no settings"};
}

bool SimPost::linked() const { return powered() && firmware_->post.rest().link().up(); }

const protocol::Settings& SimPost::settings() const
{
    check(powered());
    return firmware_->post.guard().settings();
}

void SimPost::power_up(protocol::ResetCause cause)
{
    check(!powered());
    nor_.power_up();
    powered_at_ = world_time();
    rail_low_at_.reset();
    ticks_unfed_ = 0;
    world_.return_power();
    firmware_ = std::make_unique<Firmware>(nor_, *identity_, setup_);
    boot_ = firmware_->post.boot(cause).boot;
    life_.push_back({.kind = LifeEvent::Kind::booted, .at = world_time(), .boot = boot_});
    collect_records();
}

void SimPost::power_cut()
{
    if (!powered()) return;
    firmware_.reset();
    world_.lose_power();
    life_.push_back({.kind = LifeEvent::Kind::power_lost, .at = world_time(), .boot = boot_});
}

void SimPost::power_fails_at_next_write()
{
    nor_.power_fails_at(nor_.operations(), Random{setup_.seed, nor_.operations()}.next(),
                        TornCells::settled);
}

void SimPost::pass(Instant now)
{
    world_.advance_to(now);
    watch_rail();
    if (!powered()) return;
    auto& board = firmware_->board;
    world_.sense(board);
    board.set_now(Instant{now - powered_at_});
    firmware_->post.guard_tick();
    world_.obey(board);
    firmware_->post.rest_turn();
    // What was written after the power had failed was not written.
    if (!nor_.powered()) {
        power_cut();
        return;
    }
    collect_records();
    watch_dog();
}

void SimPost::watch_rail()
{
    const bool low = world_.plant().surroundings().rail().read() < rail_runs_from;
    if (low && (powered() || rail_low_at_)) {
        power_cut();
        rail_low_at_ = world_time();
    }
    if (!low && rail_low_at_ && world_time() - *rail_low_at_ >= rail_good_for)
        power_up(protocol::ResetCause::brown_out);
}

void SimPost::watch_dog()
{
    const auto& board = firmware_->board;
    ticks_unfed_ = board.watchdog_fed_at == board.now() ? 0 : ticks_unfed_ + 1;
    if (ticks_unfed_ < watchdog_ticks || board.now() - board.watchdog_fed_at < watchdog_limit)
        return;
    firmware_.reset();
    world_.lose_power();
    life_.push_back({.kind = LifeEvent::Kind::watchdog_bit, .at = world_time(), .boot = boot_});
    power_up(protocol::ResetCause::watchdog);
}

void SimPost::collect_records()
{
    auto& journal = firmware_->post.rest().journal();
    for (const auto lane : protocol::all_lanes) {
        auto& told = told_[static_cast<std::size_t>(lane)];
        // A journal from an earlier run is told from its oldest record on.
        if (!told) told = journal.oldest(lane) - 1;
        for (auto seq = *told + 1; seq < journal.next_seq(lane); ++seq) {
            const auto digest = journal.digest_of(lane, seq);
            records_.push_back({.lane = lane,
                                .seq = seq,
                                .digest = digest ? std::optional{*digest} : std::nullopt,
                                .boot = boot_});
            told = seq;
        }
    }
}

std::vector<DurableRecord> SimPost::take_records() { return std::exchange(records_, {}); }

std::vector<LifeEvent> SimPost::take_life() { return std::exchange(life_, {}); }

}  // namespace ks::sim
