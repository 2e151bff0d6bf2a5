#include "tests/core/guard_rig.hpp"

namespace ks::core {

GuardRig::GuardRig(std::uint8_t outlets)
    : guard_{std::make_unique<Guard>(outlets, bench_pulse)}, sockets_(outlets)
{}

GuardRig GuardRig::ready(std::uint8_t outlets, const Settings& settings)
{
    GuardRig rig{outlets};
    rig.restore(settings);
    rig.run_for(Millis{10'000});
    rig.news.clear();
    return rig;
}

bool GuardRig::conducts(const Socket& socket) const
{
    const bool relay =
        socket.told == hal::Relay::closed || socket.contacts == Socket::Contacts::welded;
    const bool fed = guard_->contactor() == hal::Relay::closed || contactor == Contacts::welded;
    return relay && fed;
}

void GuardRig::measure(Socket& socket) const
{
    const auto flows = conducts(socket) ? socket.load : Milliamps{};
    socket.window = std::max(socket.window, flows);
    socket.energy_uws +=
        std::int64_t{flows.count()} * socket.voltage.count() / 1'000 * tick.count();
    if (!on_beat(refresh)) return;
    socket.shown = socket.window;
    socket.window = flows;
}

Milliwatts GuardRig::shown_power(const Socket& socket)
{
    const auto power = apparent_power(socket.voltage, socket.shown);
    return socket.shunt == Socket::Shunt::right ? power : Milliwatts{} - power;
}

void GuardRig::step()
{
    now_ = now_ + tick;
    std::vector<GuardInput> inputs;
    for (auto& socket : sockets_) {
        measure(socket);
        GuardInput input{.sample = std::nullopt, .contact = socket.contact};
        if (on_beat(poll) && socket.meter == Socket::Meter::alive)
            input.sample =
                hal::Sample{.at = now_,
                            .voltage = socket.voltage,
                            .current = socket.shown,
                            .power = shown_power(socket),
                            .pulses = static_cast<std::uint32_t>(socket.energy_uws / 3'600'000 /
                                                                 bench_pulse.milliwatt_hours)};
        inputs.push_back(input);
    }
    if (rest == Rest::alive) guard_->still_here(now_);
    guard_->tick(now_, inputs);
    for (std::size_t i = 0; i < sockets_.size(); ++i)
        sockets_[i].told = guard_->relay(static_cast<protocol::OutletNumber>(i + 1));
    if (rest == Rest::hung) return;
    while (const auto item = guard_->news())
        news.push_back(*item);
    while (const auto latest = guard_->readings())
        readings = latest;
}

void GuardRig::run_for(Millis time)
{
    for (const auto until = now_ + time; now_ < until;)
        step();
}

Ticket GuardRig::start(protocol::OutletNumber outlet)
{
    return start(WishStart{.ticket = 0,
                           .outlet = outlet,
                           .session = ++sessions_,
                           .time_limit = Millis{3'600'000},
                           .energy_limit = MilliwattHours{1'000'000}});
}

Ticket GuardRig::start(const WishStart& wish)
{
    auto numbered = wish;
    numbered.ticket = ++tickets_;
    check(guard_->wish(numbered));
    return numbered.ticket;
}

Ticket GuardRig::stop(protocol::OutletNumber outlet)
{
    check(guard_->wish(WishStop{.ticket = ++tickets_, .outlet = outlet}));
    return tickets_;
}

Ticket GuardRig::clear(protocol::OutletNumber outlet, protocol::TripCause cause)
{
    check(guard_->wish(WishClear{.ticket = ++tickets_, .outlet = outlet, .cause = cause}));
    return tickets_;
}

Ticket GuardRig::change(const Settings& settings, Approval approval)
{
    check(guard_->wish(
        WishSettings{.ticket = ++tickets_, .settings = settings, .approval = approval}));
    return tickets_;
}

void GuardRig::restore(const Settings& settings)
{
    check(guard_->wish(WishRestore{.settings = settings, .latched = {}, .whole = std::nullopt}));
}

std::optional<protocol::CommandOutcome> GuardRig::outcome(Ticket ticket) const
{
    for (const auto& answer : all<NewsAnswer>())
        if (answer.ticket == ticket) return answer.outcome;
    return std::nullopt;
}

protocol::CommandOutcome GuardRig::answer_to(Ticket ticket)
{
    step();
    const auto found = outcome(ticket);
    check(found.has_value());
    return *found;
}

OutletState GuardRig::state(protocol::OutletNumber outlet) const
{
    auto state = OutletState::idle;
    for (const auto& change : all<NewsState>())
        if (change.outlet == outlet) state = change.to;
    return state;
}

std::vector<protocol::TripCause> GuardRig::trips() const
{
    std::vector<protocol::TripCause> causes;
    for (const auto& item : all<NewsTripped>())
        causes.push_back(item.trip.cause);
    return causes;
}

}  // namespace ks::core
