#pragma once

#include "firmware/protocol/names.hpp"

#include <boost/json.hpp>

#include <string>

// How the words and the widest numbers of the contract stand in JSON.
namespace ks::edge {

template <class Word>
[[nodiscard]] boost::json::string name(Word word)
{
    const auto text = protocol::name_of(word);
    return boost::json::string{text.data(), text.size()};
}

/// Sessions, cards and tags use all 64 bits, which JSON's numbers do not hold in every reader.
[[nodiscard]] inline std::string wide(std::uint64_t value) { return std::to_string(value); }

}  // namespace ks::edge
