#include "edge/domain/identity_watch.hpp"
#include "tests/edge/edge_site.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::edge;
using namespace ks::protocol;
using ks::test::EdgeSite;
using ks::test::ScriptedPost;

namespace {

const CommandRequest start{.post = 1,
                           .role = Role::manager,
                           .issuer = {},
                           .body = StartOutlet{.outlet = 1,
                                               .card = 7,
                                               .time_limit = Millis{3'600'000},
                                               .energy_limit = MilliwattHours{1'000'000}}};

/// One connection, as the edge sees it: a birth, and a nonce to command with.
void connect(EdgeSite& edge, ScriptedPost& post)
{
    post.mono = post.mono + Millis{1'000};
    edge.wait(Millis{1'000});
    edge.hear(post, post.birth(1));
    NonceOffer offer{.boot = post.boot, .mono = post.mono, .nonce = {}};
    offer.nonce.fill(static_cast<std::byte>(post.mono.since_boot().count() / 1'000));
    edge.hear(post, Up::nonce, encode(offer).view());
}

std::size_t starts_sent(EdgeSite& edge)
{
    REQUIRE(edge.site.request(start, edge.next_command(), edge.now).ok());
    return edge.commands().size();
}

bool alarmed(const EdgeSite& edge)
{
    return edge.site.alarms().active(1, whole_post, AlarmKind::identity_contested);
}

}  // namespace

TEST_CASE("S-18: two that put each other out in one post's name are an alarm, and nothing is "
          "started there until one of them has gone",
          "[edge][site]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    for (std::size_t i = 0; i < IdentityWatch::births_most; ++i)
        connect(edge, post);
    CHECK_FALSE(alarmed(edge));
    CHECK(starts_sent(edge) == 1);

    connect(edge, post);
    CHECK(alarmed(edge));
    CHECK(starts_sent(edge) == 0);
    // A stop is for the outlet, whoever hears it.
    auto stop = start;
    stop.body = StopOutlet{.outlet = 1};
    REQUIRE(edge.site.request(stop, edge.next_command(), edge.now).ok());
    CHECK(edge.commands().size() == 1);

    edge.wait(IdentityWatch::within);
    connect(edge, post);
    CHECK(starts_sent(edge) == 1);
}

TEST_CASE("S-18: a birth that is older than the last one counts as much: clones have clocks of "
          "their own",
          "[edge][site]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    ScriptedPost clone{"POST-0001"};
    post.mono = Instant{Millis{9'000'000}};
    for (int i = 0; i < 2; ++i) {
        connect(edge, post);
        connect(edge, clone);
    }
    CHECK(alarmed(edge));
}

TEST_CASE("S-18: more than three births in a minute, to the millisecond, and each post by itself",
          "[edge][site]")
{
    IdentityWatch watch;
    const Instant first{Millis{500}};
    for (int i = 0; i < 3; ++i)
        CHECK_FALSE(watch.born(1, first + Millis{i}));
    CHECK_FALSE(watch.born(2, first));
    CHECK_FALSE(watch.contested(1, first + Millis{3}));

    CHECK(watch.born(1, first + IdentityWatch::within));
    CHECK(watch.contested(1, first + IdentityWatch::within));
    CHECK_FALSE(watch.contested(1, first + IdentityWatch::within + Millis{1}));
    CHECK(watch.born(1, first + IdentityWatch::within + Millis{1}));
    CHECK_FALSE(watch.contested(2, first));
}
