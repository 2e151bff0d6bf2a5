#include "tests/support/temp_dir.hpp"

#include <stdexcept>
#include <stdlib.h>
#include <string>

namespace ks::test {

TempDir::TempDir()
{
    auto pattern = (std::filesystem::temp_directory_path() / "kickstand-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no temporary folder"};
    path_ = pattern;
}

TempDir::~TempDir()
{
    std::error_code ignored;  // a leftover folder is no reason to fail a test
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace ks::test
