#include "tests/link/plain_post.hpp"

#include "tests/link/rig.hpp"
#include "tests/support/sound_post.hpp"

namespace ks::test {

using namespace protocol;
using link::Link;

namespace {

constexpr std::uint32_t journal_sectors = 24;
constexpr hal::NorGeometry chip{.sector_size = 4'096,
                                .sectors = journal_sectors + core::Vault::sectors +
                                           core::CardStore::sectors,
                                .page_size = 256};
constexpr hal::PulseValue pulse{.milliwatt_hours = 187, .pulses = 1};
constexpr Millivolts mains{220'000};

}  // namespace

PlainPost::PlainPost(const core::Approvers& approvers)
    : edge{rig_site, rig_post},
      setup_{.post = rig_post,
             .outlets = outlets,
             .firmware = {},
             .signing_key = {.bytes = {std::byte{1}}},
             .approvers = approvers},
      flash_{chip}
{
    std::array<std::byte, crypto::seed_size> noise;
    for (std::size_t i = 0; i < noise.size(); ++i)
        noise[i] = static_cast<std::byte>(i * 37 + 11);
    check(random_.seed(noise).ok());
    boot();
}

void PlainPost::boot()
{
    index_ = std::make_unique<core::JournalIndex<64>>();
    journal_ = std::make_unique<core::Journal>(
        flash_, core::SectorRange{.first = 0, .count = journal_sectors}, *index_);
    check(journal_->mount().state == core::MountState::ready);
    vault_ = std::make_unique<core::Vault>(core::NorAccess{flash_}, journal_sectors);
    cards_ = std::make_unique<core::CardStore>(core::NorAccess{flash_},
                                               journal_sectors + core::Vault::sectors);
    recorder_ = std::make_unique<core::Recorder>(
        core::Recorder::Memory{.journal = *journal_, .vault = *vault_, .cards = *cards_}, setup_);
    guard_ = std::make_unique<core::Guard>(
        core::Guard::Setup{.outlets = outlets, .pulse = pulse, .spread_permille = 0});
    inputs_ = {};
    post_inputs_ = test::sound_post;
    wishes_ = {};
    states_.fill(OutletState::idle);
    check(wishes_.push(
        recorder_->begin(ResetCause::power_on, {.now = now_, .wall = {}, .edge_silent = {}})));
    link_ = std::make_unique<Link>(Link::Setup{.site = rig_site,
                                               .post = rig_post,
                                               .command_key = rig_key,
                                               .built = rig_built,
                                               .security = std::nullopt},
                                   facts(), *journal_, random_);
    turn();
}

void PlainPost::reboot()
{
    lose_line();
    flash_.power_up();
    now_ = Instant{Millis{1}};
    boot();
}

void PlainPost::let_power_fail(std::uint64_t operations)
{
    const auto seed = static_cast<std::uint64_t>(now_.since_boot().count()) + operations;
    flash_.power_fails_at(flash_.operations() + operations, seed, sim::TornCells::settled);
}

core::Moment PlainPost::moment() const
{
    return {.now = now_, .wall = link_->wall(now_), .edge_silent = link_->edge_silent(now_)};
}

std::optional<UnixMillis> PlainPost::wall() const
{
    const auto wall = link_->wall(now_);
    return wall ? std::optional{wall->at} : std::nullopt;
}

link::PostFacts PlainPost::facts() const
{
    return {.boot = journal_->boot_count(),
            .outlets = outlets,
            .firmware = {},
            .settings = recorder_->settings_mark(),
            .settings_version = recorder_->settings().version};
}

void PlainPost::turn()
{
    // Heard, decided, answered and told: three rounds, and one for what the edge makes of it.
    for (int round = 0; round < 4; ++round) {
        rest();
        tick();
    }
    rest();
}

void PlainPost::pass(Millis time)
{
    constexpr Millis step{1'000};
    for (Millis passed{}; passed < time; passed += step) {
        now_ = now_ + std::min(step, time - passed);
        edge.wall = edge.wall + std::min(step, time - passed);
        rest();
        tick();
    }
    turn();
}

void PlainPost::tick()
{
    constexpr Millis period{5};
    now_ = now_ + period;
    edge.wall = edge.wall + period;
    // No mains stands still to the millivolt, and a meter that says so is taken for frozen.
    const auto voltage = mains + Millivolts{static_cast<std::int32_t>(++ticks_ % 7)};
    for (std::size_t i = 0; i < outlets; ++i) {
        const auto relay = guard_->relay(static_cast<OutletNumber>(i + 1));
        const auto current = relay == hal::Relay::closed ? load[i] : Milliamps{};
        const auto power = apparent_power(voltage, current);
        energy_uws_[i] += std::int64_t{power.count()} * period.count();
        inputs_[i] = hal::OutletInputs{
            .sample = hal::Sample{.at = now_,
                                  .voltage = voltage,
                                  .current = current,
                                  .power = power,
                                  .pulses = static_cast<std::uint32_t>(energy_uws_[i] / 3'600'000 /
                                                                       pulse.milliwatt_hours)},
            .contact = DeciCelsius{250},
            .pin = hal::OvercurrentPin::quiet,
            .coil = relay};
    }
    post_inputs_.contactor_coil = guard_->contactor();
    guard_->tick(now_, inputs_, post_inputs_);
}

void PlainPost::rest()
{
    guard_->still_here(now_);
    journal_news();
    while (!wishes_.empty() && guard_->wish(wishes_.front()))
        wishes_.pop();
    for (bool more = true; more;) {
        deliver();
        more = obey(link_->next(now_));
    }
    while (const auto result = recorder_->take_result()) {
        answered.push_back(*result);
        link_->finished(*result, now_);
        link_->know(facts());
    }
}

void PlainPost::journal_news()
{
    while (const auto news = guard_->news()) {
        if (const auto* change = std::get_if<core::NewsState>(&*news))
            states_[change->outlet - 1U] = change->to;
        recorder_->take(*news, moment());
    }
    while (const auto readings = guard_->readings())
        recorder_->take(*readings, moment());
    while (const auto trace = guard_->trace())
        recorder_->take(*trace, moment());
    if (const auto wish = recorder_->turn(moment())) check(wishes_.push(*wish));
}

void PlainPost::deliver()
{
    if (opening_) {
        opening_ = false;
        open_ = true;
        edge.accept();
        link_->line_opened(now_);
    }
    if (!open_) return;
    const auto room = link_->inbox();
    const auto count = std::min(room.size(), edge.to_post.size());
    if (count == 0) return;
    std::copy_n(edge.to_post.begin(), count, room.begin());
    edge.to_post.erase(edge.to_post.begin(),
                       edge.to_post.begin() + static_cast<std::ptrdiff_t>(count));
    link_->received(count);
}

// False when there is nothing to do just now.
bool PlainPost::obey(const Link::Action& action)
{
    if (std::holds_alternative<Link::Wait>(action)) return open_ && !edge.to_post.empty();
    if (const auto* send = std::get_if<Link::Send>(&action)) {
        edge.hear(send->bytes, now_);
        link_->sent(send->bytes.size());
    } else if (std::holds_alternative<Link::OpenLine>(action)) {
        opening_ = true;
    } else if (std::holds_alternative<Link::CloseLine>(action)) {
        opening_ = open_ = false;
        edge.to_post.clear();
    } else if (const auto* taken = std::get_if<Link::Accepted>(&action)) {
        accepted.push_back(taken->command);
        carry_out(taken->command);
    } else if (const auto* refusal = std::get_if<Link::Refused>(&action)) {
        ++refused;
        recorder_->refused(refusal->outcome);
        if (refusal->result) recorder_->note(*refusal->result, moment());
    } else if (const auto* repeat = std::get_if<Link::Repeated>(&action)) {
        ++refused;
        recorder_->note(repeat->result, moment());
    }
    return true;
}

void PlainPost::carry_out(const Command& command)
{
    const auto answer = recorder_->command(command, moment());
    if (const auto* wish = std::get_if<core::Wish>(&answer)) check(wishes_.push(*wish));
}

void PlainPost::lose_line()
{
    if (open_ || opening_) link_->line_lost(now_);
    open_ = opening_ = false;
    edge.to_post.clear();
}

void PlainPost::come_up()
{
    constexpr int patience = 120;
    for (int i = 0; i < patience && !link_->up(); ++i)
        pass(Millis{1'000});
    check(link_->up());
    turn();
}

}  // namespace ks::test
