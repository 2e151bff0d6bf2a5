#include "edge/store/disk_room.hpp"

#include "edge/store/file.hpp"

#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace ks::edge {

namespace {

struct Space {
    std::int64_t free;
    std::int64_t used_permille;
};

std::optional<Space> space_at(const std::string& folder)
{
    struct statvfs told {};
    if (::statvfs(folder.c_str(), &told) != 0) return std::nullopt;
    const auto unit = static_cast<std::int64_t>(told.f_frsize);
    const auto used = static_cast<std::int64_t>(told.f_blocks - told.f_bfree);
    const auto ours = static_cast<std::int64_t>(told.f_bavail);
    if (used + ours == 0) return std::nullopt;  // a file system that counts nothing
    return Space{.free = ours * unit, .used_permille = used * 1'000 / (used + ours)};
}

/// As `statvfs` wants it: a bare name lies in the folder we were started in.
std::string folder_of(const std::string& database)
{
    const auto parent = std::filesystem::path{database}.parent_path();
    return (parent.empty() ? std::filesystem::path{"."} : parent).string();
}

}  // namespace

DiskRoom::DiskRoom(const std::string& database, std::int64_t reserve)
    : folder_{folder_of(database)}, file_{database + ".reserve"}, reserve_{reserve}
{
    if (reserve_ > 0) out_ = !make_reserve();
}

bool DiskRoom::give_up_reserve()
{
    out_ = true;
    if (!held_) return false;
    held_ = false;
    return ::unlink(file_.c_str()) == 0;
}

bool DiskRoom::make_reserve()
{
    const Descriptor file{::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    // A file without blocks behind it would promise what is not there; hence not `ftruncate`.
    held_ = file.ok() && ::posix_fallocate(file.get(), 0, reserve_) == 0;
    if (held_) return true;
    ::unlink(file_.c_str());
    return false;
}

DiskState DiskRoom::survey()
{
    const auto space = space_at(folder_);
    if (!space)
        return {.used_permille = 0, .room = out_ ? DiskState::Room::out : DiskState::Room::enough};
    if (!out_ && reserve_ > 0 && space->free < floor()) (void)give_up_reserve();
    if (out_ && space->free >= reserve_ + 2 * std::max(floor(), std::int64_t{1} << 20))
        out_ = reserve_ > 0 && !make_reserve();
    return {.used_permille = space->used_permille,
            .room = out_ ? DiskState::Room::out : DiskState::Room::enough};
}

}  // namespace ks::edge
