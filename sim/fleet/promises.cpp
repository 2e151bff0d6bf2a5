#include "sim/fleet/promises.hpp"

#include <algorithm>

// What is seen of a post: its sensors, its coils and the truth behind both.
namespace ks::sim {

using hal::InputState;
using hal::PostInput;
using hal::Relay;

namespace {

// Budgets from the condition at the sensor to the coil: issue of the post's protections.
constexpr Millis pin_budget{30};
constexpr Millis fire_budget{50};
constexpr Millis residual_budget{60};
constexpr Millis contact_budget{1'000};
constexpr Millis silence_budget{1'000};
constexpr Millis weld_budget{1'500};
// A refresh of the chip, its turn on the bus twice, since a poll may just have passed, and the
// 150 ms of the packet's path.
constexpr Millis packet_budget{400 + 2 * 106 + 150};
constexpr Millis inrush_blanking{300};
constexpr Millis pin_blanking{100};
// I-08.
constexpr Millis rest_between{5'000};
constexpr Millis closings_window{60'000};
constexpr std::size_t closings_most = 3;
// What a session's books may lag behind what is measured at an instant: our choice.
constexpr Millis slack{1'000};
constexpr Millis written_within{1'000};
// Above it a meter that is sound sees current for certain (conducts from 30 mA).
constexpr Amps conducts = 0.05;

constexpr PostInput fire_inputs[] = {PostInput::smoke, PostInput::heat, PostInput::water,
                                     PostInput::emergency, PostInput::extinguisher};

Amps amps(Milliamps current) { return current.count() / 1000.0; }
Joules joules(MilliwattHours energy)
{
    return static_cast<double>(energy.count()) / 1000.0 * joules_per_watt_hour;
}

bool sound(const MeterTerminals& meter) { return meter.fault() == MeterFault::none; }

std::size_t circuit_of(const hal::PostInputs& post, protocol::OutletNumber outlet)
{
    return (outlet - 1U) / post.outlets_per_circuit;
}

}  // namespace

PostPromises::PostPromises(std::string post, std::uint8_t outlets)
    : post_{std::move(post)}, books_(outlets)
{}

void PostPromises::must(Holds holds, const char* promise) const
{
    if (holds == Holds::yes) return;
    throw BrokenPromise{post_ + " at " + std::to_string(now_.since_boot().count()) +
                        " ms broke a promise: " + promise};
}

void PostPromises::must(Holds holds, const char* promise, protocol::OutletNumber outlet) const
{
    if (holds == Holds::yes) return;
    throw BrokenPromise{post_ + ", outlet " + std::to_string(outlet) + ", at " +
                        std::to_string(now_.since_boot().count()) +
                        " ms broke a promise: " + promise};
}

void PostPromises::powered_up(std::uint32_t boot, const PlantPost& plant)
{
    now_ = plant.now();
    must(Holds{boot > boot_}, "I-11: the count of boots only grows");
    boot_ = boot;
    if (watched_from_ == 0) watched_from_ = boot;
    powered_at_ = now_;
    closed_last_.reset();
    inputs_.clear();
    stops_answered_.clear();
}

void PostPromises::powered_down(const PlantPost& plant)
{
    now_ = plant.now();
    for (auto& book : books_) {
        if (book.relay == Relay::closed) book.opened_at = now_;
        book.relay = Relay::open;
        // What came before a reset is not counted: a post that resets itself is blocked instead.
        book.closings.clear();
        // It went dark before it could write.
        book.unexplained = false;
        book.pin = book.strong = book.hot = book.leaking = book.dead = {};
        book.conducts = book.conducting_still = book.waits_for_session = {};
    }
}

void PostPromises::watch_dark(const PlantPost& plant) const
{
    for (protocol::OutletNumber outlet = 1; outlet <= books_.size(); ++outlet)
        must(Holds{plant.coil(outlet) == Relay::open}, "I-02: without power no coil pulls", outlet);
    must(Holds{plant.contactor_coil() == Relay::open}, "I-02: without power the contactor is open");
}

void PostPromises::before_tick(const PlantPost& plant, const SimBoard& board,
                               const protocol::Settings& settings)
{
    now_ = plant.now();
    for (const auto which : fire_inputs)
        inputs_[which].see(Holds{board.inputs.input(which) == InputState::active}, now_);
    for (protocol::OutletNumber outlet = 1; outlet <= books_.size(); ++outlet)
        note_conditions(plant, board, settings, outlet);
}

void PostPromises::note_conditions(const PlantPost& plant, const SimBoard& board,
                                   const protocol::Settings& settings,
                                   protocol::OutletNumber outlet)
{
    auto& is = book(outlet);
    const auto index = outlet - 1U;
    const auto& at = plant.outlet(outlet);
    const auto& limits = settings.of(outlet);
    const auto closed_for = now_ - is.closed_at;
    const bool closed = is.relay == Relay::closed;

    is.pin.see(Holds{closed && closed_for >= pin_blanking &&
                     board.pins.at(index) == hal::OvercurrentPin::raised},
               now_);
    is.strong.see(Holds{closed && closed_for >= inrush_blanking && sound(at.meter()) &&
                        at.amps() > 1.05 * amps(limits.hard_overcurrent)},
                  now_);
    const auto& contact = board.contacts.at(index);
    is.hot.see(Holds{closed && (!contact || *contact >= limits.contact_limit)}, now_);
    const auto circuit = circuit_of(board.inputs, outlet);
    const bool monitored = circuit < board.inputs.circuits;
    const auto residual = monitored ? board.inputs.residual.at(circuit) : hal::Residual{};
    is.leaking.see(Holds{closed && residual && *residual >= settings.post.residual_limit}, now_);
    is.dead.see(Holds{closed && at.meter().fault() == MeterFault::dead}, now_);

    const bool told_open = !closed && board.contactor == Relay::closed &&
                           plant.coil(outlet) == Relay::open && sound(at.meter());
    is.conducts.see(Holds{told_open && at.amps() >= conducts}, now_);
    if (is.session && !sound(at.meter())) is.session->meter = Session::Meter::doubtful;
}

void PostPromises::after_tick(const PlantPost& plant, const SimBoard& board,
                              const protocol::Settings& settings)
{
    for (protocol::OutletNumber outlet = 1; outlet <= books_.size(); ++outlet) {
        auto& is = book(outlet);
        const auto was = std::exchange(is.relay, board.relays.at(outlet - 1U));
        if (is.relay == Relay::closed) {
            if (was == Relay::open) watch_closing(plant, board, settings, outlet);
            watch_closed(plant, settings, outlet);
            must(Holds{board.contactor == Relay::closed},
                 "no relay is closed behind an open contactor", outlet);
        } else {
            if (was == Relay::closed) is.opened_at = now_;
            watch_open(board, outlet);
        }
    }
    watch_post(board);
}

void PostPromises::after_turn(const PlantPost& plant)
{
    now_ = plant.now();
    for (protocol::OutletNumber outlet = 1; outlet <= books_.size(); ++outlet) {
        auto& is = book(outlet);
        is.waits_for_session.see(Holds{is.unexplained}, now_);
        must(Holds{!is.waits_for_session.lasted(written_within, now_)},
             "I-04: each closing has an authority, and it is written down", outlet);
    }
}

void PostPromises::watch_closing(const PlantPost& plant, const SimBoard& board,
                                 const protocol::Settings& settings, protocol::OutletNumber outlet)
{
    auto& is = book(outlet);
    const auto& at = plant.outlet(outlet);
    must(Holds{is.latched.empty()}, "I-03: a tripped outlet is not energised", outlet);
    must(Holds{whole_.empty()}, "I-03: nothing of a tripped post is energised", outlet);
    must(Holds{now_ - is.opened_at.value_or(powered_at_) >= rest_between},
         "I-08: five seconds between off and on", outlet);
    must(Holds{!closed_last_ || now_ - *closed_last_ >= settings.post.stagger},
         "I-08: closings are staggered", outlet);
    std::erase_if(is.closings, [&](Instant then) { return now_ - then >= closings_window; });
    is.closings.push_back(now_);
    must(Holds{is.closings.size() <= closings_most}, "I-08: three closings a minute", outlet);

    for (std::size_t i = 0; i < hal::post_input_count; ++i) {
        const auto which = static_cast<PostInput>(i);
        if (which == PostInput::group && settings.post.follows_group == 0) continue;
        must(Holds{board.inputs.input(which) != InputState::active}, "I-23: no input says danger",
             outlet);
    }
    const auto& contact = board.contacts.at(outlet - 1U);
    must(Holds{contact && *contact < settings.of(outlet).contact_limit},
         "I-23: the contact is known and cool", outlet);
    must(Holds{board.inputs.rail >= settings.post.rail_least}, "I-23: the rail holds a coil",
         outlet);
    must(Holds{!is.dead.lasted(silence_budget, now_)}, "I-23: the meter is alive", outlet);

    closed_last_ = is.closed_at = now_;
    is.closed_with = at.truth().delivered;
    // What is durable by now may have told of it already.
    is.unexplained = !is.session;
}

void PostPromises::watch_closed(const PlantPost& plant, const protocol::Settings& settings,
                                protocol::OutletNumber outlet)
{
    const auto& is = book(outlet);
    must(Holds{!is.pin.lasted(pin_budget, now_)}, "I-01: the over-current pin opens within 30 ms",
         outlet);
    must(Holds{!is.strong.lasted(packet_budget, now_)},
         "I-01: hard over-current opens within a refresh, a poll and 150 ms", outlet);
    must(Holds{!is.hot.lasted(contact_budget, now_)},
         "I-01: a contact that is hot or unknown opens within a second", outlet);
    must(Holds{!is.leaking.lasted(residual_budget, now_)}, "I-01: a leak opens within 60 ms",
         outlet);
    must(Holds{!is.dead.lasted(silence_budget + Millis{10}, now_)},
         "I-01: a silent meter opens within a second", outlet);

    const auto closed_for = now_ - is.closed_at;
    must(Holds{closed_for < settings.of(outlet).session_cap + slack}, "I-05: the cap on time",
         outlet);
    if (!is.session) return;
    must(Holds{closed_for < is.session->time_limit + slack}, "I-05: the time that was granted",
         outlet);
    const auto granted = joules(std::min(is.session->energy_limit, settings.of(outlet).energy_cap));
    // A hundredth, and what a strong load draws between two readings.
    constexpr Joules between_readings = 7'000.0;
    must(Holds{is.session->meter == Session::Meter::doubtful ||
               plant.outlet(outlet).truth().delivered - is.closed_with <
                   granted * 1.01 + between_readings},
         "I-05: the energy that was granted", outlet);
}

void PostPromises::watch_open(const SimBoard& board, protocol::OutletNumber outlet)
{
    must(Holds{board.contactor == Relay::open || !book(outlet).conducts.lasted(weld_budget, now_)},
         "I-07: current through an open relay calls for the second breaker within 1.5 s", outlet);
}

void PostPromises::watch_post(const SimBoard& board)
{
    const bool any = std::any_of(books_.begin(), books_.end(),
                                 [](const Book& is) { return is.relay == Relay::closed; });
    for (const auto& [which, held] : inputs_)
        must(Holds{!held.lasted(fire_budget, now_) || (!any && board.contactor == Relay::open)},
             "I-01: what says fire opens post and contactor within 50 ms");
    must(Holds{!any || now_ - powered_at_ >= rest_between},
         "I-02: nothing is closed in the first seconds after a boot");
}

}  // namespace ks::sim
