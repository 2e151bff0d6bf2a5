#include "firmware/core/recorder/recorder.hpp"

#include "firmware/protocol/codec.hpp"

namespace ks::core {

WishRestore Recorder::begin(protocol::ResetCause cause, const Moment& moment)
{
    const auto found = vault_->load();
    state_ = found.value_or(factory_state());
    // A post that was never commissioned works with the factory's settings; one whose settings are
    // damaged must not take those for what it was commissioned to (F-027).
    const bool lost = found ? !within_bounds(found->settings) : !vault_->blank();
    memory_ = lost ? WishRestore::Memory::lost : WishRestore::Memory::good;
    if (lost) state_.settings = protocol::factory_settings;
    card_store_->load(cards_);
    static_cast<void>(event(
        protocol::Booted{
            .cause = cause,
            .outlets = setup_.outlets,
            .firmware = setup_.firmware,
            .settings = settings_mark(),
        },
        moment.now, moment));
    close_open_sessions(cause, moment);
    if (own_doing(cause)) {
        strike(state_.strikes.resets);
        save();
    }
    return {.settings = state_.settings,
            .latched = state_.latched,
            .whole = state_.whole,
            .memory = memory_};
}

void Recorder::close_open_sessions(protocol::ResetCause cause, const Moment& moment)
{
    const bool mains_was_lost =
        cause == protocol::ResetCause::power_on || cause == protocol::ResetCause::brown_out;
    bool closed_any = false;
    for (std::uint8_t outlet = 1; outlet <= setup_.outlets; ++outlet) {
        auto& session = state_.open[outlet - 1U];
        if (session == 0) continue;
        const auto known = last_known(*journal_, outlet, session);
        if (known.end == LastKnown::End::missing) {
            static_cast<void>(event(
                protocol::SessionEnded{
                    .session = session,
                    .outlet = outlet,
                    .reason = protocol::EndReason::power_lost,
                    .elapsed = known.elapsed,
                    .energy = known.energy,
                    .peak = known.peak,
                },
                moment.now, moment));
            const auto within = state_.settings.of(outlet).resume_within;
            if (mains_was_lost && within > Millis{} && known.resumable())
                resumes_.add({.outlet = outlet,
                              .card = known.started->card,
                              .time_left = known.started->time_limit - known.elapsed,
                              .energy_left = known.started->energy_limit - known.energy,
                              .power = known.power,
                              .last = known.wall->at,
                              .error = known.wall->error});
        }
        session = 0;
        closed_any = true;
    }
    // Saved after the records, so that a power loss in between cannot lose an end; the next boot
    // finds the record and does not write a second one.
    if (closed_any) save();
}

std::optional<Wish> Recorder::turn(const Moment& moment)
{
    while (!waiting_.empty()) {
        const auto& next = waiting_.front();
        if (writer_.write(protocol::Lane::alarm, next.body, next.at, moment) != Written::written)
            break;
        waiting_.pop();
    }
    if (moment.now >= Instant{steady_after} && state_.strikes.resets > 0 &&
        !state_.strikes.blocked()) {
        state_.strikes.resets = 0;
        save();
    }
    if (last_save_ == VaultSave::failed) save();
    writer_.sign_when_due(moment);
    tell_refusals(moment);
    tell_relays(moment);
    if (const auto noticed =
            watch_.silence(moment.edge_silent, state_.settings.post.link_alarm_after))
        static_cast<void>(event(*noticed, moment.now, moment));
    if (auto wish = policy_wish(moment)) return wish;
    resume_when_known(moment);
    return waiting_wish(moment);
}

std::optional<Wish> Recorder::policy_wish(const Moment& moment)
{
    using enum WishStarts::Policy;
    const bool trouble = !waiting_.empty() || last_save_ == VaultSave::failed;
    const bool alone = moment.edge_silent > state_.settings.post.starts_without_link;
    const auto policy = trouble ? refused : alone ? link_lost : allowed;
    if (policy == policy_) return std::nullopt;
    policy_ = policy;
    return WishStarts{.policy = policy};
}

// A flood of forged commands may not fill the journal: one record a reason and ten seconds.
void Recorder::tell_refusals(const Moment& moment)
{
    constexpr Millis tell_every{10'000};
    if (moment.now - refusals_told_at_ < tell_every) return;
    refusals_told_at_ = moment.now;
    for (std::size_t i = 0; i < refusals_.size(); ++i) {
        if (refusals_[i] == refusals_told_[i]) continue;
        static_cast<void>(
            event(protocol::CommandsRefused{.outcome = static_cast<protocol::CommandOutcome>(i),
                                            .count = refusals_[i]},
                  moment.now, moment));
        refusals_told_[i] = refusals_[i];
    }
}

void Recorder::tell_relays(const Moment& moment)
{
    if (moment.now - relays_told_at_ < RelayLife::tell_every) return;
    relays_told_at_ = moment.now;
    for (std::uint8_t outlet = 1; outlet <= setup_.outlets; ++outlet) {
        const auto& count = state_.relays[outlet - 1U];
        if (count == RelayCount{}) continue;
        static_cast<void>(
            event(protocol::RelayWear{.outlet = outlet,
                                      .closings = count.closings,
                                      .hot_openings = count.hot_permille / 1'000,
                                      .left_permille = RelayLife::left_permille(count)},
                  moment.now, moment));
    }
}

std::array<std::byte, 8> Recorder::settings_mark() const
{
    const auto digest = protocol::settings_digest(state_.settings);
    std::array<std::byte, 8> mark{};
    std::copy_n(digest.begin(), mark.size(), mark.begin());
    return mark;
}

Written Recorder::event(const protocol::RecordBody& body, Instant at, const Moment& moment)
{
    return writer_.write(protocol::Lane::event, body, at, moment);
}

void Recorder::alarm(const protocol::RecordBody& body, Instant at, const Moment& moment)
{
    // Behind others that wait, or a clearing could overtake its trip.
    if (!waiting_.empty() ||
        writer_.write(protocol::Lane::alarm, body, at, moment) != Written::written)
        waiting_.add(at, body);
}

void Recorder::self_test_failed(protocol::SelfTest test, std::uint32_t detail, Counts counts,
                                const Moment& moment)
{
    if (counts == Counts::yes) {
        strike(state_.strikes.tests);
        save();
    }
    alarm(protocol::SelfTestFailed{.test = test, .detail = detail, .strikes = state_.strikes.tests},
          moment.now, moment);
}

// Lost settings are kept as what no post takes for settings, so that whatever is saved meanwhile
// does not turn the factory's into commissioned ones by the next boot.
void Recorder::save()
{
    auto kept = state_;
    if (memory_ == WishRestore::Memory::lost) kept.settings = {};
    last_save_ = vault_->save(kept);
}

}  // namespace ks::core
