#include "sim/world/fate.hpp"

#include <cmath>

namespace ks::sim {

namespace {

/// Apart from the parts of `World`.
constexpr std::uint64_t part_of_fate = 500;

/// After the last misfortune: longer than the longest patience of a post whose broker took all and
/// passed on nothing (LaneSender::silence_longest), and a minute's backoff.
constexpr Millis patience{600'000};

}  // namespace

Fate::Fate(std::uint64_t seed) : random_{seed, part_of_fate}
{
    for (auto& course : courses_) {
        const bool drawn = one_of(2) == 0;
        // Evenly over the logarithm: from every few seconds to once in minutes.
        const auto every = std::exp(random_.between(std::log(4'000.0), std::log(240'000.0)));
        if (drawn) course = Course{.every = Millis{static_cast<std::int64_t>(every)}, .next = {}};
    }
}

Manners Fate::manners()
{
    Manners manners;
    // The measured default is a site's of hundreds of posts; a small shed overflows a small one.
    constexpr std::array<std::size_t, 4> queues{1'000, 1'000, 30, 3};
    manners.queued = queues.at(one_of(queues.size()));
    if (manners.queued < 1'000) manners.in_flight = 1 + one_of(20);
    manners.again = one_of(4) == 0 ? Manners::Again::last : Manners::Again::first;
    return manners;
}

Millis Fate::some(Millis from, Millis to)
{
    return Millis{static_cast<std::int64_t>(
        random_.between(static_cast<double>(from.count()), static_cast<double>(to.count())))};
}

void Fate::pass(World& world)
{
    for (std::size_t i = 0; i < misfortunes; ++i) {
        if (!courses_[i]) continue;
        auto& [every, next] = *courses_[i];
        if (next && *next <= world.now()) strike(static_cast<Misfortune>(i), world);
        if (!next || *next <= world.now())
            next = world.now() + some(Millis{every.count() / 4}, Millis{2 * every.count()});
    }
    visitors_.resize(world.posts());
    for (std::size_t post = 0; post < world.posts(); ++post) {
        visitors_[post].resize(world.post(post).plant().outlets());
        for (std::size_t i = 0; i < visitors_[post].size(); ++i)
            visit(world, post, static_cast<std::uint8_t>(i + 1), visitors_[post][i]);
    }
}

void Fate::strike(Misfortune kind, World& world)
{
    const auto post = one_of(world.posts());
    switch (kind) {
    case Misfortune::broker_killed: world.kill_broker(some(Millis{100}, Millis{15'000})); break;
    case Misfortune::edge_killed: world.kill_edge(some(Millis{5}, Millis{10'000})); break;
    case Misfortune::edge_stalled: world.stall_edge(some(Millis{100}, Millis{20'000})); break;
    case Misfortune::store_slow:
        world.slow_store(some(Millis{50}, Millis{4'000}), some(Millis{1'000}, Millis{30'000}));
        break;
    case Misfortune::power_cut: world.cut_power(post, some(Millis{5}, Millis{10'000})); break;
    case Misfortune::write_torn: world.tear_next_write(post); break;
    case Misfortune::line_cut: world.cut_line(post, PostLine::Broker::told); break;
    case Misfortune::line_left_waiting: world.cut_line(post, PostLine::Broker::left_waiting); break;
    case Misfortune::line_jammed: world.jam_line(post, some(Millis{100}, Millis{40'000})); break;
    case Misfortune::taken_over: world.take_over(post); break;
    case Misfortune::denied: world.deny(post, some(Millis{1'000}, Millis{40'000})); break;
    case Misfortune::command_replayed: world.replay_command(random_.next()); break;
    case Misfortune::outlet_faulty: break_outlet(world, post); break;
    }
}

void Fate::break_outlet(World& world, std::size_t post)
{
    const auto outlet = static_cast<std::uint8_t>(1 + one_of(world.post(post).plant().outlets()));
    const std::array<Fault, 5> faults{Overload{}, ShortCircuit{}, LoosePlug{}, Leak{},
                                      MeterReset{}};
    world.inject(post, outlet, faults.at(one_of(faults.size())));
}

Bike Fate::some_bike()
{
    // Packs of a few watt-hours are full within minutes; a real one of 500 never is in a test.
    const auto& chargers = charger_profiles();
    const auto& charger = chargers[one_of(chargers.size())];
    return {.battery = {.chemistry = charger.chemistry,
                        .capacity_wh = random_.between(3.0, 40.0),
                        .charge = random_.between(0.1, 0.9)},
            .charger = charger};
}

void Fate::visit(World& world, std::size_t post, std::uint8_t outlet, Visitor& visitor)
{
    if (!visitor.next) visitor.next = world.now() + some(Millis{6'000}, Millis{60'000});
    if (*visitor.next > world.now()) return;
    switch (visitor.state) {
    case Visitor::State::away:
        look_after(world, post, outlet);
        visitor.card = ++cards_;
        world.plug(post, outlet, some_bike());
        visitor.state = Visitor::State::plugged;
        visitor.next = world.now() + some(Millis{500}, Millis{8'000});
        break;
    case Visitor::State::plugged:
        begin(world, post, outlet, visitor);
        visitor.state = Visitor::State::charging;
        visitor.next = world.now() + some(Millis{2'000}, Millis{180'000});
        break;
    case Visitor::State::charging:
        if (one_of(2) == 0) world.ask(post, protocol::StopOutlet{.outlet = outlet});
        world.unplug(post, outlet);
        visitor.state = Visitor::State::away;
        visitor.next = world.now() + some(Millis{2'000}, Millis{60'000});
        break;
    }
}

void Fate::begin(World& world, std::size_t post, std::uint8_t outlet, const Visitor& visitor)
{
    if (one_of(2) == 0) return world.tap_card(post, outlet, visitor.card);
    world.ask(post, protocol::StartOutlet{.outlet = outlet,
                                          .card = visitor.card,
                                          .time_limit = Millis{3'600'000},
                                          .energy_limit = MilliwattHours{500'000}});
}

// The caretaker repairs what the last visitor left, and clears what he then sees at the console.
void Fate::look_after(World& world, std::size_t post, std::uint8_t outlet)
{
    world.repair(post, outlet);
    if (world.edge() == nullptr) return;
    const auto* seen = world.edge()->site().fleet().find(world.post(post).id());
    if (seen == nullptr || outlet > seen->outlet_count) return;
    if (const auto trip = seen->trip_on(outlet))
        world.ask(post, protocol::ClearTrip{.outlet = trip->outlet, .cause = trip->cause});
}

LifeFigures live(const Life& life, const std::filesystem::path& folder)
{
    Fate fate{life.seed};
    World world{{.seed = life.seed,
                 .folder = folder,
                 .posts = life.posts,
                 .outlets = life.outlets,
                 .manners = fate.manners(),
                 .order = life.order}};
    try {
        for (const auto until = world.now() + life.lasts; world.now() < until;) {
            world.step();
            fate.pass(world);
        }
        world.settle(patience);
    } catch (const std::logic_error& broken) {
        throw BrokenLife{"at " + std::to_string(world.now().since_boot().count()) +
                             " ms: " + broken.what(),
                         world.trace().newest()};
    }
    const auto& auditor = world.auditor();
    std::uint64_t records = 0;
    for (const auto& [lane, of_lane] : auditor.truth().lanes())
        records += of_lane.size();
    return {.digest = world.trace().digest(),
            .events = world.trace().events(),
            .records = records,
            .sessions = auditor.sessions(),
            .trips = auditor.trips(),
            .acknowledged = auditor.acknowledged(),
            .dropped = world.broker().dropped(),
            .lived = world.now().since_boot()};
}

}  // namespace ks::sim
