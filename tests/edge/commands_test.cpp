#include "edge/domain/access.hpp"
#include "tests/edge/edge_site.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::edge;
using namespace ks::protocol;
using ks::test::EdgeSite;
using ks::test::ScriptedPost;

namespace {

constexpr CardToken card = 0x9f3c04d1;

void offer(EdgeSite& edge, const ScriptedPost& post, std::byte nonce)
{
    NonceOffer is{.boot = post.boot, .mono = post.mono, .nonce = {}};
    is.nonce.fill(nonce);
    const auto bytes = encode(is);
    edge.hear(post, Up::nonce, bytes.view());
}

CommandRequest start_of(OutletNumber outlet)
{
    return {.post = 1,
            .role = Role::manager,
            .issuer = {},
            .body = StartOutlet{.outlet = outlet,
                                .card = card,
                                .time_limit = Millis{3'600'000},
                                .energy_limit = MilliwattHours{1'000'000}}};
}

/// A site that knows one post with ten idle outlets.
struct Shed {
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    Shed()
    {
        edge.hear(post, post.birth(1));
        (void)edge.told();
    }
    void tap(OutletNumber outlet, CardToken token)
    {
        edge.hear(post, Lane::event,
                  post.make(Lane::event, CardPresented{.outlet = outlet, .card = token}));
    }
};

}  // namespace

TEST_CASE("a card that is welcome starts its outlet with the post's fresh nonce", "[edge][access]")
{
    Shed shed;
    shed.tap(4, card);
    offer(shed.edge, shed.post, std::byte{0xAA});

    const auto commands = shed.edge.commands();

    REQUIRE(commands.size() == 1);
    CHECK(commands[0].role == Role::edge);
    CHECK(commands[0].nonce->front() == std::byte{0xAA});
    const auto& start = std::get<StartOutlet>(commands[0].body);
    CHECK(start.outlet == 4);
    CHECK(start.card == card);
}

TEST_CASE("a command is authentic for its own post and no other", "[edge][command]")
{
    Shed shed;
    offer(shed.edge, shed.post, std::byte{1});
    REQUIRE(shed.edge.site.request(start_of(2), shed.edge.next_command(), shed.edge.now).ok());

    for (const auto& publish : shed.edge.told()) {
        if (publish.what != Down::command) continue;
        CHECK(authenticity(publish.bytes.view(), key_of(CommandKey{}, "POST-0001")) ==
              Authenticity::proven);
        CHECK(authenticity(publish.bytes.view(), key_of(CommandKey{}, "POST-0002")) ==
              Authenticity::wrong);
    }
}

TEST_CASE("a tap from before an outage starts nothing", "[edge][access]")
{
    Shed shed;
    shed.tap(4, card);
    shed.post.mono = shed.post.mono + nonce_life + Millis{1};
    offer(shed.edge, shed.post, std::byte{1});

    CHECK(shed.edge.commands().empty());
}

TEST_CASE("a tap of an earlier boot starts nothing", "[edge][access]")
{
    Shed shed;
    shed.tap(4, card);
    shed.post.boot = 2;
    offer(shed.edge, shed.post, std::byte{1});

    CHECK(shed.edge.commands().empty());
}

TEST_CASE("an old nonce is not used: the post is asked for a new one", "[edge][command]")
{
    Shed shed;
    offer(shed.edge, shed.post, std::byte{1});
    (void)shed.edge.told();
    shed.edge.wait(nonce_life);

    const auto id = shed.edge.next_command();
    REQUIRE(shed.edge.site.request(start_of(2), id, shed.edge.now).ok());
    const auto told = shed.edge.told();
    REQUIRE(told.size() == 1);
    CHECK(told[0].what == Down::nonce);
    CHECK(shed.edge.site.command(id)->stage == CommandStage::waiting_for_nonce);

    offer(shed.edge, shed.post, std::byte{2});
    CHECK(shed.edge.commands().size() == 1);
    CHECK(shed.edge.site.command(id)->stage == CommandStage::sent);
}

TEST_CASE("one nonce serves one command; the second asks for its own", "[edge][command]")
{
    Shed shed;
    offer(shed.edge, shed.post, std::byte{1});
    const auto first = shed.edge.next_command();
    const auto second = shed.edge.next_command();
    REQUIRE(shed.edge.site.request(start_of(1), first, shed.edge.now).ok());
    REQUIRE(shed.edge.site.request(start_of(2), second, shed.edge.now).ok());

    CHECK(shed.edge.commands().size() == 1);
    CHECK(shed.edge.site.command(second)->stage == CommandStage::waiting_for_nonce);
}

TEST_CASE("S-24: stopping needs no nonce and does not wait", "[edge][command]")
{
    Shed shed;
    auto request = start_of(1);
    request.body = StopOutlet{.outlet = whole_post};
    REQUIRE(shed.edge.site.request(request, shed.edge.next_command(), shed.edge.now).ok());

    const auto commands = shed.edge.commands();
    REQUIRE(commands.size() == 1);
    CHECK_FALSE(commands[0].nonce);
}

TEST_CASE("S-30: the post's own record says what became of a command", "[edge][command]")
{
    Shed shed;
    offer(shed.edge, shed.post, std::byte{1});
    const auto id = shed.edge.next_command();
    REQUIRE(shed.edge.site.request(start_of(1), id, shed.edge.now).ok());
    (void)shed.edge.told();

    shed.edge.hear(shed.post, Lane::event,
                   shed.post.make(Lane::event, CommandResult{.command = id,
                                                             .action = CommandAction::start,
                                                             .outlet = 1,
                                                             .outcome = CommandOutcome::late}));

    CHECK(shed.edge.site.command(id)->stage == CommandStage::answered);
    CHECK(shed.edge.site.command(id)->outcome == CommandOutcome::late);
    CHECK(shed.edge.site.figures().refused_commands == 1);
}

TEST_CASE("a command nobody answers expires and is not sent again", "[edge][command]")
{
    Shed shed;
    offer(shed.edge, shed.post, std::byte{1});
    const auto id = shed.edge.next_command();
    REQUIRE(shed.edge.site.request(start_of(1), id, shed.edge.now).ok());
    (void)shed.edge.told();

    shed.edge.wait(CommandDesk::patience + Millis{1});
    shed.edge.site.tick(shed.edge.now);

    CHECK(shed.edge.site.command(id)->stage == CommandStage::expired);
    CHECK(shed.edge.commands().empty());
}

TEST_CASE("what cannot be asked for is refused with its reason", "[edge][command]")
{
    Shed shed;
    auto request = start_of(11);
    CHECK(shed.edge.site.request(request, shed.edge.next_command(), shed.edge.now).reason() ==
          CommandRefusal::unknown_outlet);
    request.post = 2;
    CHECK(shed.edge.site.request(request, shed.edge.next_command(), shed.edge.now).reason() ==
          CommandRefusal::unknown_post);
    auto endless = start_of(1);
    endless.body =
        StartOutlet{.outlet = 1, .card = {}, .time_limit = Millis{-1}, .energy_limit = {}};
    CHECK(shed.edge.site.request(endless, shed.edge.next_command(), shed.edge.now).reason() ==
          CommandRefusal::out_of_range);
    for (std::size_t i = 0; i < CommandDesk::waiting_limit; ++i)
        (void)shed.edge.site.request(start_of(1), shed.edge.next_command(), shed.edge.now);
    CHECK(shed.edge.site.request(start_of(1), shed.edge.next_command(), shed.edge.now).reason() ==
          CommandRefusal::too_many_waiting);
}

TEST_CASE("who may start what", "[edge][access]")
{
    PostView post;
    post.outlet_count = 3;
    post.outlets[1].state = OutletState::charging;
    post.outlets[1].session = 5;
    post.outlets[1].card = card;
    post.outlets[2].state = OutletState::locked_out;
    post.outlets[2].trip = TripCause::overload;
    AccessPolicy members;
    members.cards = std::set<CardToken>{card};

    CHECK(decide({}, post, {.outlet = 1, .card = 77}) == Tap::start);
    CHECK(decide({}, post, {.outlet = 1, .card = 0}) == Tap::unknown_card);
    CHECK(decide(members, post, {.outlet = 1, .card = card}) == Tap::start);
    CHECK(decide(members, post, {.outlet = 1, .card = 77}) == Tap::unknown_card);
    CHECK(decide({}, post, {.outlet = 2, .card = 77}) == Tap::outlet_busy);
    CHECK(decide({}, post, {.outlet = 2, .card = card}) == Tap::stop);
    CHECK(decide({}, post, {.outlet = 3, .card = card}) == Tap::outlet_locked);
    CHECK(decide({}, post, {.outlet = 4, .card = card}) == Tap::unknown_outlet);
    CHECK(decide({}, post, {.outlet = 0, .card = card}) == Tap::unknown_outlet);
}
