#include "firmware/protocol/fields.hpp"
#include "tests/protocol/peer.hpp"
#include "tests/protocol/random_values.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::protocol;

namespace {

constexpr std::uint64_t seed = 20'260'301;
constexpr int rounds = 200;

/// libcbor reads our bytes and writes them again, byte for byte.
void check_peer_agrees(Bytes ours)
{
    const auto notation = peer::notation_of_bytes(ours);
    REQUIRE(notation);
    const auto theirs = peer::bytes_of_notation(*notation);
    REQUIRE(theirs);
    if (!equal(*theirs, ours)) CHECK(peer::hex(*theirs) == peer::hex(ours));
}

}  // namespace

TEST_CASE("whatever a record holds, it comes back the same", "[protocol][record][unit]")
{
    RandomValues random{seed};

    for (int round = 0; round < rounds; ++round) {
        CAPTURE(round);
        const auto record = random.record();
        const auto before = random.bytes<16>();

        const auto bytes = encode(record, before);
        const auto back = decode_record(record.head.lane, bytes.view());

        REQUIRE(back.ok());
        REQUIRE(*back == record);
        REQUIRE(digest_of(bytes.view()) == chained(before, bytes.view()));
        check_peer_agrees(bytes.view());
    }
}

TEST_CASE("whatever a command holds, it comes back the same and proven",
          "[protocol][command][unit]")
{
    RandomValues random{seed};

    for (int round = 0; round < rounds; ++round) {
        CAPTURE(round);
        const auto command = random.command();
        const auto key = random.bytes<32>();

        const auto bytes = encode(command, key);
        const auto back = decode_command(bytes.view());

        REQUIRE(back.ok());
        REQUIRE(*back == command);
        REQUIRE(authenticity(bytes.view(), key) == Authenticity::proven);
        check_peer_agrees(bytes.view());
    }
}

TEST_CASE("whatever a message holds, it comes back the same", "[protocol][message][unit]")
{
    RandomValues random{seed};

    for (int round = 0; round < rounds; ++round) {
        CAPTURE(round);
        const auto birth = random.birth();
        const auto offer = random.nonce_offer();
        const auto ack = random.ack();
        const auto notice = random.time_notice();
        const auto range = random.range_request();
        const auto settings = random.settings();

        REQUIRE(*decode_birth(encode(birth).view()) == birth);
        REQUIRE(*decode_nonce_offer(encode(offer).view()) == offer);
        REQUIRE(*decode_ack(encode(ack).view()) == ack);
        REQUIRE(*decode_time_notice(encode(notice).view()) == notice);
        REQUIRE(*decode_range_request(encode(range).view()) == range);
        REQUIRE(*decode_settings(encode(settings).view()) == settings);
        check_peer_agrees(encode(birth).view());
        check_peer_agrees(encode(settings).view());
    }
}

TEST_CASE("settings that differ in anything have another digest", "[protocol][settings][unit]")
{
    RandomValues random{seed};
    for (int round = 0; round < 200; ++round) {
        const auto a = random.settings();
        const auto b = random.settings();
        REQUIRE((a == b) == (settings_digest(a) == settings_digest(b)));
    }
}
