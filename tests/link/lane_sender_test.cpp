#include "tests/link/rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::protocol;
using namespace ks::test;
using link::LaneSender;
using Acked = LaneSender::Acked;
using Asked = LaneSender::Asked;

namespace {

/// The sequences that leave until there is no more to send.
std::vector<std::uint64_t> drain(LaneSender& sender, Lane lane, Instant now)
{
    std::vector<std::uint64_t> sent;
    std::array<std::byte, record_limit> room;
    while (const auto record = sender.next(lane, room)) {
        sent.push_back(record->seq);
        sender.sent(*record, now);
    }
    return sent;
}

using Sequences = std::vector<std::uint64_t>;
constexpr std::size_t event = 1;

}  // namespace

TEST_CASE("what the edge confirms is not sent, even before it was", "[link][lanes]")
{
    Rig rig;
    rig.records(Lane::event, 5);
    LaneSender sender{rig.journal(), rig_post};  // after a boot: an earlier one may have sent them

    CHECK(sender.acknowledge(Lane::event, 3, rig.now) == Acked::advanced);
    CHECK(drain(sender, Lane::event, rig.now) == Sequences{4, 5});
    CHECK(sender.acknowledge(Lane::event, 2, rig.now) == Acked::nothing_new);
    CHECK(sender.acknowledge(Lane::event, 6, rig.now) == Acked::beyond_sent);
    CHECK(sender.confirmed(Lane::event) == 3);
    CHECK(rig.journal().acked(Lane::event) == 3);

    rig.records(Lane::event, 1);
    CHECK(sender.acknowledge(Lane::event, 6, rig.now) == Acked::beyond_sent);
    CHECK(drain(sender, Lane::event, rig.now) == Sequences{6});
    CHECK(sender.acknowledge(Lane::event, 6, rig.now) == Acked::advanced);
}

TEST_CASE("patience doubles while nobody answers and is short again after an answer",
          "[link][lanes]")
{
    Rig rig;
    rig.records(Lane::event, 3);
    LaneSender sender{rig.journal(), rig_post};
    CHECK_FALSE(sender.silent_at());

    auto now = rig.now + 1'000_s;
    CHECK(drain(sender, Lane::event, now) == Sequences{1, 2, 3});
    for (const auto patience : {30_s, 60_s, 120_s, 240_s, 480_s, 480_s}) {
        CHECK(sender.silent_at() == now + patience);
        CHECK_FALSE(sender.silent(now + patience - 1_ms));
        now = now + patience;
        CHECK(sender.silent(now));
        sender.send_again(now);
        CHECK(drain(sender, Lane::event, now) == Sequences{1, 2, 3});
    }

    CHECK(sender.acknowledge(Lane::event, 1, now) == Acked::advanced);
    CHECK(sender.silent_at() == now + 30_s);
    CHECK(sender.acknowledge(Lane::event, 3, now) == Acked::advanced);
    CHECK_FALSE(sender.silent_at());
}

TEST_CASE(
    "an alarm that a broker dropped in silence is sent again although telemetry gets on (F-086)",
    "[link][lanes]")
{
    Rig rig;
    rig.records(Lane::alarm, 1);
    LaneSender sender{rig.journal(), rig_post};
    const auto dropped_at = rig.now;
    CHECK(drain(sender, Lane::alarm, dropped_at) == Sequences{1});
    for (std::uint64_t frame = 1; frame <= 5; ++frame) {
        const auto now = dropped_at + Millis{5'000 * static_cast<std::int64_t>(frame)};
        rig.records(Lane::tele, 1);
        CHECK(drain(sender, Lane::tele, now) == Sequences{frame});
        CHECK(sender.acknowledge(Lane::tele, frame, now) == Acked::advanced);
    }
    CHECK(sender.silent_at() == dropped_at + 30_s);
    sender.send_again(dropped_at + 30_s);
    CHECK(drain(sender, Lane::alarm, dropped_at + 30_s) == Sequences{1});
    CHECK(drain(sender, Lane::tele, dropped_at + 30_s).empty());
    CHECK(sender.silent_at() == dropped_at + 90_s);
}

TEST_CASE("a question is answered from its first record on, and once in a while", "[link][lanes]")
{
    Rig rig;
    rig.records(Lane::event, 5);
    LaneSender sender{rig.journal(), rig_post};
    CHECK(drain(sender, Lane::event, rig.now).size() == 5);
    const RangeRequest range{.lane = Lane::event, .from = 3, .to = 5};

    CHECK(sender.ask(range, rig.now) == Asked::sending);
    CHECK(drain(sender, Lane::event, rig.now) == Sequences{3, 4, 5});
    CHECK(sender.ask(range, rig.now + 1_s) == Asked::sending);
    CHECK(drain(sender, Lane::event, rig.now + 1_s).empty());
    CHECK(sender.ask(range, rig.now + LaneSender::asked_again_after) == Asked::sending);
    CHECK(drain(sender, Lane::event, rig.now) == Sequences{3, 4, 5});

    CHECK(sender.ask({.lane = Lane::event, .from = 6, .to = 9}, rig.now) == Asked::not_held);
    CHECK(drain(sender, Lane::event, rig.now).empty());
}

TEST_CASE("a question for what is gone makes the rest go, and the gap may be confirmed",
          "[link][lanes]")
{
    Rig rig{hal::NorGeometry{.sector_size = 1'024, .sectors = 12, .page_size = 128}};
    LaneSender sender{rig.journal(), rig_post};
    for (int i = 0; i < 300; ++i)
        rig.record(Lane::tele);
    const auto oldest = rig.journal().oldest(Lane::tele);
    REQUIRE(oldest > 2);

    CHECK(sender.ask({.lane = Lane::tele, .from = 1, .to = 2}, rig.now) == Asked::not_held);
    CHECK_FALSE(sender.found_hole());  // the answer is a birth already
    CHECK(sender.states()[2].oldest == oldest);
    CHECK(sender.acknowledge(Lane::tele, oldest - 1, rig.now) == Acked::advanced);
    CHECK(drain(sender, Lane::tele, rig.now).front() == oldest);
}

TEST_CASE("behind a damaged record the lane waits until all before it is confirmed",
          "[link][lanes]")
{
    Rig rig;
    rig.records(Lane::event, 5);
    rig.damage(Lane::event, 3);
    LaneSender sender{rig.journal(), rig_post};

    CHECK(drain(sender, Lane::event, rig.now) == Sequences{1, 2});
    CHECK(sender.states()[event].oldest == 1);
    CHECK_FALSE(sender.found_hole());

    CHECK(sender.acknowledge(Lane::event, 2, rig.now) == Acked::advanced);
    CHECK(drain(sender, Lane::event, rig.now) == Sequences{4, 5});
    CHECK(sender.found_hole());
    CHECK(sender.states()[event].oldest == 4);
    CHECK(sender.states()[event].before == protocol::digest_of(rig.truth[Lane::event][2]));

    // The edge went over the hole: from now on the damage is nobody's business.
    CHECK(sender.acknowledge(Lane::event, 3, rig.now) == Acked::advanced);
    CHECK(sender.states()[event].oldest == 4);
    CHECK(sender.acknowledge(Lane::event, 5, rig.now) == Acked::advanced);
    CHECK(sender.states()[event].oldest == 1);
}

TEST_CASE("an edge that lost all gets what lies before a damaged record as well", "[link][lanes]")
{
    Rig rig;
    rig.records(Lane::event, 5);
    rig.damage(Lane::event, 3);
    LaneSender sender{rig.journal(), rig_post};
    CHECK(drain(sender, Lane::event, rig.now) == Sequences{1, 2});
    CHECK(sender.acknowledge(Lane::event, 2, rig.now) == Acked::advanced);
    CHECK(drain(sender, Lane::event, rig.now) == Sequences{4, 5});

    CHECK(sender.ask({.lane = Lane::event, .from = 1, .to = 5}, rig.now) == Asked::sending);
    CHECK(drain(sender, Lane::event, rig.now) == Sequences{1, 2});
}
