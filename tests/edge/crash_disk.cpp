#include "tests/edge/crash_disk.hpp"

#include <fstream>
#include <iterator>

namespace ks::test {

namespace {

/// What lies in the memory that SQLite hands out for a file; behind it, the real file.
struct Handle {
    sqlite3_file base;
    int number;
};
constexpr std::size_t handle_size = (sizeof(Handle) + 15) / 16 * 16;

CrashDisk* disk = nullptr;
sqlite3_vfs* real_vfs = nullptr;
sqlite3_vfs shim;

sqlite3_file* real(sqlite3_file* file)
{
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<std::byte*>(file) + handle_size);
}
int number_of(sqlite3_file* file) { return reinterpret_cast<Handle*>(file)->number; }

int close(sqlite3_file* file)
{
    return real(file)->pMethods ? real(file)->pMethods->xClose(real(file)) : SQLITE_OK;
}
int read(sqlite3_file* file, void* into, int size, sqlite3_int64 at)
{
    return real(file)->pMethods->xRead(real(file), into, size, at);
}
int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 at)
{
    const auto place = static_cast<std::uint64_t>(at);
    const auto length = static_cast<std::size_t>(size);
    if (const int result = disk->allowed(CrashDisk::Operation::write)) return result;
    if (const int result = disk->room_for(number_of(file), place + length)) return result;
    disk->wrote(number_of(file), place, {static_cast<const std::byte*>(data), length});
    return real(file)->pMethods->xWrite(real(file), data, size, at);
}
int truncate(sqlite3_file* file, sqlite3_int64 size)
{
    if (const int result = disk->allowed(CrashDisk::Operation::truncate)) return result;
    disk->truncated(number_of(file), static_cast<std::uint64_t>(size));
    return real(file)->pMethods->xTruncate(real(file), size);
}
// The real one is not asked: what the disk has is known here, and the test goes faster.
int sync(sqlite3_file* file, int)
{
    if (const int result = disk->allowed(CrashDisk::Operation::sync)) return result;
    disk->synced(number_of(file));
    return SQLITE_OK;
}
int file_size(sqlite3_file* file, sqlite3_int64* size)
{
    return real(file)->pMethods->xFileSize(real(file), size);
}
int lock(sqlite3_file* file, int level) { return real(file)->pMethods->xLock(real(file), level); }
int unlock(sqlite3_file* file, int level)
{
    return real(file)->pMethods->xUnlock(real(file), level);
}
int is_reserved(sqlite3_file* file, int* result)
{
    return real(file)->pMethods->xCheckReservedLock(real(file), result);
}
int control(sqlite3_file* file, int what, void* argument)
{
    return real(file)->pMethods->xFileControl(real(file), what, argument);
}
int sector_size(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
int characteristics(sqlite3_file* file)
{
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** into)
{
    return real(file)->pMethods->xShmMap(real(file), page, size, extend, into);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags)
{
    return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
int shm_unmap(sqlite3_file* file, int with_file)
{
    return real(file)->pMethods->xShmUnmap(real(file), with_file);
}

/// Version 2: without memory-mapped reading, which nobody here uses.
const sqlite3_io_methods methods{.iVersion = 2,
                                 .xClose = close,
                                 .xRead = read,
                                 .xWrite = write,
                                 .xTruncate = truncate,
                                 .xSync = sync,
                                 .xFileSize = file_size,
                                 .xLock = lock,
                                 .xUnlock = unlock,
                                 .xCheckReservedLock = is_reserved,
                                 .xFileControl = control,
                                 .xSectorSize = sector_size,
                                 .xDeviceCharacteristics = characteristics,
                                 .xShmMap = shm_map,
                                 .xShmLock = shm_lock,
                                 .xShmBarrier = shm_barrier,
                                 .xShmUnmap = shm_unmap,
                                 .xFetch = nullptr,
                                 .xUnfetch = nullptr};

int open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out)
{
    file->pMethods = nullptr;
    const int result = real_vfs->xOpen(real_vfs, name, real(file), flags, out);
    if (result != SQLITE_OK) return result;
    reinterpret_cast<Handle*>(file)->number = disk->opened(name ? name : "");
    file->pMethods = &methods;
    return SQLITE_OK;
}

int remove(sqlite3_vfs*, const char* name, int sync_folder)
{
    disk->removed(name);
    return real_vfs->xDelete(real_vfs, name, sync_folder);
}

}  // namespace

CrashDisk::CrashDisk()
{
    disk = this;
    real_vfs = sqlite3_vfs_find(nullptr);
    shim = *real_vfs;
    shim.pNext = nullptr;
    shim.zName = "crash-disk";
    shim.szOsFile = static_cast<int>(handle_size) + real_vfs->szOsFile;
    shim.xOpen = open;
    shim.xDelete = remove;
    sqlite3_vfs_register(&shim, 1);
}

CrashDisk::~CrashDisk()
{
    sqlite3_vfs_unregister(&shim);
    sqlite3_vfs_register(real_vfs, 1);
    disk = nullptr;
}

int CrashDisk::opened(const char* path)
{
    const auto [known, is_new] = numbers_.try_emplace(path, static_cast<int>(files_.size()));
    if (!is_new) return known->second;
    std::ifstream in{path, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    const auto bytes = bytes_of(text);
    files_.push_back({.path = path,
                      .durable = {bytes.begin(), bytes.end()},
                      .unsynced = {},
                      .size = bytes.size()});
    return known->second;
}

int CrashDisk::allowed(Operation operation)
{
    if (before) before(operation);
    if (!failure_ || failure_->of != operation) return SQLITE_OK;
    if (failure_->after > 0) {
        --failure_->after;
        return SQLITE_OK;
    }
    const int result = failure_->result;
    if (failure_->lasting == Lasting::once) failure_.reset();
    return result;
}

std::uint64_t CrashDisk::used() const
{
    std::uint64_t bytes = 0;
    for (const auto& [path, number] : numbers_)
        bytes += files_[static_cast<std::size_t>(number)].size;
    return bytes;
}

int CrashDisk::room_for(int file, std::uint64_t end)
{
    const auto size = files_[static_cast<std::size_t>(file)].size;
    const bool fits = !room_ || end <= size || used() + (end - size) <= *room_;
    return fits ? SQLITE_OK : SQLITE_FULL;
}

void CrashDisk::wrote(int number, std::uint64_t at, Bytes bytes)
{
    auto& file = files_[static_cast<std::size_t>(number)];
    file.unsynced.push_back({.at = at, .bytes = {bytes.begin(), bytes.end()}});
    file.size = std::max(file.size, at + bytes.size());
}

void CrashDisk::truncated(int number, std::uint64_t size)
{
    auto& file = files_[static_cast<std::size_t>(number)];
    file.unsynced.push_back({.at = size, .bytes = {}});
    file.size = size;
}

void CrashDisk::synced(int number)
{
    auto& file = files_[static_cast<std::size_t>(number)];
    for (const auto& change : file.unsynced)
        apply(file.durable, change);
    file.unsynced.clear();
}

void CrashDisk::removed(const char* path) { numbers_.erase(path); }

void CrashDisk::apply(std::vector<std::byte>& to, std::uint64_t at, Bytes bytes)
{
    if (to.size() < at + bytes.size()) to.resize(at + bytes.size());
    std::copy(bytes.begin(), bytes.end(), to.begin() + static_cast<std::ptrdiff_t>(at));
}

void CrashDisk::apply(std::vector<std::byte>& to, const Change& change)
{
    if (change.bytes.empty())
        to.resize(change.at);
    else
        apply(to, change.at, change.bytes);
}

void CrashDisk::tear(std::vector<std::byte>& to, const Change& change, std::mt19937& random)
{
    if (change.bytes.empty()) {
        if (random() % 2 == 0) apply(to, change);
        return;
    }
    Bytes left{change.bytes};
    std::uint64_t at = change.at;
    while (!left.empty()) {
        const auto size = std::min<std::size_t>(left.size(), sector - at % sector);
        if (random() % 2 == 0) apply(to, at, left.first(size));
        left = left.subspan(size);
        at += size;
    }
}

CrashDisk::Image CrashDisk::power_fails(Unsynced left, std::mt19937& random) const
{
    Image image;
    for (const auto& [path, number] : numbers_) {
        const auto& file = files_[static_cast<std::size_t>(number)];
        auto bytes = file.durable;
        for (const auto& change : file.unsynced) {
            if (left == Unsynced::all) apply(bytes, change);
            if (left == Unsynced::torn) tear(bytes, change, random);
        }
        image[std::filesystem::path{path}.filename().string()] = std::move(bytes);
    }
    return image;
}

void CrashDisk::lay_out(const Image& image, const std::filesystem::path& folder)
{
    for (const auto& [name, bytes] : image) {
        if (name.ends_with("-shm")) continue;
        std::ofstream file{folder / name, std::ios::binary | std::ios::trunc};
        const auto text = text_of(bytes);
        file.write(text.data(), static_cast<std::streamsize>(text.size()));
    }
}

}  // namespace ks::test
