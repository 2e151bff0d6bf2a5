#include "sim/plant/post.hpp"

#include <algorithm>
#include <utility>

namespace ks::sim {

namespace {

// A 40 A contactor is slower than a relay: 10–30 ms to close, 5–20 ms to open [R].
constexpr Contact::Delays contactor_delays{.operate = Millis{20}, .release = Millis{12}};

// Streams of the seed; the outlets use 1 … 16.
constexpr std::uint64_t mains_stream = 1000;

// A truth nobody collects must not grow for ever; the oldest are dropped, which a collector
// would notice by the gap in time.
constexpr std::size_t events_most = 65'536;

}  // namespace

std::string_view name_of(PlantEvent::Kind kind)
{
    using enum PlantEvent::Kind;
    switch (kind) {
    case contact_closed: return "contact_closed";
    case contact_opened: return "contact_opened";
    case contactor_closed: return "contactor_closed";
    case contactor_opened: return "contactor_opened";
    case plugged: return "plugged";
    case unplugged: return "unplugged";
    case fault_injected: return "fault_injected";
    case faults_cleared: return "faults_cleared";
    case mains_lost: return "mains_lost";
    case mains_returned: return "mains_returned";
    }
    return "";
}

PlantPost::PlantPost(Settings settings)
    : mains_{settings.mains, Random{settings.seed, mains_stream}},
      contactor_{contactor_delays},
      was_closed_(settings.outlets, false)
{
    check(settings.outlets >= 1 && settings.outlets <= outlets_most);
    outlets_.reserve(settings.outlets);
    for (std::uint8_t number = 1; number <= settings.outlets; ++number)
        outlets_.emplace_back(settings.seed, number, settings.heat);
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
    drive_contactor(hal::Relay::open);
    for (auto& outlet : outlets_)
        outlet.drive(hal::Relay::open, now_);
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
    at(outlet).plug(bike);
    note(PlantEvent::Kind::plugged, outlet, 0.0);
}

void PlantPost::unplug(std::uint8_t outlet)
{
    const Amps interrupted = at(outlet).truth().amps;
    at(outlet).unplug();
    note(PlantEvent::Kind::unplugged, outlet, interrupted);
}

bool PlantPost::tap(hal::CardTap tap) { return taps_.push(tap); }

void PlantPost::inject(std::uint8_t outlet, const Fault& fault)
{
    at(outlet).inject(fault);
    note(PlantEvent::Kind::fault_injected, outlet, at(outlet).truth().amps);
    note_contacts();
}

void PlantPost::clear_faults(std::uint8_t outlet)
{
    at(outlet).clear_faults();
    note(PlantEvent::Kind::faults_cleared, outlet, at(outlet).truth().amps);
    note_contacts();
}

void PlantPost::set_contactor_fault(ContactFault fault)
{
    contactor_.set_fault(fault);
    note_contacts();
}

void PlantPost::set_mains(Supply supply)
{
    if (supply == mains_.supply()) return;
    mains_.set(supply);
    note(supply == Supply::on ? PlantEvent::Kind::mains_returned : PlantEvent::Kind::mains_lost, 0,
         0.0);
}

Instant PlantPost::next_change(Instant latest) const
{
    Instant first = std::min(latest, cycle_ends_);
    const auto consider = [&](const Contact& contact) {
        if (const auto at = contact.moves_at(); at && *at < first) first = *at;
    };
    consider(contactor_);
    for (const auto& outlet : outlets_)
        consider(outlet.relay());
    return first;
}

void PlantPost::pass_until(Instant then)
{
    const Seconds lasts = static_cast<double>((then - now_).count()) / 1000.0;
    const Volts volts = mains_.volts();
    const PlantOutlet::Supplies supplies{
        .feed = contactor_.closed() ? volts : 0.0, .tap = volts, .nominal = mains_.nominal()};
    if (lasts > 0.0)
        for (auto& outlet : outlets_)
            outlet.pass(lasts, supplies);
    now_ = then;
}

void PlantPost::move_contacts()
{
    contactor_.advance_to(now_);
    for (auto& outlet : outlets_)
        outlet.move_contact(now_);
    note_contacts();
}

void PlantPost::advance_to(Instant now)
{
    while (now_ < now) {
        pass_until(next_change(now));
        move_contacts();
        if (now_ < cycle_ends_) continue;
        mains_.next_cycle();
        for (auto& outlet : outlets_)
            outlet.next_cycle();
        cycle_ends_ = cycle_ends_ + cycle;
    }
}

}  // namespace ks::sim
