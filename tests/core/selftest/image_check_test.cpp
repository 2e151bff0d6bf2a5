#include "firmware/base/crc32c.hpp"
#include "firmware/core/selftest/image_check.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace ks;
using core::ImageCheck;
using Verdict = core::ImageCheck::Verdict;

namespace {

std::vector<std::byte> program_of(std::size_t size)
{
    std::vector<std::byte> program(size);
    std::uint32_t state = 7;
    for (auto& byte : program) {
        state = state * 1'664'525 + 1'013'904'223;
        byte = static_cast<std::byte>(state >> 24U);
    }
    return program;
}

hal::ImageFacts facts_of(const std::vector<std::byte>& program)
{
    return {.first = 0,
            .size = static_cast<std::uint32_t>(program.size()),
            .sum = crc32c(Bytes{program})};
}

/// One pass, so many bytes at a time; how many slices it took, and how it ended.
struct Pass {
    int slices;
    Verdict verdict;
};
Pass pass(ImageCheck& check, const hal::ImageFacts& facts, const std::vector<std::byte>& program,
          std::uint32_t at_a_time)
{
    for (int slices = 1;; ++slices) {
        const auto slice = check.next(facts, at_a_time);
        REQUIRE(slice.size > 0);
        REQUIRE(slice.size <= std::min(at_a_time, ImageCheck::slice_most));
        const auto verdict =
            check.take(facts, Bytes{program}.subspan(slice.at - facts.first, slice.size));
        if (verdict != Verdict::going_on) return {slices, verdict};
    }
}

}  // namespace

TEST_CASE("F-035: a program that is as it was built passes again and again, in slices of any size",
          "[core][selftest][unit]")
{
    const auto program = program_of(1'000);
    for (const std::uint32_t at_a_time : {1U, 7U, 100U, 256U, 5'000U}) {
        CAPTURE(at_a_time);
        ImageCheck check;
        for (int round = 0; round < 3; ++round)
            CHECK(pass(check, facts_of(program), program, at_a_time).verdict == Verdict::good);
    }
}

TEST_CASE(
    "F-035: any one bit that flips in the program is found by the next pass, and by each after it",
    "[core][selftest][unit]")
{
    auto program = program_of(300);
    const auto facts = facts_of(program);
    ImageCheck check;
    for (std::size_t at = 0; at < program.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            program[at] ^= std::byte{1} << bit;
            CHECK(pass(check, facts, program, 100).verdict == Verdict::damaged);
            program[at] ^= std::byte{1} << bit;
        }
    }
    CHECK(pass(check, facts, program, 100).verdict == Verdict::good);
}

TEST_CASE("F-035: a part of the program is read where it lies, and nothing beyond it",
          "[core][selftest][unit]")
{
    const auto program = program_of(600);
    auto facts = facts_of(program);
    facts.first = 4'096;
    ImageCheck check;
    CHECK(check.next(facts, 1'000).at == 4'096);
    const auto made = pass(check, facts, program, 256);
    CHECK(made.slices == 3);
    CHECK(made.verdict == Verdict::good);
}
