#include "sim/world/command.hpp"

#include "sim/world/fate.hpp"
#include "sim/world/run_folder.hpp"

#include <ostream>

namespace ks::sim {

namespace {

constexpr int all_held = 0;
constexpr int one_broke = 1;
constexpr std::uint64_t twice_every = 100;

std::string replay;

Life life_of(const WorldOptions& options, std::uint64_t seed)
{
    return {.seed = seed,
            .lasts = Millis{std::int64_t{options.minutes} * 60'000},
            .posts = options.posts,
            .outlets = options.outlets,
            .order = options.order};
}

LifeFigures live_in_a_folder(const Life& life)
{
    const RunFolder folder;
    return live(life, folder.path());
}

void tell(std::ostream& out, const Life& life, const LifeFigures& is)
{
    out << "seed " << life.seed << ": " << is.lived.count() / 1'000 << " s, " << is.events
        << " events, " << is.records << " records, " << is.sessions << " sessions, " << is.trips
        << " kinds of trips, " << is.acknowledged << " acknowledgements, " << is.dropped
        << " messages lost by the broker, trace " << short_hex(is.digest) << std::endl;
}

std::string replay_of(const WorldOptions& options, std::uint64_t seed)
{
    return "replay: kickstand-world --seed " + std::to_string(seed) + " --minutes " +
           std::to_string(options.minutes) + " --posts " + std::to_string(options.posts) +
           " --outlets " + std::to_string(options.outlets);
}

}  // namespace

const char* replay_line() { return replay.c_str(); }

int run_worlds(const WorldOptions& options, std::ostream& out)
{
    Millis lived{};
    const Millis wanted{static_cast<std::int64_t>(options.hours * 3'600'000.0)};
    const auto go_on = [&](std::uint64_t seed) {
        return wanted > Millis{} ? lived < wanted : seed <= options.last_seed;
    };
    for (auto seed = options.first_seed; go_on(seed); ++seed) {
        replay = replay_of(options, seed);
        const auto life = life_of(options, seed);
        try {
            const auto figures = live_in_a_folder(life);
            tell(out, life, figures);
            lived = lived + figures.lived;
            if (seed % twice_every != 0) continue;
            if (live_in_a_folder(life).digest == figures.digest) continue;
            out << "seed " << seed << ": lived twice, it was not the same life (I-33)\n";
        } catch (const BrokenLife& broken) {
            for (const auto& line : broken.before())
                out << "    " << line << '\n';
            out << "seed " << seed << ": " << broken.what() << '\n';
        }
        out << replay << std::endl;
        return one_broke;
    }
    return all_held;
}

}  // namespace ks::sim
