#include "tests/protocol/spec_page.hpp"

#include "tests/protocol/peer.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>

namespace ks::spec {

std::string text_of_file(const std::string& path)
{
    std::ifstream file{path, std::ios::binary};
    if (!file) throw std::runtime_error{"cannot read " + path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::vector<Example> examples(const std::string& page)
{
    constexpr std::string_view opening = "\n```example ";
    constexpr std::string_view closing = "\n```\n";
    std::vector<Example> found;

    for (auto at = page.find(opening); at != std::string::npos; at = page.find(opening, at)) {
        at += opening.size();
        const auto name_end = page.find('\n', at);
        const auto end = page.find(closing, at);
        const auto blank = page.find("\n\n", at);
        if (end == std::string::npos || blank > end)
            throw std::runtime_error{"no notation or no bytes: " + page.substr(at, 40)};

        const auto name = page.substr(at, name_end - at);
        const auto bytes =
            peer::from_hex(std::string_view{page}.substr(blank + 2, end - blank - 2));
        if (!bytes) throw std::runtime_error{"not hexadecimal: " + name};
        found.push_back({.name = name,
                         .notation = page.substr(name_end + 1, blank - name_end - 1),
                         .bytes = *bytes});
    }
    return found;
}

std::map<std::string, std::vector<std::string>> word_lists(const std::string& page)
{
    static const std::regex list{R"(\n([a-z-]+) = &\(([^)]*)\))"};
    static const std::regex word{R"(([a-z-]+): ([0-9]+))"};
    const auto underscored = [](std::string name) {
        std::replace(name.begin(), name.end(), '-', '_');
        return name;
    };

    std::map<std::string, std::vector<std::string>> lists;
    for (std::sregex_iterator it{page.begin(), page.end(), list}; it != std::sregex_iterator{};
         ++it) {
        auto& words = lists[underscored((*it)[1])];
        const std::string inside = (*it)[2];
        for (std::sregex_iterator in{inside.begin(), inside.end(), word};
             in != std::sregex_iterator{}; ++in)
            words.push_back((*in)[2].str() + " " + underscored((*in)[1]));
    }
    return lists;
}

std::vector<std::string> limit_rows(const std::string& page)
{
    static const std::regex row{R"(\n(\| `[a-z_]+` \|( [^|]* \|){5}))"};
    std::vector<std::string> rows;
    for (std::sregex_iterator it{page.begin(), page.end(), row}; it != std::sregex_iterator{}; ++it)
        rows.push_back((*it)[1]);
    return rows;
}

}  // namespace ks::spec
