#pragma once

#include <map>
#include <string>
#include <vector>

// What firmware/protocol/SPEC.md says, as far as a test can hold the code to it.
namespace ks::spec {

/// A fenced block called `example`: the message in diagnostic notation, a blank line, its bytes.
struct Example {
    std::string name;
    std::string notation;
    std::vector<std::byte> bytes;
};

/// In the order of the page. Throws on a block that is not as above.
[[nodiscard]] std::vector<Example> examples(const std::string& page);

/// The lists `name = &( word: number, … )` of the CDDL as lines `number word`, with `_` for `-`.
[[nodiscard]] std::map<std::string, std::vector<std::string>> word_lists(const std::string& page);

/// The rows of the tables of limits, without their last column, in the order of the page.
[[nodiscard]] std::vector<std::string> limit_rows(const std::string& page);

/// A file of this tree, read whole; throws when it cannot be read.
[[nodiscard]] std::string text_of_file(const std::string& path);

}  // namespace ks::spec
