#include "tests/protocol/random_values.hpp"
#include "tests/protocol/samples.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::protocol;

namespace {

const ChainDigest start = genesis(samples::post(), Lane::event);

/// So many records of one lane, each chained to the one before.
std::vector<RecordBytes> lane_of(std::size_t count)
{
    std::vector<RecordBytes> lane;
    auto before = start;
    for (std::size_t i = 0; i < count; ++i) {
        auto record = samples::records()[1];
        record.head.seq = i + 1;
        lane.push_back(encode(record, before));
        before = digest_of(lane.back().view());
    }
    return lane;
}

/// How many records hold, from the start, before one does not follow from its predecessor.
std::size_t unbroken(const std::vector<RecordBytes>& lane)
{
    auto before = start;
    for (std::size_t i = 0; i < lane.size(); ++i) {
        if (chained(before, lane[i].view()) != digest_of(lane[i].view())) return i;
        before = digest_of(lane[i].view());
    }
    return lane.size();
}

}  // namespace

TEST_CASE("a chain holds as it was written", "[protocol][chain][unit]")
{
    CHECK(unbroken(lane_of(20)) == 20);
}

TEST_CASE("one bit changed in any record breaks the chain there", "[protocol][chain][unit]")
{
    const auto lane = lane_of(3);
    for (std::size_t bit = 0; bit < lane[1].size() * 8; ++bit) {
        CAPTURE(bit);
        auto altered = lane;
        altered[1].raw()[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);

        // The head of the digest is no part of what is hashed; there, the decoder refuses.
        if (bit / 8 == lane[1].size() - 17)
            CHECK_FALSE(decode_record(Lane::event, altered[1].view()).ok());
        else
            CHECK(unbroken(altered) == 1);
    }
}

TEST_CASE("a record that was dropped, doubled, moved or slipped in is noticed",
          "[protocol][chain][unit]")
{
    const auto lane = lane_of(6);

    auto dropped = lane;
    dropped.erase(dropped.begin() + 2);
    CHECK(unbroken(dropped) == 2);

    auto doubled = lane;
    doubled.insert(doubled.begin() + 3, lane[2]);
    CHECK(unbroken(doubled) == 3);

    auto moved = lane;
    std::swap(moved[3], moved[4]);
    CHECK(unbroken(moved) == 3);

    auto slipped_in = lane;
    slipped_in.insert(slipped_in.begin() + 1, encode(samples::records()[11], ChainDigest{}));
    CHECK(unbroken(slipped_in) == 1);

    auto beheaded = lane;
    beheaded.erase(beheaded.begin());
    CHECK(unbroken(beheaded) == 0);
}

TEST_CASE("a chain verifies across a declared hole and not across another",
          "[protocol][chain][unit]")
{
    const auto lane = lane_of(6);
    const Record declaration{
        .head = {.lane = Lane::event, .seq = 7, .boot = 3, .mono = Instant{Millis{1}}, .wall = {}},
        .body = Gap{.from = 2,
                    .to = 4,
                    .before = digest_of(lane[0].view()),
                    .last = digest_of(lane[3].view())},
    };
    const auto bytes = encode(declaration, digest_of(lane[5].view()));
    const auto gap = std::get<Gap>(decode_record(Lane::event, bytes.view())->body);

    CHECK(gap.before == digest_of(lane[0].view()));
    CHECK(chained(gap.last, lane[4].view()) == digest_of(lane[4].view()));
    CHECK(chained(gap.last, lane[5].view()) != digest_of(lane[5].view()));
    CHECK(chained(digest_of(lane[5].view()), bytes.view()) == digest_of(bytes.view()));
}

TEST_CASE("no two lanes and no two posts begin alike", "[protocol][chain][unit]")
{
    const auto other = *PostId::from("POST-0002");
    CHECK(genesis(samples::post(), Lane::alarm) != genesis(samples::post(), Lane::event));
    CHECK(genesis(samples::post(), Lane::event) != genesis(samples::post(), Lane::tele));
    CHECK(genesis(samples::post(), Lane::event) != genesis(other, Lane::event));
}

TEST_CASE("a signature over heads covers the post and every head", "[protocol][chain][unit]")
{
    std::array<LaneHead, lane_count> heads{};
    for (auto& head : heads)
        head = {.seq = 7, .digest = samples::counting<16>(1)};
    const auto digest = heads_digest(samples::post(), heads);

    CHECK(heads_digest(*PostId::from("POST-0002"), heads) != digest);
    for (std::size_t i = 0; i < heads.size(); ++i) {
        auto other = heads;
        other[i].seq = 8;
        CHECK(heads_digest(samples::post(), other) != digest);
        other = heads;
        other[i].digest[15] ^= std::byte{1};
        CHECK(heads_digest(samples::post(), other) != digest);
    }
}

TEST_CASE("what is urgent travels in the alarm lane, readings in the tele lane, the rest between",
          "[protocol][chain][unit]")
{
    for (const auto& record : samples::records()) {
        const auto& body = record.body;
        const bool gap = std::holds_alternative<Gap>(body);
        const bool alarm = std::holds_alternative<Tripped>(body) ||
                           std::holds_alternative<TripCleared>(body) ||
                           std::holds_alternative<InputChanged>(body) ||
                           std::holds_alternative<SelfTestFailed>(body);
        const bool tele =
            std::holds_alternative<Telemetry>(body) || std::holds_alternative<PostReading>(body);
        CAPTURE(body.index());
        CHECK(travels_in(body, Lane::alarm) == (alarm || gap));
        CHECK(travels_in(body, Lane::tele) == (tele || gap));
        CHECK(travels_in(body, Lane::event) == (gap || !(alarm || tele)));
    }
}
