#include "tests/fuzz/strict.hpp"

// Z-05: a record from anywhere. The first byte chooses the lane.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using ks::protocol::Subject;
    constexpr std::array lanes{Subject::alarm_record, Subject::event_record, Subject::tele_record};
    if (size == 0) return 0;
    ks::fuzz::judge(lanes[data[0] % lanes.size()], ks::fuzz::bytes_of(data + 1, size - 1));
    return 0;
}
