#pragma once

#include "firmware/protocol/codec.hpp"

#include <optional>

namespace ks::protocol {

/// Everything that has a decoder of its own.
enum class Subject {
    alarm_record,
    event_record,
    tele_record,
    command,
    settings,
    settings_record,
    birth,
    nonce_offer,
    will,
    ack,
    time_notice,
    range_request,
    nonce_request,
};

inline constexpr std::array all_subjects{
    Subject::alarm_record,  Subject::event_record, Subject::tele_record,
    Subject::command,       Subject::settings,     Subject::settings_record,
    Subject::birth,         Subject::nonce_offer,  Subject::will,
    Subject::ack,           Subject::time_notice,  Subject::range_request,
    Subject::nonce_request,
};

/// Why the subject's decoder refuses these bytes; nothing when it takes them.
[[nodiscard]] std::optional<Refusal> refusal_of(Subject subject, Bytes bytes);

/// Of bytes that the decoder takes: whether encoding what it made of them gives the same bytes
/// again, but for what only the holder of a key or of the record before can make. A strict decoder
/// never takes anything for which this is false.
[[nodiscard]] bool comes_back(Subject subject, Bytes bytes);

}  // namespace ks::protocol
