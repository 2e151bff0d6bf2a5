#include "tests/link/rig.hpp"

#include <catch2/catch.hpp>

#include <numeric>

using namespace ks;
using namespace ks::protocol;
using namespace ks::test;
using link::Oddity;
using link::Trouble;

namespace {

std::vector<std::uint64_t> up_to(std::uint64_t last)
{
    std::vector<std::uint64_t> all(last);
    std::iota(all.begin(), all.end(), 1);
    return all;
}

}  // namespace

TEST_CASE("a post connects, says where it stands, and hands over what it has", "[link]")
{
    Rig rig;
    rig.records(Lane::tele, 2);
    rig.records(Lane::event, 3);
    rig.records(Lane::alarm, 1);

    rig.come_up();

    CHECK(rig.order() == std::vector{Up::birth, Up::alarm, Up::nonce, Up::event, Up::event,
                                     Up::event, Up::tele, Up::tele});
    REQUIRE(rig.edge.births.size() == 1);
    CHECK(rig.edge.births[0].outlets == 10);
    CHECK(rig.edge.births[0].lanes[1].oldest == 1);
    CHECK(rig.edge.births[0].lanes[1].next == 4);
    CHECK(rig.edge.births[0].lanes[1].before == genesis(rig_post, Lane::event));
    for (const auto lane : all_lanes) {
        CHECK(rig.journal().acked(lane) == rig.truth[lane].size());
        CHECK(rig.sequences(lane) == up_to(rig.truth[lane].size()));
        for (const auto& stored : rig.edge.log[lane])
            CHECK(stored.standing == edge::Standing::chained);
    }
    CHECK(rig.edge.will_topic == "ks/1/SITE-0001/POST-0001/up/will");
    CHECK(rig.link().trouble() == Trouble::none);
}

TEST_CASE("what is recorded while the link is up leaves at once", "[link]")
{
    Rig rig;
    rig.come_up();
    rig.records(Lane::event, 1);

    rig.run();

    CHECK(rig.sequences(Lane::event) == up_to(1));
    CHECK(rig.journal().acked(Lane::event) == 1);
}

TEST_CASE("an alarm overtakes a backlog at the next free slot", "[link][alarm]")
{
    Rig rig;
    rig.edge.answers_pubacks = false;
    rig.records(Lane::event, 50);
    rig.come_up();
    // Birth, nonce and events have taken every slot but the one kept for alarms.
    CHECK(rig.order().size() == 7);

    rig.records(Lane::alarm, 2);
    rig.run();

    CHECK(rig.order().size() == 8);
    CHECK(rig.order().back() == Up::alarm);
    CHECK(rig.sequences(Lane::alarm) == up_to(1));
}

TEST_CASE("a backlog drains whole and in order", "[link]")
{
    Rig rig;
    rig.records(Lane::event, 400);
    rig.records(Lane::tele, 300);
    rig.delay = 40_ms;

    rig.come_up();
    rig.pass(60_s);

    CHECK(rig.sequences(Lane::event) == up_to(400));
    CHECK(rig.sequences(Lane::tele) == up_to(300));
    CHECK(rig.edge.duplicates == 0);
    CHECK(rig.journal().acked(Lane::event) == 400);
}

TEST_CASE("no more than a bounded run of records is ahead of the edge's word", "[link]")
{
    Rig rig;
    rig.edge.edge_is_alive = false;
    rig.records(Lane::event, 300);

    rig.come_up();

    const auto order = rig.order();
    CHECK(std::count(order.begin(), order.end(), Up::event) == link::LaneSender::ahead_limit);
}

TEST_CASE("a broker that takes all and passes on nothing is noticed after 30 s (F-087)",
          "[link][silence]")
{
    Rig rig;
    rig.edge.edge_is_alive = false;
    rig.records(Lane::event, 2);
    rig.come_up();
    CHECK_FALSE(rig.link().unheard());
    CHECK(rig.wake <= rig.now + link::LaneSender::silence_first);
    const auto before = rig.order().size();

    rig.pass(29_s);
    CHECK(rig.order().size() == before);
    CHECK_FALSE(rig.link().unheard());
    rig.pass(1_s);
    CHECK(rig.link().unheard());
    CHECK(rig.order().size() == before + 3);  // both again, behind a birth
    rig.pass(59_s);
    CHECK(rig.order().size() == before + 3);  // patience doubles
    rig.pass(2_s);
    CHECK(rig.order().size() == before + 6);

    rig.edge.edge_is_alive = true;
    rig.pass(120_s);
    CHECK_FALSE(rig.link().unheard());
    CHECK(rig.sequences(Lane::event) == up_to(2));
    CHECK(rig.journal().acked(Lane::event) == 2);
}

TEST_CASE("records that a broker loses in silence are asked for and arrive once", "[link][loss]")
{
    Rig rig;
    rig.records(Lane::event, 60);
    rig.records(Lane::alarm, 5);
    rig.edge.loses = [](std::size_t i) { return i * 2'654'435'761u % 97 < 20; };

    rig.come_up();
    rig.pass(120_s);

    CHECK(rig.sequences(Lane::event) == up_to(60));
    CHECK(rig.sequences(Lane::alarm) == up_to(5));
    CHECK(rig.edge.gaps.empty());
}

TEST_CASE("after a reboot the link goes on where the edge left off", "[link][reboot]")
{
    Rig rig;
    rig.records(Lane::event, 10);
    rig.come_up();
    rig.records(Lane::event, 5);
    rig.reboot();
    rig.records(Lane::event, 5);

    rig.come_up();

    CHECK(rig.sequences(Lane::event) == up_to(20));
    CHECK(rig.journal().acked(Lane::event) == 20);
    CHECK(rig.link().count(Oddity::beyond_sent) == 0);
}

TEST_CASE("an acknowledgement of what never left is refused", "[link][ack]")
{
    Rig rig;
    rig.come_up();
    rig.records(Lane::event, 3);
    const auto lie = encode(Ack{.upto = {0, 3, 0}});

    rig.edge.say(Down::ack, lie.view());
    rig.edge.edge_is_alive = false;
    while (rig.link().count(Oddity::beyond_sent) == 0) {
        // The lie must reach the link before the records leave it.
        auto room = rig.link().inbox();
        const auto& bytes = rig.edge.to_post;
        REQUIRE(bytes.size() <= room.size());
        std::copy(bytes.begin(), bytes.end(), room.begin());
        rig.link().received(bytes.size());
        rig.edge.to_post.clear();
        rig.run();
    }

    CHECK(rig.link().count(Oddity::beyond_sent) == 1);
    CHECK(rig.journal().acked(Lane::event) == 0);
}

TEST_CASE("a range that the post no longer has is answered with a birth", "[link][range]")
{
    Rig rig{hal::NorGeometry{.sector_size = 1'024, .sectors = 12, .page_size = 128}};
    rig.come_up();
    rig.line_works = false;
    rig.edge.accept();
    rig.link().line_lost(rig.now);
    for (int i = 0; i < 400; ++i)
        rig.record(Lane::tele);
    REQUIRE(rig.journal().oldest(Lane::tele) > 1);

    rig.line_works = true;
    rig.reboot();
    rig.now = Instant{5'000_ms};
    rig.come_up();
    rig.pass(30_s);

    const auto oldest = rig.edge.births.back().lanes[2].oldest;
    REQUIRE(rig.edge.gaps.size() == 1);
    CHECK(rig.edge.gaps[0].from == 1);
    CHECK(rig.edge.gaps[0].to == oldest - 1);
    REQUIRE_FALSE(rig.edge.log[Lane::tele].empty());
    for (const auto& stored : rig.edge.log[Lane::tele])
        CHECK(stored.standing == edge::Standing::chained);
    CHECK(rig.sequences(Lane::tele).back() == rig.truth[Lane::tele].size());
    CHECK(rig.journal().acked(Lane::tele) == rig.truth[Lane::tele].size());

    const auto births = rig.edge.births.size();
    const auto gone = encode(RangeRequest{.lane = Lane::tele, .from = 1, .to = 2});
    rig.edge.say(Down::range, gone.view());
    const auto never = encode(RangeRequest{.lane = Lane::event, .from = 900, .to = 900});
    rig.edge.say(Down::range, never.view());
    rig.pass(3_s);
    CHECK(rig.edge.births.size() == births + 1);

    // Nobody makes the post say more than one a second.
    for (int i = 0; i < 20; ++i) {
        rig.edge.say(Down::range, never.view());
        rig.run();
    }
    CHECK(rig.edge.births.size() == births + 2);
    CHECK(rig.wake <= rig.edge.births.back().mono + link::Link::birth_interval);
    rig.pass(5_s);
    CHECK(rig.edge.births.size() == births + 3);
}

TEST_CASE("nothing that has arrived waits for more to arrive", "[link]")
{
    using link::Link;
    Rig rig;
    rig.come_up();
    auto& link = rig.link();
    auto action = link.next(rig.now);
    for (; std::holds_alternative<Link::Wait>(action); action = link.next(rig.now))
        rig.now = rig.now + 1_s;
    link.sent(std::get<Link::Send>(action).bytes.size());  // a ping

    // Its answer comes in one piece with a request for a nonce.
    rig.edge.to_post = pingresp;
    rig.edge.say(Down::nonce, encode(NonceRequest{}).view());
    std::copy(rig.edge.to_post.begin(), rig.edge.to_post.end(), link.inbox().begin());
    link.received(std::exchange(rig.edge.to_post, {}).size());

    std::size_t said = 0;
    for (action = link.next(rig.now); !std::holds_alternative<Link::Wait>(action);
         action = link.next(rig.now)) {
        const auto size = std::get<Link::Send>(action).bytes.size();
        said += size;
        link.sent(size);
    }
    CHECK(said > 4 + sizeof(Nonce));  // the offer, besides the acknowledgement of the request
}

TEST_CASE("an edge that lost its disk gets again what the post still holds", "[link][range]")
{
    Rig rig;
    rig.records(Lane::event, 30);
    rig.come_up();
    REQUIRE(rig.journal().acked(Lane::event) == 30);

    rig.edge.lose_disk();
    rig.cut_after = 1;
    rig.records(Lane::event, 1);
    rig.pass(60_s);

    CHECK(rig.sequences(Lane::event) == up_to(31));
    CHECK(rig.edge.gaps.empty());
}

TEST_CASE("a damaged record is told as lost, and none beside it", "[link][damage]")
{
    Rig rig;
    rig.records(Lane::event, 20);
    rig.damage(Lane::event, 8);
    rig.damage(Lane::event, 9);
    rig.damage(Lane::event, 20);
    // The broker loses some of what is before the damage as well: that must still arrive.
    rig.edge.loses = [](std::size_t i) { return i >= 4 && i < 7; };

    rig.come_up();
    rig.pass(200_s);

    std::vector<std::uint64_t> expected = up_to(19);
    expected.erase(expected.begin() + 7, expected.begin() + 9);
    CHECK(rig.sequences(Lane::event) == expected);
    for (const auto& stored : rig.edge.log[Lane::event])
        CHECK(stored.standing == edge::Standing::chained);
    REQUIRE(rig.edge.gaps.size() == 2);
    CHECK(rig.edge.gaps[0].from == 8);
    CHECK(rig.edge.gaps[0].to == 9);
    CHECK(rig.edge.gaps[1].from == 20);
    CHECK(rig.edge.gaps[1].to == 20);
    CHECK(rig.journal().acked(Lane::event) == 20);

    rig.records(Lane::event, 1);
    rig.pass(1_s);
    CHECK(rig.sequences(Lane::event).back() == 21);
    CHECK(rig.edge.log[Lane::event].back().standing == edge::Standing::chained);
}

TEST_CASE("the post learns the time and how far it may be wrong", "[link][time]")
{
    Rig rig;
    rig.delay = 50_ms;
    CHECK_FALSE(rig.link().wall(rig.now));
    rig.come_up();

    const auto wall = rig.link().wall(rig.now);
    REQUIRE(wall);
    const auto truth = UnixMillis{1'800'000'000'000} + rig.now.since_boot();
    const auto off = std::max((wall->at - truth).count(), (truth - wall->at).count());
    CHECK(off <= wall->error.count());
    CHECK(wall->error >= 50_ms);
    CHECK(wall->error <= 200_ms);

    const auto later = rig.link().wall(rig.now + 10'000_s);
    CHECK(later->error == wall->error + 1'000_ms);
}

TEST_CASE("a goodbye keeps the will unsaid and the post away", "[link]")
{
    Rig rig;
    rig.come_up();
    rig.link().stop();
    rig.pass(100_s);

    CHECK(rig.link().stopped());
    CHECK(rig.closed == 1);
    CHECK(rig.opened == 1);
}

TEST_CASE("what nobody meant for this post is counted and nothing else", "[link][odd]")
{
    Rig rig;
    rig.records(Lane::event, 1);
    rig.edge.edge_is_alive = false;
    rig.come_up();
    const auto ack = encode(Ack{.upto = {0, 1, 0}});

    rig.edge.say({.topic = rig.edge.topic(Down::ack), .flags = 0x03}, ack.view());
    rig.edge.say({.topic = "ks/1/SITE-0001/POST-0002/down/ack"}, ack.view());
    rig.edge.say({.topic = "ks/1/SITE-0002/POST-0001/down/ack"}, ack.view());
    rig.edge.say({.topic = "ks/1/SITE-0001/POST-0001/down/other"}, ack.view());
    rig.edge.say({.topic = "x"}, ack.view());
    for (const auto what : {Down::ack, Down::time, Down::range, Down::nonce})
        rig.edge.say(what, unhex("FF"));
    const auto unasked = encode(TimeNotice{.echo = Instant{1_ms}, .now = rig.edge.wall});
    rig.edge.say(Down::time, unasked.view());
    rig.run();

    CHECK(rig.link().count(Oddity::retained) == 1);
    CHECK(rig.link().count(Oddity::stray) == 4);
    CHECK(rig.link().count(Oddity::malformed) == 4);
    CHECK(rig.link().count(Oddity::clock) == 1);
    CHECK(rig.journal().acked(Lane::event) == 0);
    CHECK(rig.link().up());
    CHECK_FALSE(rig.link().wall(rig.now));
}
