#pragma once

#include <filesystem>
#include <fstream>
#include <string>

namespace ks::test {

/// SQLite's write-ahead log as it lies on the disk (file format, section 4.1: a header of 32
/// bytes, then frames of a header of 24 bytes and a page).
class WalFile {
public:
    explicit WalFile(std::string path) : path_{std::move(path)} {}

    [[nodiscard]] std::size_t frames() const
    {
        return (std::filesystem::file_size(path_) - header) / frame_size;
    }
    void flip_bit(std::size_t frame, std::size_t byte) const
    {
        std::fstream file{path_, std::ios::in | std::ios::out | std::ios::binary};
        const auto at = static_cast<std::streamoff>(header + frame * frame_size + byte);
        file.seekg(at);
        const auto was = file.get();
        file.seekp(at);
        file.put(static_cast<char>(was ^ 0x10));
    }

private:
    static constexpr std::size_t header = 32;
    static constexpr std::size_t frame_size = 24 + 4'096;

    std::string path_;
};

}  // namespace ks::test
