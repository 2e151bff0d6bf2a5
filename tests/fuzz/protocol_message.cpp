#include "tests/fuzz/strict.hpp"

// Z-05: a birth, a nonce, an ack… from anywhere. The first byte chooses which.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using ks::protocol::Subject;
    constexpr std::array messages{
        Subject::settings,      Subject::birth,         Subject::nonce_offer,
        Subject::will,          Subject::ack,           Subject::time_notice,
        Subject::range_request, Subject::nonce_request, Subject::settings_record};
    if (size == 0) return 0;
    ks::fuzz::judge(messages[data[0] % messages.size()], ks::fuzz::bytes_of(data + 1, size - 1));
    return 0;
}
