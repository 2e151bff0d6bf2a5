#pragma once

#include "firmware/protocol/words.hpp"

namespace ks::core {

/// A self-test that failed. `detail` belongs to the test; each test's own header says what it is.
struct Finding {
    protocol::SelfTest test;
    std::uint32_t detail;
    constexpr bool operator==(const Finding&) const = default;
};

/// What a failed self-test brings about, beside its record.
enum class Response : std::uint8_t {
    report,   // nothing that protects rests on it
    count,    // the guard has opened everything already
    restart,  // everything opens, and the processor begins anew
};

[[nodiscard]] constexpr Response response_to(protocol::SelfTest test)
{
    switch (test) {
        using enum protocol::SelfTest;
    case registers:
    case ram:
    case flash:
    case clock:
    case flow:
    case adc_reference:
    case outputs:
    case stack: return Response::restart;
    case safety_variables: return Response::count;
    // A storm is held off, and the tick runs above it (F-041). Without random numbers there is no
    // TLS and no nonce, so nothing starts from afar; protection draws none (F-047).
    case interrupts:
    case random: return Response::report;
    }
    return Response::restart;
}

static_assert(response_to(protocol::SelfTest::ram) == Response::restart);
static_assert(response_to(protocol::SelfTest::random) == Response::report);

}  // namespace ks::core
