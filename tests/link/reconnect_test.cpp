#include "tests/link/rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::protocol;
using namespace ks::test;
using link::Trouble;

TEST_CASE("a post comes back after each way of losing its line", "[link][reconnect]")
{
    Rig rig;
    rig.come_up();
    CHECK(rig.opened == 1);

    SECTION("the line goes")
    {
        rig.cut_after = 1;
        rig.records(Lane::event, 1);
        rig.run();
        CHECK(rig.link().trouble() == Trouble::line_lost);
    }
    SECTION("the broker refuses us")
    {
        rig.edge.connack_code = 5;
        rig.cut_after = 1;
        rig.records(Lane::event, 1);
        rig.pass(3_s);
        CHECK(rig.link().trouble() == Trouble::mqtt);
        CHECK(rig.link().mqtt_fault() == mqtt::Fault::refused_authorisation);
        rig.edge.connack_code = 0;
    }
    SECTION("the broker refuses the subscription")
    {
        rig.edge.suback_code = 0x80;
        rig.cut_after = 1;
        rig.records(Lane::event, 1);
        rig.pass(3_s);
        CHECK(rig.link().trouble() == Trouble::subscription_refused);
        rig.edge.suback_code = 1;
    }
    SECTION("the modem does not attach")
    {
        rig.line_works = false;
        rig.cut_after = 1;
        rig.records(Lane::event, 1);
        rig.pass(40_s);
        CHECK(rig.link().trouble() == Trouble::line_late);
        rig.line_works = true;
    }
    SECTION("somebody else answers")
    {
        rig.records(Lane::event, 1);
        const auto garbage = unhex("485454502F312E3120343030");
        rig.edge.to_post = garbage;
        rig.run();
        CHECK(rig.link().trouble() == Trouble::mqtt);
        CHECK(rig.link().mqtt_fault() == mqtt::Fault::flags_wrong);
    }
    CHECK_FALSE(rig.link().up());

    rig.pass(130_s);
    CHECK(rig.link().up());
    CHECK(rig.sequences(Lane::event) == std::vector<std::uint64_t>{1});
    CHECK(rig.opened >= 2);
}

TEST_CASE("a post that fails goes on trying, ever less often, within a minute", "[link][reconnect]")
{
    Rig rig;
    rig.edge.connack_code = 3;
    rig.pass(600_s);
    // 1, 2, 4 … 60 s, half of each on average; sixty tries would be a drum, five a sulk.
    CHECK(rig.opened > 10);
    CHECK(rig.opened < 60);
    const auto before = rig.opened;
    rig.pass(61_s);
    CHECK(rig.opened > before);
}

TEST_CASE("an answer from the edge makes the post impatient again", "[link][reconnect]")
{
    Rig rig;
    rig.edge.connack_code = 3;
    rig.pass(300_s);
    rig.edge.connack_code = 0;
    rig.come_up();

    rig.cut_after = 1;
    rig.records(Lane::event, 1);
    rig.run();
    CHECK_FALSE(rig.link().up());
    rig.pass(1'200_ms);
    CHECK(rig.link().up());
}

TEST_CASE("a birth is the first word on every connection, however short the last one was",
          "[link][reconnect]")
{
    Rig rig;
    rig.records(Lane::alarm, 1);
    rig.come_up();
    for (int i = 0; i < 10; ++i) {
        rig.edge.published.clear();
        rig.cut_after = 1;
        rig.records(Lane::alarm, 1);
        rig.run();
        rig.come_up();
        REQUIRE_FALSE(rig.edge.published.empty());
        CHECK(rig.edge.published[0].what == Up::birth);
    }
}

TEST_CASE("without randomness there is no connection, and with it there is again", "[link][S-05]")
{
    Rig rig;
    const std::array<std::byte, 32> stuck{};
    REQUIRE_FALSE(rig.random.seed(stuck).ok());
    rig.pass(10_s);
    CHECK(rig.opened == 0);
    CHECK(rig.link().trouble() == Trouble::no_randomness);

    std::array<std::byte, 32> good;
    for (std::size_t i = 0; i < good.size(); ++i)
        good[i] = static_cast<std::byte>(i * 73 + 5);
    REQUIRE(rig.random.seed(good).ok());
    rig.come_up();
    CHECK(rig.edge.nonces.size() == 1);
}

TEST_CASE("a line that takes no bytes is given up", "[link][reconnect]")
{
    Rig rig;
    auto& link = rig.link();
    REQUIRE(std::holds_alternative<link::Link::OpenLine>(link.next(rig.now)));
    link.line_opened(rig.now);
    for (int i = 0; i < 30; ++i) {
        REQUIRE(std::holds_alternative<link::Link::Send>(link.next(rig.now)));
        rig.now = rig.now + 1_s;
    }
    CHECK(std::holds_alternative<link::Link::CloseLine>(link.next(rig.now)));
    CHECK(link.trouble() == Trouble::write_late);
}
