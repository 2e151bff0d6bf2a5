#include "tests/protocol/peer.hpp"
#include "tests/protocol/samples.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::protocol;

// What every decoder must survive, whatever it decodes: bad lengths, framing, structure. What is
// bad about single fields is in bad_fields_test.cpp.

namespace {

using Buffer = std::vector<std::byte>;

Buffer buffer_of(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

TEST_CASE("a message that ends early is refused at every length", "[protocol][bad][unit]")
{
    for (const auto& example : samples::examples()) {
        for (std::size_t length = 0; length < example.bytes.size(); ++length) {
            CAPTURE(example.name, length);
            REQUIRE(refusal_of(example.subject, example.bytes.view().first(length)) ==
                    Refusal::truncated);
        }
    }
}

TEST_CASE("a message that is followed by anything is refused", "[protocol][bad][unit]")
{
    for (const auto& example : samples::examples()) {
        CAPTURE(example.name);
        auto longer = buffer_of(example.bytes.view());
        longer.push_back(std::byte{0});
        CHECK(refusal_of(example.subject, longer) == Refusal::trailing_bytes);

        auto twice = buffer_of(example.bytes.view());
        twice.insert(twice.end(), example.bytes.view().begin(), example.bytes.view().end());
        CHECK(refusal_of(example.subject, twice).has_value());
    }
}

TEST_CASE("another version is refused by its name, whatever else it holds", "[protocol][bad][unit]")
{
    for (const auto& example : samples::examples()) {
        for (const auto* version : {"00", "02", "17", "18ff"}) {
            CAPTURE(example.name, version);
            auto other = *peer::from_hex(version);
            other.insert(other.begin(), example.bytes.view()[0]);
            const auto rest = example.bytes.view().subspan(2);
            other.insert(other.end(), rest.begin(), rest.end());
            CHECK(refusal_of(example.subject, other) == Refusal::wrong_version);
        }
    }
    CHECK(refusal_of(Subject::birth, *peer::from_hex("9902bc02")) == Refusal::wrong_version);
}

TEST_CASE("one field too few or too many is refused", "[protocol][bad][unit]")
{
    for (const auto& example : samples::examples()) {
        for (const int step : {-1, 1}) {
            CAPTURE(example.name, step);
            auto other = buffer_of(example.bytes.view());
            other[0] = static_cast<std::byte>(std::to_integer<int>(other[0]) + step);
            CHECK(refusal_of(example.subject, other).has_value());
        }
    }
}

TEST_CASE("a message of one kind is not taken for one of another", "[protocol][bad][unit]")
{
    for (const auto& example : samples::examples()) {
        for (const auto subject : all_subjects) {
            // A gap is at home in every lane; a time notice and a will are told apart by their
            // topics alone where their fields are of the same types.
            if (subject == example.subject || example.name == "record_gap") continue;
            CAPTURE(example.name, static_cast<int>(subject));
            CHECK(refusal_of(subject, example.bytes.view()).has_value());
        }
    }
}

TEST_CASE("a record in another lane than its kind's is refused", "[protocol][record][bad][unit]")
{
    for (const auto& example : samples::examples()) {
        if (example.name == "record_gap" || !example.name.starts_with("record_")) continue;
        for (const auto lane : all_lanes) {
            if (static_cast<Subject>(lane) == example.subject) continue;
            CAPTURE(example.name);
            CHECK(decode_record(lane, example.bytes.view()).reason() == Refusal::wrong_lane);
        }
    }
}

TEST_CASE("what claims to be endless, deep or huge is refused at once", "[protocol][bad][unit]")
{
    const Buffer deep(10'000, std::byte{0x81});
    const Buffer zeros(70'000, std::byte{0});
    const Buffer ones(70'000, std::byte{0xFF});
    for (const auto subject : all_subjects) {
        CAPTURE(static_cast<int>(subject));
        CHECK(refusal_of(subject, deep).has_value());
        CHECK(refusal_of(subject, zeros).has_value());
        CHECK(refusal_of(subject, ones).has_value());
        for (const auto* hex : {"", "80", "a0", "f6", "9bffffffffffffffff01", "9f01ff",
                                "9a000f424001", "98180118", "d8184101", "7b7fffffffffffffff"}) {
            CAPTURE(hex);
            // `[1]` is a nonce request, and nothing else is.
            CHECK(refusal_of(subject, *peer::from_hex(hex)).has_value());
        }
    }
    CHECK_FALSE(refusal_of(Subject::nonce_request, *peer::from_hex("8101")));
}
