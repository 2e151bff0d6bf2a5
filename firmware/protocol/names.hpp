#pragma once

#include "firmware/protocol/codec.hpp"
#include "firmware/protocol/word_range.hpp"

// The words of the contract as people and JSON read them: the enumerator's own spelling. A name,
// once released, stays: exports and uplinks are full of them.
namespace ks::protocol {

[[nodiscard]] std::string_view name_of(Lane word);
[[nodiscard]] std::string_view name_of(RecordKind word);
[[nodiscard]] std::string_view name_of(OutletState word);
[[nodiscard]] std::string_view name_of(TripCause word);
[[nodiscard]] std::string_view name_of(EndReason word);
[[nodiscard]] std::string_view name_of(ResetCause word);
[[nodiscard]] std::string_view name_of(CommandAction word);
[[nodiscard]] std::string_view name_of(Role word);
[[nodiscard]] std::string_view name_of(CommandOutcome word);
[[nodiscard]] std::string_view name_of(Severity word);
[[nodiscard]] std::string_view name_of(StartMeans word);
[[nodiscard]] std::string_view name_of(InputName word);
[[nodiscard]] std::string_view name_of(InputCondition word);
[[nodiscard]] std::string_view name_of(SelfTest word);
[[nodiscard]] std::string_view name_of(BayState word);
[[nodiscard]] std::string_view name_of(BayMatter word);
[[nodiscard]] std::string_view name_of(PlaceKind word);
[[nodiscard]] std::string_view name_of(LinkNoticed::Matter word);
[[nodiscard]] std::string_view name_of(Refusal word);

/// Nothing for a word that is not of the contract.
template <class Word>
[[nodiscard]] std::optional<Word> word_from(std::string_view name)
{
    constexpr auto first = static_cast<unsigned>(range_of<Word>.first);
    constexpr auto last = static_cast<unsigned>(range_of<Word>.last);
    for (unsigned number = first; number <= last; ++number) {
        const auto word = static_cast<Word>(number);
        if (name_of(word) == name) return word;
    }
    return std::nullopt;
}

}  // namespace ks::protocol
