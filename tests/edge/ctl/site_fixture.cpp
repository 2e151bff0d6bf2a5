#include "tests/edge/ctl/site_fixture.hpp"

#include "edge/ctl/site_folder.hpp"

namespace ks::test {

namespace fs = std::filesystem;

std::map<std::string, std::string> contents_of(const fs::path& folder)
{
    std::map<std::string, std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator{folder})
        if (entry.is_regular_file())
            found[fs::relative(entry.path(), folder).string()] = edge::read_text(entry.path());
    return found;
}

std::string refusal_of(const edge::SiteRequest& request)
{
    try {
        static_cast<void>(edge::init_site(request, made_at));
        return "";
    } catch (const edge::SiteFault& fault) {
        return fault.what();
    }
}

}  // namespace ks::test
