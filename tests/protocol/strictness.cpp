#include "tests/protocol/strictness.hpp"

namespace ks::protocol {

namespace {

template <class T>
std::optional<Refusal> refusal_in(const Result<T, Refusal>& result)
{
    if (result.ok()) return std::nullopt;
    return result.reason();
}

Lane lane_of(Subject subject)
{
    static_assert(static_cast<int>(Subject::tele_record) == static_cast<int>(Lane::tele));
    return static_cast<Lane>(subject);
}

bool record_comes_back(Lane lane, Bytes bytes)
{
    const auto again = encode(*decode_record(lane, bytes), ChainDigest{});
    const auto own = bytes.size() - std::tuple_size_v<ChainDigest>;
    return again.size() == bytes.size() && equal(again.view().first(own), bytes.first(own));
}

bool command_comes_back(Bytes bytes)
{
    const auto command = *decode_command(bytes);
    if (authenticity(bytes, CommandKey{}) == Authenticity::absent)
        return equal(encode_bare(command).view(), bytes);

    const auto again = encode(command, CommandKey{});
    const auto own = bytes.size() - std::tuple_size_v<CommandKey>;
    return again.size() == bytes.size() && equal(again.view().first(own), bytes.first(own));
}

}  // namespace

std::optional<Refusal> refusal_of(Subject subject, Bytes bytes)
{
    switch (subject) {
    case Subject::alarm_record:
    case Subject::event_record:
    case Subject::tele_record: return refusal_in(decode_record(lane_of(subject), bytes));
    case Subject::command: return refusal_in(decode_command(bytes));
    case Subject::settings: return refusal_in(decode_settings(bytes));
    case Subject::settings_record: return refusal_in(decode_settings_record(bytes));
    case Subject::birth: return refusal_in(decode_birth(bytes));
    case Subject::nonce_offer: return refusal_in(decode_nonce_offer(bytes));
    case Subject::will: return refusal_in(decode_will(bytes));
    case Subject::ack: return refusal_in(decode_ack(bytes));
    case Subject::time_notice: return refusal_in(decode_time_notice(bytes));
    case Subject::range_request: return refusal_in(decode_range_request(bytes));
    case Subject::nonce_request: return refusal_in(decode_nonce_request(bytes));
    }
    return std::nullopt;
}

bool comes_back(Subject subject, Bytes bytes)
{
    switch (subject) {
    case Subject::alarm_record:
    case Subject::event_record:
    case Subject::tele_record: return record_comes_back(lane_of(subject), bytes);
    case Subject::command: return command_comes_back(bytes);
    case Subject::settings: return equal(encode(*decode_settings(bytes)).view(), bytes);
    case Subject::settings_record:
        return equal(encode(*decode_settings_record(bytes)).view(), bytes);
    case Subject::birth: return equal(encode(*decode_birth(bytes)).view(), bytes);
    case Subject::nonce_offer: return equal(encode(*decode_nonce_offer(bytes)).view(), bytes);
    case Subject::will: return equal(encode(*decode_will(bytes)).view(), bytes);
    case Subject::ack: return equal(encode(*decode_ack(bytes)).view(), bytes);
    case Subject::time_notice: return equal(encode(*decode_time_notice(bytes)).view(), bytes);
    case Subject::range_request: return equal(encode(*decode_range_request(bytes)).view(), bytes);
    case Subject::nonce_request: return equal(encode(*decode_nonce_request(bytes)).view(), bytes);
    }
    return false;
}

}  // namespace ks::protocol
