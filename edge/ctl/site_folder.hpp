#pragma once

#include "firmware/base/bytes.hpp"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ks::edge {

/// Why a site cannot be made, extended or trusted: one line for a person.
class SiteFault : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Our two fellows on the broker beside the posts. Posts may not be called like them: the broker's
/// rules go by name.
inline constexpr std::string_view edge_name = "EDGE-0001";
inline constexpr std::string_view tail_name = "TAIL-0001";
inline constexpr std::string_view reserved_names[] = {"EDGE-", "TAIL-"};

enum class Access { owner, everybody };

/// Puts a file in place, or in the place of another: it is there in whole or not at all, also
/// after a power cut.
void replace_file(const std::filesystem::path& file, Bytes content, Access access);

[[nodiscard]] std::string read_text(const std::filesystem::path& file);
[[nodiscard]] std::vector<std::byte> read_bytes(const std::filesystem::path& file);

/// A new folder is filled under another name, and takes its own when it is complete: whoever looks
/// sees all of it or nothing. Only its owner may enter it or any below it. What was not completed
/// goes with the object.
class FolderInTheMaking {
public:
    /// The folder above is made if it is missing.
    explicit FolderInTheMaking(std::filesystem::path target);
    ~FolderInTheMaking();
    FolderInTheMaking(const FolderInTheMaking&) = delete;
    FolderInTheMaking& operator=(const FolderInTheMaking&) = delete;

    /// Adds a file; folders on the way to it are made.
    void add(const std::filesystem::path& name, Bytes content, Access access) const;
    void add_folder(const std::filesystem::path& name) const;
    /// All of it to the disk, then the new name.
    void complete();

private:
    std::filesystem::path target_;
    std::filesystem::path path_;
};

}  // namespace ks::edge
