#include "firmware/crypto/random.hpp"
#include "tests/support/hex.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace ks;
using namespace ks::crypto;
using ks::test::unhex;

namespace {

Digest good_seed(std::string_view name) { return sha256(bytes_of(name)); }

}  // namespace

TEST_CASE("S-05: a stuck or repeating noise source is refused with its reason",
          "[crypto][random][unit]")
{
    const auto refused = [](const char* what, std::string_view hex) {
        INFO(what);
        SeededRandom random;
        const auto answer = random.seed(unhex(hex));
        CHECK_FALSE(random.seeded());
        return answer.reason();
    };
    const std::string half = "8f3a61c4e07b592dd816f0a34c97be25";
    const std::string word = "8f3a61c4";
    const std::string five = "8f3a61c4e0";

    CHECK(refused("nothing", "") == SeedFault::short_seed);
    CHECK(refused("31 bytes", half + half.substr(2)) == SeedFault::short_seed);
    CHECK(refused("all zero", std::string(64, '0')) == SeedFault::stuck);
    CHECK(refused("all ones", std::string(64, 'f')) == SeedFault::stuck);
    CHECK(refused("six equal bytes", half + "777777777777" + "0123456789abcdef1102") ==
          SeedFault::stuck);
    CHECK(refused("stuck after half", half + std::string(32, '5')) == SeedFault::stuck);
    CHECK(refused("a flickering bit", "0100010100010001010001000101000100010001010100010001000101"
                                      "000101") == SeedFault::stuck);
    CHECK(refused("one word over and over",
                  word + word + word + word + word + word + word + word) == SeedFault::repeating);
    CHECK(refused("five bytes over and over", five + five + five + five + five + five + "8f3a") ==
          SeedFault::repeating);
    CHECK(refused("the same half twice", half + half) == SeedFault::repeating);
}

TEST_CASE("S-05: a source that gives its last seed again loses the right to be drawn from",
          "[crypto][random][unit]")
{
    SeededRandom random;
    REQUIRE(random.seed(good_seed("first")).ok());

    CHECK(random.seed(good_seed("first")).reason() == SeedFault::repeating);
    CHECK_FALSE(random.seeded());

    CHECK(random.seed(good_seed("second")).ok());
    CHECK(random.seeded());
}

TEST_CASE("five equal bytes in a row are chance, not a fault", "[crypto][random][unit]")
{
    SeedHealth health;
    CHECK(
        health.examine(unhex("8f3a61c4e07b592dd816f0a34c97be257105 7777777777 0123456789abcdef11"))
            .ok());
}

TEST_CASE("the same seeds give the same bytes, and every seed counts", "[crypto][random][unit]")
{
    const auto drawn = [](std::initializer_list<const char*> names) {
        SeededRandom random;
        for (const auto* name : names)
            CHECK(random.seed(good_seed(name)).ok());
        return random.draw<48>();
    };
    CHECK(drawn({"a", "b"}) == drawn({"a", "b"}));
    CHECK(drawn({"a", "b"}) != drawn({"b", "a"}));
    CHECK(drawn({"a", "b"}) != drawn({"c", "b"}));
    CHECK(drawn({"a"}) != drawn({"a", "b"}));
}

TEST_CASE("draws go on and never come again", "[crypto][random][unit]")
{
    SeededRandom random;
    REQUIRE(random.seed(good_seed("draws")).ok());
    std::vector<Digest> seen;
    for (int i = 0; i < 200; ++i) {
        const auto next = random.draw<32>();
        CHECK(std::find(seen.begin(), seen.end(), next) == seen.end());
        seen.push_back(next);
    }
}
