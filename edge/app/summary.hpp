#pragma once

#include "edge/app/daemon.hpp"

#include <filesystem>
#include <string>

namespace ks::edge {

/// One JSON object on what this run did.
[[nodiscard]] std::string summary_of(Daemon& daemon);

/// The file is there in whole or not at all.
void write_whole(const std::filesystem::path& file, std::string_view content);

}  // namespace ks::edge
