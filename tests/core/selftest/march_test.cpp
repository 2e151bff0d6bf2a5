#include "firmware/core/selftest/ram_walk.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <vector>

using namespace ks;
using core::march;
using core::RamWalk;

namespace {

/// RAM whose every write passes a hand that may do it wrong.
class Ram {
public:
    explicit Ram(std::uint32_t words) : words_(words)
    {
        for (std::uint32_t i = 0; i < words; ++i)
            words_[i] = 0x1234'5678U * (i + 1);
    }
    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(words_.size()); }
    [[nodiscard]] std::uint32_t read(std::uint32_t at)
    {
        ++accesses;
        return reads ? reads(words_, at) : words_.at(at);
    }
    void write(std::uint32_t at, std::uint32_t word)
    {
        ++accesses;
        if (writes)
            writes(words_, at, word);
        else
            words_.at(at) = word;
    }
    using Words = std::vector<std::uint32_t>;
    std::function<std::uint32_t(const Words&, std::uint32_t)> reads;
    std::function<void(Words&, std::uint32_t, std::uint32_t)> writes;
    int accesses{0};
    Words words_;
};
static_assert(hal::RamCells<Ram>);

}  // namespace

TEST_CASE("a march over sound RAM finds nothing and leaves every word as it was",
          "[core][selftest][ram][unit]")
{
    for (std::uint32_t words = 2; words <= 70; ++words) {
        CAPTURE(words);
        Ram ram{words};
        const auto before = ram.words_;
        RamWalk walk;
        for (std::uint32_t i = 0; i < RamWalk::windows(words); ++i) {
            const auto window = walk.next(words);
            CHECK(march(ram, window.first, window.count) == 0);
        }
        CHECK(ram.words_ == before);
    }
}

TEST_CASE("a march ends after the accesses that its budget is made of",
          "[core][selftest][ram][unit]")
{
    Ram ram{core::march_words_most};
    CHECK(march(ram, 0, core::march_words_most) == 0);
    CHECK(ram.accesses <= 400);
}

TEST_CASE("every bit that is stuck is found, high or low, in every word of a window",
          "[core][selftest][ram][unit]")
{
    for (std::uint32_t at = 0; at < core::march_words_most; ++at) {
        for (int bit = 0; bit < 32; ++bit) {
            const auto mask = 1U << bit;
            Ram high{core::march_words_most};
            high.reads = [&](const Ram::Words& words, std::uint32_t from) {
                return from == at ? words[from] | mask : words[from];
            };
            CHECK(march(high, 0, core::march_words_most) == mask);
            Ram low{core::march_words_most};
            low.reads = [&](const Ram::Words& words, std::uint32_t from) {
                return from == at ? words[from] & ~mask : words[from];
            };
            CHECK(march(low, 0, core::march_words_most) == mask);
        }
    }
}

TEST_CASE("a bit that can fall and never rise again, or the reverse, is found",
          "[core][selftest][ram][unit]")
{
    for (int bit = 0; bit < 32; ++bit) {
        CAPTURE(bit);
        const auto mask = 1U << bit;
        Ram falls{8};
        falls.writes = [&](Ram::Words& words, std::uint32_t at, std::uint32_t word) {
            words[at] = at == 5 ? word & (words[at] | ~mask) : word;
        };
        CHECK((march(falls, 0, 8) & mask) != 0);
        Ram rises{8};
        rises.writes = [&](Ram::Words& words, std::uint32_t at, std::uint32_t word) {
            words[at] = at == 2 ? word | (words[at] & mask) : word;
        };
        CHECK((march(rises, 0, 8) & mask) != 0);
    }
}

TEST_CASE("two addresses that reach one cell, and one that reaches two, are found",
          "[core][selftest][ram][unit]")
{
    for (std::uint32_t a = 0; a < 16; ++a) {
        for (std::uint32_t b = 0; b < 16; ++b) {
            if (a == b) continue;
            CAPTURE(a, b);
            Ram alias{16};
            alias.reads = [&](const Ram::Words& words, std::uint32_t at) {
                return words[at == a ? b : at];
            };
            alias.writes = [&](Ram::Words& words, std::uint32_t at, std::uint32_t word) {
                words[at == a ? b : at] = word;
            };
            CHECK(march(alias, 0, 16) != 0);
            Ram both{16};
            both.writes = [&](Ram::Words& words, std::uint32_t at, std::uint32_t word) {
                words[at] = word;
                if (at == a) words[b] = word;
            };
            CHECK(march(both, 0, 16) != 0);
        }
    }
}

TEST_CASE("a cell that changes when another rises or falls is found, whichever comes first",
          "[core][selftest][ram][unit]")
{
    enum class Coupling { inverts, sets, clears };
    for (const auto kind : {Coupling::inverts, Coupling::sets, Coupling::clears}) {
        for (const auto rising : {true, false}) {
            for (const auto& [aggressor, victim] :
                 {std::pair{3U, 9U}, std::pair{9U, 3U}, std::pair{0U, 15U}, std::pair{15U, 0U}}) {
                CAPTURE(static_cast<int>(kind), rising, aggressor, victim);
                constexpr std::uint32_t bit = 1U << 7;
                Ram ram{16};
                ram.writes = [&](Ram::Words& words, std::uint32_t at, std::uint32_t word) {
                    const bool was = (words[at] & bit) != 0;
                    words[at] = word;
                    const bool is = (word & bit) != 0;
                    if (at != aggressor || was == is || is != rising) return;
                    if (kind == Coupling::inverts) words[victim] ^= bit;
                    if (kind == Coupling::sets) words[victim] |= bit;
                    if (kind == Coupling::clears) words[victim] &= ~bit;
                };
                CHECK(march(ram, 0, 16) != 0);
            }
        }
    }
}

TEST_CASE("a short between two windows is inside one of them", "[core][selftest][ram][unit]")
{
    constexpr std::uint32_t words = 48;
    for (std::uint32_t at = 0; at + 1 < words; ++at) {
        CAPTURE(at);
        Ram ram{words};
        ram.writes = [&](Ram::Words& all, std::uint32_t where, std::uint32_t word) {
            all[where] = word;
            if (where == at) all[at + 1] = word;
        };
        RamWalk walk;
        std::uint32_t wrong = 0;
        for (std::uint32_t i = 0; i < RamWalk::windows(words); ++i) {
            const auto window = walk.next(words);
            wrong |= march(ram, window.first, window.count);
        }
        CHECK(wrong != 0);
    }
}
