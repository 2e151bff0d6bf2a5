#include "sim/plant/random.hpp"

#include <catch2/catch.hpp>

#include <set>

using ks::sim::Random;

TEST_CASE("no two streams share a number, however near their seeds and parts are",
          "[sim][random][unit]")
{
    constexpr std::size_t draws = 100;
    std::set<std::uint64_t> seen;
    std::size_t drawn = 0;
    for (std::uint64_t seed = 0; seed < 8; ++seed)
        for (std::uint64_t part = 0; part < 200; ++part) {
            Random random{seed, part};
            for (std::size_t i = 0; i < draws; ++i, ++drawn)
                seen.insert(random.next());
        }
    CHECK(seen.size() == drawn);
}

TEST_CASE("a stream is the same each time, and spread over its range", "[sim][random][unit]")
{
    Random one{7, 3};
    Random same{7, 3};
    double sum = 0.0;
    for (int i = 0; i < 10'000; ++i) {
        const double value = one.between(2.0, 4.0);
        REQUIRE(value == same.between(2.0, 4.0));
        REQUIRE((value >= 2.0 && value < 4.0));
        sum += value;
    }
    CHECK(sum / 10'000 == Approx(3.0).margin(0.02));
}
