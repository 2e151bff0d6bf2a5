#include "tests/link/rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::protocol;
using namespace ks::test;

namespace {

Command with_body(const Rig& rig, const CommandBody& body)
{
    auto command = good_start(rig);
    command.body = body;
    return command;
}

/// What becomes of one message on `down/command` that must be refused.
link::Link::Refused refusal_of(Rig& rig, Bytes bytes)
{
    const auto before = rig.refused.size();
    rig.edge.say(Down::command, bytes);
    rig.run();
    check(rig.refused.size() == before + 1);
    return rig.refused.back();
}

CommandOutcome outcome_of(Rig& rig, const Command& command)
{
    return refusal_of(rig, encode(command, rig_key).view()).outcome;
}

struct UpRig : Rig {
    UpRig() { come_up(); }  // where every one of these tests begins
};

}  // namespace

TEST_CASE("a good start is handed over once, and its nonce is used up", "[link][command]")
{
    UpRig rig;
    const auto start = good_start(rig);

    send_command(rig, start);
    rig.pass(1_s);

    REQUIRE(rig.accepted.size() == 1);
    CHECK(rig.accepted[0] == start);
    CHECK(rig.refused.empty());
    REQUIRE(rig.edge.nonces.size() == 2);  // the next one, unasked
    CHECK(rig.edge.nonces[1].nonce != start.nonce);

    auto second = good_start(rig);
    second.nonce = start.nonce;
    CHECK(outcome_of(rig, second) == CommandOutcome::nonce_stale);
    CHECK(rig.accepted.size() == 1);
}

TEST_CASE("S-22: a command with any bit changed is refused", "[link][command]")
{
    UpRig rig;
    const auto bytes = encode(good_start(rig), rig_key);
    for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
        Buffer changed{bytes.view().begin(), bytes.view().end()};
        changed[i / 8] ^= static_cast<std::byte>(1u << i % 8);
        const auto refused = refusal_of(rig, changed);
        REQUIRE_FALSE(refused.result);
    }
    CHECK(rig.accepted.empty());

    // None of it has used up the nonce: noise cannot keep a good command out.
    rig.edge.say(Down::command, bytes.view());
    rig.run();
    CHECK(rig.accepted.size() == 1);
}

TEST_CASE("S-22: a command with any field exchanged is refused", "[link][command]")
{
    UpRig rig;
    const auto good = good_start(rig);
    const auto overheard = encode(good, rig_key);
    const auto code = overheard.view().last(32);
    // The field as an attacker wants it, the code from the command he overheard.
    const auto refused = [&](auto change) {
        auto forged = good;
        change(forged);
        const auto bytes = encode(forged, CommandKey{});
        Buffer spliced{bytes.view().begin(), bytes.view().end()};
        std::copy(code.begin(), code.end(), spliced.end() - 32);
        return refusal_of(rig, spliced).outcome == CommandOutcome::not_authentic;
    };

    CHECK(refused([](Command& c) { c.id[0] ^= std::byte{1}; }));
    CHECK(refused([](Command& c) { (*c.nonce)[3] ^= std::byte{1}; }));
    CHECK(refused([](Command& c) { c.nonce.reset(); }));
    CHECK(refused([](Command& c) { c.role = Role::admin; }));
    CHECK(refused([](Command& c) { c.issuer[7] = std::byte{9}; }));
    CHECK(refused([](Command& c) { c.issued = c.issued + 1_ms; }));
    CHECK(refused([](Command& c) { c.good_for = 31_s; }));
    CHECK(refused([](Command& c) { std::get<StartOutlet>(c.body).outlet = 4; }));
    CHECK(refused([](Command& c) { std::get<StartOutlet>(c.body).card = 8; }));
    CHECK(refused([](Command& c) { std::get<StartOutlet>(c.body).time_limit = 9'999_s; }));
    CHECK(refused([](Command& c) { std::get<StartOutlet>(c.body).energy_limit = 9'999_Wh; }));
    CHECK(refused([](Command& c) { c.body = LocateOutlet{.outlet = 3, .duration = 1_s}; }));
    CHECK(rig.accepted.empty());
}

TEST_CASE("each reason to refuse a command is told apart", "[link][command]")
{
    UpRig rig;
    const auto good = good_start(rig);
    const auto bytes = encode(good, rig_key);

    CHECK(refusal_of(rig, {}).outcome == CommandOutcome::malformed);
    CHECK(refusal_of(rig, unhex("00")).outcome == CommandOutcome::malformed);
    CHECK(refusal_of(rig, Buffer(command_limit + 1)).outcome == CommandOutcome::malformed);
    CHECK(refusal_of(rig, bytes.view().first(bytes.size() - 1)).outcome ==
          CommandOutcome::malformed);
    CHECK(refusal_of(rig, encode(good, CommandKey{}).view()).outcome ==
          CommandOutcome::not_authentic);
    CHECK(refusal_of(rig, encode_bare(good).view()).outcome == CommandOutcome::not_authentic);

    auto elsewhere = good;
    elsewhere.post = *PostId::from("POST-0002");
    CHECK(outcome_of(rig, elsewhere) == CommandOutcome::wrong_post);
    for (const auto* const topic :
         {"ks/1/SITE-0001/POST-0002/down/command", "ks/1/SITE-0002/POST-0001/down/command"}) {
        rig.edge.say({.topic = topic}, bytes.view());
        rig.run();
        CHECK(rig.refused.back().outcome == CommandOutcome::wrong_post);
    }

    auto without = good;
    without.nonce.reset();
    CHECK(outcome_of(rig, without) == CommandOutcome::nonce_stale);
    CHECK(rig.accepted.empty());
}

TEST_CASE("S-25: a command from the broker's memory is refused, a stop as well", "[link][command]")
{
    UpRig rig;
    for (const auto& command : {good_start(rig), good_stop(rig)}) {
        const auto bytes = encode(command, rig_key);
        rig.edge.say({.topic = rig.edge.topic(Down::command), .flags = 0x03}, bytes.view());
        rig.run();
        CHECK(rig.refused.back().outcome == CommandOutcome::retained);
    }
    CHECK(rig.refused.size() == 2);
    CHECK(rig.accepted.empty());
}

TEST_CASE("S-23: a nonce is good for less than 30 s", "[link][command]")
{
    UpRig rig;
    rig.now = rig.edge.nonces.back().mono + 29'999_ms;
    auto command = good_start(rig);
    command.issued = rig.link().wall(rig.now)->at;
    send_command(rig, command);
    rig.run();
    CHECK(rig.accepted.size() == 1);

    rig.pass(1_s);
    rig.now = rig.edge.nonces.back().mono + 30'000_ms;
    auto late = good_start(rig);
    late.issued = rig.link().wall(rig.now)->at;
    CHECK(outcome_of(rig, late) == CommandOutcome::nonce_stale);
    CHECK(rig.accepted.size() == 1);
}

TEST_CASE("a command past its deadline is refused by the wall clock", "[link][command]")
{
    UpRig rig;
    rig.pass(5_s);
    auto command = good_start(rig);
    const auto wall = *rig.link().wall(rig.now);
    command.good_for = 2_s;

    command.issued = UnixMillis{(wall.at - UnixMillis{} - 2_s - wall.error).count()};
    send_command(rig, command);
    rig.run();
    CHECK(rig.accepted.size() == 1);

    rig.pass(1_s);
    auto late = good_start(rig);
    late.good_for = 2_s;
    const auto now = *rig.link().wall(rig.now);
    late.issued = UnixMillis{(now.at - UnixMillis{} - 2_s - now.error - 1_ms).count()};
    const auto refused = refusal_of(rig, encode(late, rig_key).view());
    CHECK(refused.outcome == CommandOutcome::late);
    REQUIRE(refused.result);  // its author is known, and gets an answer
    CHECK(refused.result->command == late.id);
    CHECK(refused.result->outlet == 3);
    CHECK(refused.result->action == CommandAction::start);
    rig.pass(1_s);
    CHECK(rig.edge.nonces.size() == 3);  // the nonce it quoted is gone
}

TEST_CASE("a post without the time judges the deadline by its nonce", "[link][command]")
{
    const link::CommandCheck fresh{rig_site, rig_post, rig_key};
    UpRig rig;
    auto check_of = fresh;
    link::NonceKeeper nonces;
    const auto judge = [&](Millis age) {
        auto command = good_start(rig);
        command.good_for = 5_s;
        command.nonce = nonces.renew(rig.random, rig.now);
        const auto bytes = encode(command, rig_key);
        return check_of.judge({.site = rig_site,
                               .post = rig_post,
                               .payload = bytes.view(),
                               .origin = link::Arrival::Origin::live},
                              {.now = rig.now + age, .wall = std::nullopt}, nonces);
    };

    CHECK(std::holds_alternative<link::CommandCheck::Accept>(judge(5'000_ms)));
    const auto late = judge(5'001_ms);
    REQUIRE(std::holds_alternative<link::CommandCheck::Refuse>(late));
    CHECK(std::get<link::CommandCheck::Refuse>(late).outcome == CommandOutcome::late);
}

TEST_CASE("I-19: a command that comes twice acts once, and its answer is given again",
          "[link][command]")
{
    UpRig rig;
    const auto start = good_start(rig);
    send_command(rig, start);
    rig.run();
    rig.pass(link::CommandCheck::answer_again_after);
    CHECK(outcome_of(rig, start) == CommandOutcome::replayed);  // no answer yet

    rig.link().finished({.command = start.id,
                         .action = CommandAction::start,
                         .outlet = 3,
                         .outcome = CommandOutcome::outlet_busy},
                        rig.now);
    CHECK(outcome_of(rig, start) == CommandOutcome::replayed);  // just given
    rig.pass(link::CommandCheck::answer_again_after);
    send_command(rig, start);
    rig.run();

    REQUIRE(rig.repeated.size() == 1);
    CHECK(rig.repeated[0].command == start.id);
    CHECK(rig.repeated[0].outcome == CommandOutcome::outlet_busy);
    CHECK(rig.accepted.size() == 1);
    CHECK(outcome_of(rig, start) == CommandOutcome::replayed);
}

TEST_CASE("S-24: a stop needs only the channel, and noise cannot stand in its way",
          "[link][command]")
{
    UpRig rig;
    const auto stop = good_stop(rig);
    rig.edge.say(Down::command, encode_bare(stop).view());
    rig.edge.say(Down::command, encode_bare(stop).view());
    rig.run();
    CHECK(rig.accepted.size() == 2);

    // The same id, vouched for: a third time, and then it is known.
    send_command(rig, stop);
    rig.run();
    CHECK(rig.accepted.size() == 3);
    CHECK(outcome_of(rig, stop) == CommandOutcome::replayed);

    // Under an id that a start has used.
    auto start = good_start(rig);
    send_command(rig, start);
    rig.run();
    auto same = good_stop(rig);
    same.id = start.id;
    send_command(rig, same);
    rig.run();
    CHECK(rig.accepted.size() == 5);

    CHECK(refusal_of(rig, encode(stop, CommandKey{}).view()).outcome ==
          CommandOutcome::not_authentic);
}

TEST_CASE("what does not energise needs a proven author and no nonce", "[link][command]")
{
    UpRig rig;
    auto locate = with_body(rig, LocateOutlet{.outlet = 1, .duration = 5_s});
    locate.nonce.reset();
    CHECK(refusal_of(rig, encode_bare(locate).view()).outcome == CommandOutcome::not_authentic);
    send_command(rig, locate);
    rig.run();
    CHECK(rig.accepted.size() == 1);

    const CommandBody energising[] = {
        ClearTrip{.outlet = 2, .cause = TripCause::overload},
        SetSettings{.settings = factory_settings, .approval_a = {}, .approval_b = {}},
    };
    for (const auto& body : energising) {
        auto without = with_body(rig, body);
        without.nonce.reset();
        CHECK(outcome_of(rig, without) == CommandOutcome::nonce_stale);
        send_command(rig, with_body(rig, body));
        rig.pass(1_s);
    }
    CHECK(rig.accepted.size() == 3);
}

TEST_CASE("a nonce is offered on connecting, after use, for a card, and when asked",
          "[link][nonce]")
{
    UpRig rig;
    CHECK(rig.edge.nonces.size() == 1);

    rig.link().card_tapped();
    rig.pass(300_ms);
    CHECK(rig.edge.nonces.size() == 2);

    const auto request = encode(NonceRequest{});
    for (int i = 0; i < 50; ++i) {
        rig.edge.say(Down::nonce, request.view());
        rig.run();
    }
    CHECK(rig.edge.nonces.size() == 3);
    CHECK(rig.wake == rig.edge.nonces.back().mono + link::Link::nonce_interval);
    rig.pass(1_s);
    CHECK(rig.edge.nonces.size() == 4);  // one for all that came too soon

    rig.cut_after = 1;
    rig.records(Lane::event, 1);
    rig.run();
    rig.come_up();
    CHECK(rig.edge.nonces.size() == 5);
    for (std::size_t i = 1; i < rig.edge.nonces.size(); ++i)
        CHECK(rig.edge.nonces[i].nonce != rig.edge.nonces[i - 1].nonce);

    auto old = good_start(rig);
    old.nonce = rig.edge.nonces[3].nonce;
    CHECK(outcome_of(rig, old) == CommandOutcome::nonce_stale);
}

TEST_CASE("a nonce ends with its connection", "[link][nonce]")
{
    UpRig rig;
    const auto old = good_start(rig);
    // The first thing the post hears on the next connection, before it has offered a new one.
    rig.edge.greets = [&] { send_command(rig, old); };
    rig.cut_after = 1;
    rig.records(Lane::event, 1);
    rig.run();
    rig.come_up();

    CHECK(rig.accepted.empty());
    REQUIRE(rig.refused.size() == 1);
    CHECK(rig.refused[0].outcome == CommandOutcome::nonce_stale);
}

TEST_CASE("the memory of commands is bounded, and a forgotten start is still refused",
          "[link][command]")
{
    UpRig rig;
    const auto start = good_start(rig);
    send_command(rig, start);
    rig.run();
    for (std::size_t i = 0; i < link::CommandCheck::remembered; ++i) {
        send_command(rig, good_stop(rig));
        rig.run();
    }

    CHECK(outcome_of(rig, start) == CommandOutcome::nonce_stale);
    CHECK(rig.accepted.size() == 1 + link::CommandCheck::remembered);
}
