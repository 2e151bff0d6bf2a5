#include "firmware/core/selftest/random_health.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <vector>

using namespace ks;
using core::RandomHealth;
using Verdict = core::RandomHealth::Verdict;

namespace {

std::vector<std::byte> noise(std::size_t count, std::uint32_t seed)
{
    std::mt19937 source{seed};
    std::vector<std::byte> bytes(count);
    for (auto& byte : bytes)
        byte = static_cast<std::byte>(source() >> 24U);
    return bytes;
}

}  // namespace

TEST_CASE("F-047: a sound noise source is never accused in a megabyte", "[core][selftest][unit]")
{
    RandomHealth health;
    for (std::uint32_t seed = 0; seed < 1'024; ++seed)
        CHECK(health.look(noise(1'024, seed)) == Verdict::good);
}

TEST_CASE("F-047: a source that is stuck at any value is found within twenty-one bytes",
          "[core][selftest][unit]")
{
    for (int value = 0; value < 256; ++value) {
        RandomHealth health;
        const std::vector<std::byte> stuck(20, static_cast<std::byte>(value));
        CHECK(health.look(stuck) == Verdict::good);
        CHECK(health.look(Bytes{stuck}.first(1)) == Verdict::repeating);
    }
}

TEST_CASE("F-047: a run is counted across what is drawn at a time", "[core][selftest][unit]")
{
    RandomHealth health;
    const std::array<std::byte, 1> same{std::byte{9}};
    for (int i = 0; i < RandomHealth::repetitions_most; ++i)
        CHECK(health.look(same) == Verdict::good);
    CHECK(health.look(same) == Verdict::repeating);
}

TEST_CASE("F-047: a source that prefers one value beyond chance is found within two windows",
          "[core][selftest][unit]")
{
    const auto lopsided = [](int in_sixteen) {
        RandomHealth health;
        auto bytes = noise(1'024, 3);
        for (std::size_t i = 0; i < bytes.size(); ++i)
            if (static_cast<int>(i % 16) < in_sixteen) bytes[i] = std::byte{0x42};
        return health.look(bytes);
    };
    CHECK(lopsided(4) == Verdict::good);
    CHECK(lopsided(9) == Verdict::good);
    CHECK(lopsided(11) == Verdict::lopsided);
    CHECK(lopsided(15) == Verdict::lopsided);
}
