#include "sim/fleet/sim_post.hpp"

#include "firmware/protocol/codec.hpp"

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

// Enough to hold what a power cut can touch, and cheap to look through at a boot.
constexpr std::size_t compared_most = 64;

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
    case LifeEvent::Kind::restarted: return "restarted";
    case LifeEvent::Kind::trapped: return "trapped";
    }
    return "";
}

SimPost::SimPost(const app::Identity& identity, Setup setup)
    : identity_{&identity},
      setup_{std::move(setup)},
      world_{{.seed = setup_.seed, .outlets = setup_.outlets}, setup_.fittings.slaves},
      nor_{flash_for(setup_)},
      promises_{std::string{identity.post.text()}, setup_.outlets}
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

hal::GroupLine SimPost::group_line() const
{
    return powered() ? firmware_->board.group : hal::GroupLine::released;
}

hal::Sound SimPost::sounds() const
{
    return powered() ? firmware_->board.sounds : hal::Sound::silent;
}

void SimPost::set_air(host::TcpLine::Air air)
{
    air_ = air;
    if (powered()) firmware_->board.set_air(air);
}

const protocol::Settings& SimPost::settings() const
{
    check(powered());
    return firmware_->post.guard().settings();
}

std::vector<protocol::Record> SimPost::journal(protocol::Lane lane)
{
    check(powered());
    auto& journal = firmware_->post.rest().journal();
    std::vector<protocol::Record> records;
    std::array<std::byte, protocol::record_limit> room;
    for (auto seq = journal.oldest(lane); seq < journal.next_seq(lane); ++seq) {
        const auto size = journal.read(lane, seq, room);
        if (!size) continue;
        const auto record = protocol::decode_record(lane, Bytes{room}.first(*size));
        if (record) records.push_back(*record);
    }
    return records;
}

void SimPost::power_up(protocol::ResetCause cause)
{
    check(!powered());
    nor_.power_up();
    powered_at_ = world_time();
    rail_low_at_.reset();
    ticks_unfed_ = 0;
    world_.return_power();
    processor_.begin_anew();
    firmware_ = std::make_unique<Firmware>(nor_, *identity_, setup_);
    firmware_->board.set_air(air_);
    processor_.impair(firmware_->board, {});
    const auto boot = firmware_->post.boot(cause).boot;
    if (!nor_.powered()) return lose_boot();
    boot_ = boot;
    life_.push_back({.kind = LifeEvent::Kind::booted, .at = world_time(), .boot = boot_});
    promises_.powered_up(boot_, world_.plant());
    compare_with_flash();
    collect_records();
}

// Power failed inside one of the boot's own writes: nobody can say that it ever ran.
void SimPost::lose_boot()
{
    firmware_.reset();
    world_.lose_power();
    life_.push_back({.kind = LifeEvent::Kind::power_lost, .at = world_time(), .boot = boot_});
}

void SimPost::power_cut()
{
    if (powered()) lose_power(LifeEvent::Kind::power_lost);
}

void SimPost::lose_power(LifeEvent::Kind kind)
{
    firmware_.reset();
    world_.lose_power();
    life_.push_back({.kind = kind, .at = world_time(), .boot = boot_});
    promises_.powered_down(world_.plant());
}

void SimPost::power_fails_at_next_write()
{
    nor_.power_fails_at(nor_.operations(), Random{setup_.seed, nor_.operations()}.next(),
                        TornCells::settled);
}

void SimPost::pass(Instant now)
{
    if (now <= world_time()) return;  // the rest is still busy with its flash
    const auto since_last = now - world_time();
    world_.advance_to(now);
    watch_rail();
    if (!powered()) {
        promises_.watch_dark(world_.plant());
        return;
    }
    auto& board = firmware_->board;
    processor_.impair(board, since_last);
    tick();
    if (processor_.has(ProcessorFault::check_fails))
        return die(LifeEvent::Kind::trapped, protocol::ResetCause::check_failed);
    const bool rest_runs = !processor_.has(ProcessorFault::rest_hangs);
    if (rest_runs) firmware_->post.rest_turn();
    // What was written after the power had failed was not written.
    if (!nor_.powered()) {
        power_cut();
        return;
    }
    collect_records();
    promises_.after_tick(world_.plant(), board, settings());
    if (rest_runs) promises_.after_turn(world_.plant());
    if (board.wants_restart) return die(LifeEvent::Kind::restarted, protocol::ResetCause::software);
    watch_dog();
}

void SimPost::tick()
{
    auto& board = firmware_->board;
    world_.sense(board);
    board.set_now(Instant{world_time() - powered_at_});
    ++ticks_unfed_;
    if (processor_.has(ProcessorFault::timer_lost)) return;
    promises_.before_tick(world_.plant(), board, settings());
    firmware_->post.guard_tick();
    world_.obey(board);
    if (board.watchdog_fed_at == board.now()) ticks_unfed_ = 0;
}

// A processor that resets lets every coil go; its supply stays.
void SimPost::die(LifeEvent::Kind kind, protocol::ResetCause cause)
{
    lose_power(kind);
    power_up(cause);
}

void SimPost::command_here(const protocol::Command& command)
{
    check(powered());
    firmware_->post.rest().carry_out_here(command);
}

std::optional<protocol::Record> SimPost::record(protocol::Lane lane, std::uint64_t seq)
{
    check(powered());
    std::array<std::byte, protocol::record_limit> room;
    const auto size = firmware_->post.rest().journal().read(lane, seq, room);
    if (!size) return std::nullopt;
    const auto record = protocol::decode_record(lane, Bytes{room}.first(*size));
    if (!record) return std::nullopt;
    return *record;
}

void SimPost::let_next_erase_take(Millis takes, std::function<void(Instant)> happens)
{
    slow_erase_ = SlowErase{.takes = takes, .happens = std::move(happens)};
    nor_.while_erasing([this] { keep_busy(); });
}

void SimPost::keep_busy()
{
    const auto erase = std::exchange(slow_erase_, std::nullopt);
    if (!erase || !powered()) return;
    const auto until = world_time() + erase->takes;
    while (world_time() < until) {
        erase->happens(world_time());
        world_.advance_to(world_time() + app::GuardSide<SimBoard>::tick_every);
        tick();
        promises_.after_tick(world_.plant(), firmware_->board, settings());
    }
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
    if (ticks_unfed_ < watchdog_ticks || board.now() - board.watchdog_fed_at < watchdog_limit)
        return;
    die(LifeEvent::Kind::watchdog_bit, protocol::ResetCause::watchdog);
}

void SimPost::collect_records()
{
    auto& journal = firmware_->post.rest().journal();
    for (const auto lane : protocol::all_lanes) {
        auto& told = told_[static_cast<std::size_t>(lane)];
        // A journal from an earlier run is told from its oldest record on.
        if (!told) told = journal.oldest(lane) - 1;
        for (auto seq = *told + 1; seq < journal.next_seq(lane); ++seq) {
            take(lane, seq);
            told = seq;
        }
    }
}

void SimPost::take(protocol::Lane lane, std::uint64_t seq)
{
    auto& journal = firmware_->post.rest().journal();
    const auto digest = journal.digest_of(lane, seq);
    const DurableRecord is{.lane = lane,
                           .seq = seq,
                           .digest = digest ? std::optional{*digest} : std::nullopt,
                           .boot = boot_};
    records_.push_back(is);
    auto& durable = durable_.at(static_cast<std::size_t>(lane));
    durable.push_back(is);
    if (durable.size() > compared_most) durable.pop_front();

    std::array<std::byte, protocol::record_limit> bytes;
    const auto size = journal.read(lane, seq, bytes);
    if (!size) return;
    const auto record = protocol::decode_record(lane, Bytes{bytes}.first(*size));
    if (record) promises_.take(*record, world_.plant(), firmware_->board);
}

// I-24, at every boot of every run.
void SimPost::compare_with_flash()
{
    auto& journal = firmware_->post.rest().journal();
    for (const auto lane : protocol::all_lanes) {
        for (const auto& was : durable_.at(static_cast<std::size_t>(lane))) {
            if (was.seq < journal.oldest(lane) || !was.digest) continue;
            if (was.seq >= journal.next_seq(lane)) promises_.lost(lane, was.seq);
            const auto digest = journal.digest_of(lane, was.seq);
            if (!digest || *digest != *was.digest) promises_.lost(lane, was.seq);
        }
    }
}

std::vector<DurableRecord> SimPost::take_records() { return std::exchange(records_, {}); }

std::vector<LifeEvent> SimPost::take_life() { return std::exchange(life_, {}); }

}  // namespace ks::sim
