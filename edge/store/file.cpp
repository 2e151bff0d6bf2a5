#include "edge/store/file.hpp"

#include "edge/store/sqlite.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace ks::edge {

namespace {

[[noreturn]] void fail(const std::string& doing)
{
    const int why = errno;
    throw StoreError{doing + ": " + std::strerror(why),
                     why == ENOSPC ? StoreFault::full : StoreFault::io};
}

void write_all(int descriptor, Bytes bytes, const std::string& path)
{
    off_t at = 0;
    while (!bytes.empty()) {
        const auto written = ::pwrite(descriptor, bytes.data(), bytes.size(), at);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) fail("cannot write " + path);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
        at += written;
    }
    if (::fdatasync(descriptor) != 0) fail("cannot sync " + path);
}

void write_to(const std::string& path, Bytes bytes, int how)
{
    const Descriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | how, 0600)};
    if (!file.ok()) fail("cannot open " + path);
    write_all(file.get(), bytes, path);
}

}  // namespace

Descriptor::~Descriptor()
{
    if (number_ >= 0) ::close(number_);
}

std::optional<std::vector<std::byte>> content_of(const std::string& path)
{
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file.ok()) return std::nullopt;
    std::vector<std::byte> content;
    std::array<std::byte, 65'536> chunk{};
    for (;;) {
        const auto got = ::read(file.get(), chunk.data(), chunk.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return std::nullopt;
        if (got == 0) return content;
        content.insert(content.end(), chunk.begin(), chunk.begin() + got);
    }
}

void write_in_place(const std::string& path, Bytes bytes)
{
    const bool made = !std::filesystem::exists(path);
    write_to(path, bytes, 0);
    if (made) sync_folder_of(path);
}

void write_new(const std::string& path, Bytes bytes)
{
    write_to(path, bytes, O_TRUNC);
    sync_folder_of(path);
}

void forget_cached(const std::string& path)
{
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.ok()) ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
}

void sync_folder_of(const std::string& path)
{
    const auto parent = std::filesystem::path{path}.parent_path();
    const Descriptor folder{
        ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!folder.ok() || ::fsync(folder.get()) != 0) fail("cannot sync " + parent.string());
}

}  // namespace ks::edge
