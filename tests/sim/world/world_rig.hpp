#pragma once

#include "sim/world/world.hpp"
#include "tests/support/temp_dir.hpp"

namespace ks::test {

/// A shed of one post with one outlet, where it is quiet until a test does something. Small,
/// because every tick of every post counts.
struct SmallWorld {
    explicit SmallWorld(const sim::Manners& manners)
        : SmallWorld{manners, sim::WorldEdge::Order::commit_then_acknowledge}
    {}
    SmallWorld(const sim::Manners& manners, sim::WorldEdge::Order order)
        : world{{.seed = 7,
                 .folder = folder.path(),
                 .posts = 1,
                 .outlets = 1,
                 .manners = manners,
                 .order = order}}
    {
        // Meters come up, and a relay rests for 5 s.
        world.run_for(Millis{8'000});
    }

    void charge_by_card()
    {
        world.plug(0, 1, sim::common_bike());
        world.tap_card(0, 1, ++card);
        world.run_for(Millis{3'000});
    }
    void leave()
    {
        world.unplug(0, 1);
        world.run_for(Millis{2'000});
    }
    /// A minute of peace is long for one post.
    void settle() { world.settle(Millis{60'000}); }

    TempDir folder;
    protocol::CardToken card{0};
    sim::World world;
};

}  // namespace ks::test
