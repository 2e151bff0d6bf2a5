#include "sim/world/run_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace ks::sim {

RunFolder::RunFolder()
{
    auto made = (std::filesystem::temp_directory_path() / "kickstand-world-XXXXXX").string();
    if (::mkdtemp(made.data()) == nullptr)
        throw std::system_error{errno, std::generic_category(), made};
    path_ = made;
}

RunFolder::~RunFolder()
{
    std::error_code left_behind;
    std::filesystem::remove_all(path_, left_behind);
}

}  // namespace ks::sim
