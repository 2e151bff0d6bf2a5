#include "tests/core/guard_rig.hpp"

namespace ks::core {

using hal::Relay;

namespace {

Relay read_back(Relay told, GuardRig::Socket::Driver driver)
{
    using enum GuardRig::Socket::Driver;
    if (driver == shorted) return Relay::closed;
    return driver == broken ? Relay::open : told;
}

}  // namespace

GuardRig::GuardRig(std::uint8_t outlets, std::uint32_t spread_permille)
    : guard_{std::make_unique<Guard>(Guard::Setup{
          .outlets = outlets, .pulse = bench_pulse, .spread_permille = spread_permille})},
      sockets_(outlets)
{}

GuardRig GuardRig::ready(std::uint8_t outlets, const Settings& settings)
{
    GuardRig rig{outlets};
    rig.restore(settings);
    rig.run_for(Millis{10'000});
    rig.news.clear();
    return rig;
}

GuardRig GuardRig::charging(std::uint8_t outlets, Milliamps load, const Settings& settings)
{
    auto rig = ready(outlets, settings);
    for (std::uint8_t outlet = 1; outlet <= outlets; ++outlet) {
        rig.socket(outlet).load = load;
        check(rig.answer_to(rig.start(outlet)) == protocol::CommandOutcome::done);
    }
    rig.run_for(Millis{10'000});
    return rig;
}

void GuardRig::set_mains(Millivolts mains)
{
    for (auto& socket : sockets_)
        socket.voltage = mains;
}

bool GuardRig::conducts(const Socket& socket) const
{
    if (socket.contacts == Socket::Contacts::stuck_open) return false;
    const bool relay = read_back(socket.told, socket.driver) == Relay::closed ||
                       socket.contacts == Socket::Contacts::welded;
    const bool fed = read_back(guard_->contactor(), contactor_driver) == Relay::closed ||
                     contactor == Contacts::welded;
    return relay && fed && socket.voltage >= 50_V;
}

void GuardRig::measure(Socket& socket) const
{
    const auto flows = conducts(socket) ? socket.load : Milliamps{};
    socket.window = std::max(socket.window, flows);
    socket.energy_uws += std::int64_t{flows.count()} * socket.voltage.count() / 1'000 *
                         socket.power_factor / 1'000 * tick.count();
    if (!on_beat(refresh)) return;
    socket.shown = socket.window;
    socket.shown_voltage = socket.voltage;
    socket.window = flows;
}

hal::Sample GuardRig::frame_of(Socket& socket) const
{
    if (socket.meter == Socket::Meter::frozen && socket.frame) {
        socket.frame->at = now_;
        return *socket.frame;
    }
    const auto apparent = apparent_power(socket.shown_voltage, socket.shown);
    const Milliwatts flows{
        static_cast<std::int32_t>(std::int64_t{apparent.count()} * socket.power_factor / 1'000)};
    const auto power = flows + socket.lies_by;
    // No mains holds its millivolt from one refresh to the next.
    const Millivolts noise{
        static_cast<std::int32_t>(now_.since_boot().count() / refresh.count() % 4)};
    const auto pulses = socket.energy_uws / 3'600'000 / bench_pulse.milliwatt_hours;
    socket.frame = {.at = now_,
                    .voltage = socket.shown_voltage + noise,
                    .current = socket.shown,
                    .power = socket.shunt == Socket::Shunt::right ? power : Milliwatts{} - power,
                    .pulses = static_cast<std::uint32_t>(pulses) - socket.lost_pulses};
    return *socket.frame;
}

void GuardRig::step()
{
    now_ = now_ + tick;
    std::vector<hal::OutletInputs> inputs;
    for (auto& socket : sockets_) {
        measure(socket);
        hal::OutletInputs input{.sample = std::nullopt,
                                .contact = socket.contact,
                                .pin = socket.pin,
                                .coil = read_back(socket.told, socket.driver),
                                .set_up = socket.set_up};
        if (on_beat(poll) && socket.meter != Socket::Meter::dead) input.sample = frame_of(socket);
        inputs.push_back(input);
    }
    if (wiring == Wiring::crossed) std::swap(inputs[0].sample, inputs[1].sample);
    post.contactor_coil = read_back(guard_->contactor(), contactor_driver);
    if (rest == Rest::alive) guard_->still_here(now_);
    guard_->tick(now_, inputs, post);
    for (std::size_t i = 0; i < sockets_.size(); ++i)
        sockets_[i].told = guard_->relay(static_cast<protocol::OutletNumber>(i + 1));
    if (rest == Rest::hung) return;
    while (const auto item = guard_->news())
        news.push_back(*item);
    while (const auto trace = guard_->trace())
        traces.push_back(*trace);
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
                           .means = protocol::StartMeans::command,
                           .time_limit = Millis{10 * 3'600'000},
                           .energy_limit = MilliwattHours{6'000'000}});
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
    check(guard_->wish(
        WishStop{.ticket = ++tickets_, .outlet = outlet, .reason = protocol::EndReason::stopped}));
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
    check(guard_->wish(WishRestore{
        .settings = settings, .latched = {}, .whole = {}, .memory = WishRestore::Memory::good}));
}

std::optional<protocol::CommandOutcome> GuardRig::outcome(Ticket ticket) const
{
    for (const auto& answer : all<NewsAnswer>())
        if (answer.ticket == ticket) return answer.outcome;
    return std::nullopt;
}

protocol::CommandOutcome GuardRig::answer_to(Ticket ticket)
{
    constexpr Millis turn{1'000};
    run_until(turn, [&] { return outcome(ticket).has_value(); });
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

std::optional<protocol::EndReason> GuardRig::end_of(protocol::OutletNumber outlet) const
{
    std::optional<protocol::EndReason> reason;
    for (const auto& ended : all<NewsEnded>())
        if (ended.outlet == outlet) reason = ended.reason;
    return reason;
}

}  // namespace ks::core
