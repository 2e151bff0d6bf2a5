#include "sim/plant/post.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace ks::sim {

namespace {

// A 40 A contactor is slower than a relay: 10–30 ms to close, 5–20 ms to open [R].
constexpr Contact::Delays contactor_delays{.operate = Millis{20}, .release = Millis{12}};

// Streams of the seed; the outlets use 1 … 16.
constexpr std::uint64_t mains_stream = 1000;

// HF115F: a coil of about 400 mW [Cx]; closed contacts of a few milliohms [R].
constexpr Watts coil_loss = 0.4;
constexpr Ohms relay_contact = 0.005;

// A truth nobody collects must not grow for ever; the oldest are dropped, which a collector
// would notice by the gap in time.
constexpr std::size_t events_most = 65'536;

}  // namespace

PlantPost::PlantPost(Settings settings)
    : mains_{settings.mains, Random{settings.seed, mains_stream}},
      surroundings_{settings.surroundings, settings.outlets, settings.seed},
      contactor_{contactor_delays},
      was_closed_(settings.outlets, false),
      cycle_{settings.cycle},
      cycle_ends_{settings.cycle}
{
    check(settings.outlets >= 1 && settings.outlets <= outlets_most);
    outlets_.reserve(settings.outlets);
    for (std::uint8_t number = 1; number <= settings.outlets; ++number)
        outlets_.emplace_back(settings.seed, number, settings.heat,
                              surroundings_.cabinet().temperature());
}

const PlantOutlet& PlantPost::outlet(std::uint8_t number) const
{
    check(number >= 1 && number <= outlets_.size());
    return outlets_[number - 1U];
}

PlantOutlet& PlantPost::at(std::uint8_t number)
{
    check(number >= 1 && number <= outlets_.size());
    return outlets_[number - 1U];
}

std::vector<PlantEvent> PlantPost::take_events() { return std::exchange(events_, {}); }

void PlantPost::note(PlantEvent::Kind kind, std::uint8_t outlet, Amps amps)
{
    if (events_.size() == events_most) events_.erase(events_.begin());
    events_.push_back({.kind = kind, .at = now_, .outlet = outlet, .amps = amps});
}

void PlantPost::note_contacts()
{
    if (contactor_.closed() != contactor_was_closed_) {
        contactor_was_closed_ = contactor_.closed();
        note(contactor_was_closed_ ? PlantEvent::Kind::contactor_closed
                                   : PlantEvent::Kind::contactor_opened,
             0, 0.0);
    }
    for (std::uint8_t number = 1; number <= outlets_.size(); ++number) {
        const auto& outlet = at(number);
        const bool closed = outlet.relay().closed();
        if (closed == was_closed_[number - 1U]) continue;
        was_closed_[number - 1U] = closed;
        note(closed ? PlantEvent::Kind::contact_closed : PlantEvent::Kind::contact_opened, number,
             outlet.truth().amps);
    }
}

void PlantPost::drive(std::uint8_t outlet, hal::Relay relay) { at(outlet).drive(relay, now_); }

void PlantPost::drive_contactor(hal::Relay relay) { contactor_.drive(relay, now_); }

void PlantPost::release_coils()
{
    contactor_.lose_supply(now_);
    for (auto& outlet : outlets_)
        outlet.lose_coil_supply(now_);
}

void PlantPost::return_coil_supply()
{
    contactor_.return_supply(now_);
    for (auto& outlet : outlets_)
        outlet.return_coil_supply(now_);
}

std::optional<hal::CardTap> PlantPost::take_tap()
{
    if (taps_.empty()) return std::nullopt;
    const auto tap = taps_.front();
    taps_.pop();
    return tap;
}

void PlantPost::plug(std::uint8_t outlet, const Bike& bike)
{
    at(outlet).plug(bike, surroundings_.air(now_));
    note(PlantEvent::Kind::plugged, outlet, 0.0);
}

void PlantPost::unplug(std::uint8_t outlet)
{
    const Amps interrupted = at(outlet).truth().amps;
    at(outlet).unplug();
    note(PlantEvent::Kind::unplugged, outlet, interrupted);
}

bool PlantPost::tap(hal::CardTap tap) { return taps_.push(tap); }

void PlantPost::clear_faults(std::uint8_t outlet)
{
    at(outlet).clear_faults(now_);
    note(PlantEvent::Kind::faults_cleared, outlet, at(outlet).truth().amps);
    note_contacts();
}

void PlantPost::set_mains(Supply supply)
{
    if (supply == mains_.supply()) return;
    mains_.set(supply);
    note(supply == Supply::on ? PlantEvent::Kind::mains_returned : PlantEvent::Kind::mains_lost, 0,
         0.0);
}

Amps PlantPost::total_amps() const
{
    return std::accumulate(outlets_.begin(), outlets_.end(), 0.0,
                           [](Amps sum, const auto& outlet) { return sum + outlet.amps(); });
}

Instant PlantPost::next_change(Instant latest) const
{
    Instant first = std::min(latest, cycle_ends_);
    const auto consider = [&](const auto& moving) {
        if (const auto at = moving.moves_at(); at && *at < first) first = *at;
    };
    consider(contactor_);
    consider(mains_);
    for (const auto& outlet : outlets_)
        consider(outlet.relay());
    for (const auto& coming : coming_)
        first = std::min(first, coming.at);
    return std::max(first, now_);
}

Surroundings::Course PlantPost::course(Volts volts) const
{
    Surroundings::Course course{.losses = 0.0, .mains = volts, .smoke_per_second = 0.0};
    for (const auto& outlet : outlets_) {
        if (outlet.relay().coil() == hal::Relay::closed) course.losses += coil_loss;
        course.losses += outlet.amps() * outlet.amps() * relay_contact;
        if (!outlet.fire()) continue;
        course.losses += outlet.fire()->heat();
        course.smoke_per_second += outlet.fire()->smoke_per_second();
    }
    return course;
}

void PlantPost::pass_until(Instant then)
{
    const Seconds lasts = static_cast<double>((then - now_).count()) / 1000.0;
    const Volts volts = mains_.volts();
    const PlantOutlet::Supplies supplies{.feed = contactor_.closed() ? volts : 0.0,
                                         .tap = volts,
                                         .nominal = mains_.nominal(),
                                         .cabinet = surroundings_.cabinet().temperature(),
                                         .air = surroundings_.air(now_)};
    if (lasts > 0.0) {
        for (auto& outlet : outlets_)
            outlet.pass(lasts, supplies);
        see_leaks();
        surroundings_.advance(now_, lasts, course(volts));
    }
    now_ = then;
}

void PlantPost::see_leaks()
{
    std::array<Amps, hal::circuits_most> sums{};
    for (std::uint8_t number = 1; number <= outlets(); ++number)
        sums.at(surroundings_.circuit_of(number)) += at(number).leak();
    for (std::size_t circuit = 0; circuit < surroundings_.circuits(); ++circuit)
        surroundings_.see_leak(circuit, sums[circuit]);
}

void PlantPost::move_contacts()
{
    contactor_.advance_to(now_);
    mains_.advance_to(now_);
    for (auto& outlet : outlets_)
        outlet.move_contact(now_);
    note_contacts();
}

void PlantPost::begin_cycle()
{
    // Cycles end at multiples of their length, so that a change of length finds back to a grid.
    const Millis length{cycle_.count() - cycle_ends_.since_boot().count() % cycle_.count()};
    const Seconds lasts = static_cast<double>(length.count()) / 1000.0;
    mains_.next_cycle(total_amps());
    surroundings_.next_cycle(lasts);
    for (auto& outlet : outlets_)
        outlet.next_cycle(lasts);
    cycle_ends_ = cycle_ends_ + length;
}

void PlantPost::advance_to(Instant now)
{
    while (now_ < now) {
        pass_until(next_change(now));
        move_contacts();
        let_come();
        if (now_ >= cycle_ends_) begin_cycle();
    }
}

}  // namespace ks::sim
