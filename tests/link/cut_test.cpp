#include "tests/link/rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::protocol;
using namespace ks::test;

namespace {

constexpr hal::NorGeometry chip{.sector_size = 1'024, .sectors = 12, .page_size = 128};

[[nodiscard]] bool all_confirmed(Rig& rig)
{
    return std::all_of(all_lanes.begin(), all_lanes.end(), [&rig](Lane lane) {
        return rig.journal().acked(lane) + 1 == rig.journal().next_seq(lane);
    });
}

/// A short evening: something of each lane before the link is up and after, and one start.
void play(Rig& rig)
{
    for (const auto lane : all_lanes)
        rig.records(lane, 2);
    rig.come_up();
    if (!rig.edge.nonces.empty()) send_command(rig, good_start(rig));
    for (const auto lane : all_lanes)
        rig.records(lane, 1);
    // Two of the longest waits that there are, and no longer than needed.
    for (int i = 0; i < 1'300 && (rig.cut_after || i < 3 || !all_confirmed(rig)); ++i) {
        if (i == 3) rig.cut_after.reset();  // nothing was left to cut
        rig.pass(100_ms);
    }
}

void require_whole(Rig& rig)
{
    for (const auto lane : all_lanes) {
        REQUIRE(rig.edge.log[lane].size() == rig.truth[lane].size());
        for (std::size_t i = 0; i < rig.truth[lane].size(); ++i) {
            const auto& stored = rig.edge.log[lane][i];
            REQUIRE(stored.seq == i + 1);
            REQUIRE(stored.standing == edge::Standing::chained);
            REQUIRE(stored.bytes == rig.truth[lane][i]);
        }
        REQUIRE(rig.journal().acked(lane) == rig.truth[lane].size());
    }
    REQUIRE(rig.edge.gaps.empty());
    REQUIRE(rig.accepted.size() <= 1);
}

}  // namespace

// Slow, because the evening is played hundreds of times. The steps fall at borders and inside of
// packets alike; that every byte is a place to be cut at is shown in the tests of MQTT.
TEST_CASE("wherever the line is cut, the edge ends with every record once and in its chain",
          "[link][cut][slow]")
{
    std::size_t bytes = 0;
    {
        Rig rehearsal{chip};
        play(rehearsal);
        require_whole(rehearsal);
        REQUIRE(rehearsal.accepted.size() == 1);
        bytes = rehearsal.moved;
    }
    REQUIRE(bytes > 1'000);

    for (std::size_t cut = 1; cut <= bytes; cut += 5) {
        CAPTURE(cut);
        Rig rig{chip};
        rig.cut_after = cut;
        play(rig);
        require_whole(rig);
    }
}

// Slow, because every journal is mounted twice.
TEST_CASE("wherever the power goes, the edge ends with every record once and in its chain",
          "[link][cut][slow]")
{
    for (std::size_t cut = 1; cut <= 1'500; cut += 7) {
        CAPTURE(cut);
        Rig rig{chip};
        rig.cut_after = cut;
        for (const auto lane : all_lanes)
            rig.records(lane, 2);
        for (int i = 0; i < 20 && rig.cut_after; ++i)
            rig.pass(100_ms);
        rig.reboot();
        play(rig);
        require_whole(rig);
    }
}
