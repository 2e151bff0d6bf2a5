#include "edge/ctl/filled.hpp"

#include <boost/algorithm/string/replace.hpp>

namespace ks::edge {

std::string filled(std::string text, std::initializer_list<Part> parts)
{
    for (const auto& part : parts)
        boost::replace_all(text, "{" + std::string{part.name} + "}", part.value);
    return text;
}

}  // namespace ks::edge
