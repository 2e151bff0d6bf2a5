#include "tests/protocol/samples.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::protocol;

// The rule that carries all others: there is one spelling of each message. Every single byte of
// every example is replaced by every other, and what is still taken must be exactly what `encode`
// makes of it. Slow, because that is a million messages.
TEST_CASE("whatever a decoder takes is what the encoder would have made", "[protocol][bad][slow]")
{
    std::size_t taken = 0;
    for (const auto& example : samples::examples()) {
        for (std::size_t at = 0; at < example.bytes.size(); ++at) {
            auto other = example.bytes;
            for (unsigned value = 0; value <= 0xFF; ++value) {
                other.raw()[at] = static_cast<std::byte>(value);
                if (refusal_of(example.subject, other.view())) continue;
                ++taken;
                if (!comes_back(example.subject, other.view()))
                    FAIL(example.name << " byte " << at << " value " << value);
            }
        }
    }
    CHECK(taken > 10'000);
}
