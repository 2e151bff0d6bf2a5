#include "tests/fuzz/strict.hpp"

#include <array>

// Z-05: a command from anywhere. Whoever wrote it does not know the key, so nothing is ever proven;
// what the key's holder says in its place is, until a bit of it changes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace ks::protocol;
    constexpr CommandKey unknown{std::byte{0x5A}, std::byte{0xA5}};
    const auto bytes = ks::fuzz::bytes_of(data, size);

    ks::fuzz::judge(Subject::command, bytes);
    if (authenticity(bytes, unknown) == Authenticity::proven) std::abort();
    // Encoded anew under the key, what it says is proven, and with one bit changed it is not.
    if (const auto command = decode_command(bytes)) {
        auto own = encode(*command, unknown);
        if (authenticity(own.view(), unknown) != Authenticity::proven) std::abort();
        const auto at = size % own.size();
        own.raw()[at] ^= std::byte{0x01};
        if (authenticity(own.view(), unknown) == Authenticity::proven) std::abort();
    }
    return 0;
}
