#pragma once

#include "firmware/base/bytes.hpp"

#include <sqlite3.h>

#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace ks::test {

/// A disk below SQLite that keeps apart what was written and what an fsync has made durable. While
/// it lives every connection of this process goes through it, to real files. It can fail or hold up
/// any operation, run out of room, and tell what a power cut at this moment would leave.
class CrashDisk {
public:
    enum class Operation : std::uint8_t { write, sync, truncate };
    enum class Lasting : std::uint8_t { once, for_ever };

    CrashDisk();
    ~CrashDisk();
    CrashDisk(const CrashDisk&) = delete;
    CrashDisk& operator=(const CrashDisk&) = delete;

    /// Called before each operation.
    std::function<void(Operation)> before;

    struct Failure {
        Operation of;
        /// How many of them go well before.
        std::size_t after;
        int result;  // SQLite's
        Lasting lasting;
    };
    void fail(const Failure& failure) { failure_ = failure; }
    void heal() { failure_.reset(); }
    /// Bytes that all files together may have; more is `SQLITE_FULL`.
    void limit_room(std::uint64_t bytes) { room_ = bytes; }
    [[nodiscard]] std::uint64_t used() const;

    /// What of the unsynced writes a power cut leaves: nothing, all of it, or any sectors.
    enum class Unsynced : std::uint8_t { nothing, torn, all };
    /// The files as they would be found, by name.
    using Image = std::map<std::string, std::vector<std::byte>>;
    [[nodiscard]] Image power_fails(Unsynced left, std::mt19937& random) const;
    static void lay_out(const Image& image, const std::filesystem::path& folder);

    // What SQLite's callbacks come down to.
    int opened(const char* path);
    [[nodiscard]] int allowed(Operation operation);
    [[nodiscard]] int room_for(int file, std::uint64_t end);
    void wrote(int file, std::uint64_t at, Bytes bytes);
    void truncated(int file, std::uint64_t size);
    void synced(int file);
    void removed(const char* path);

private:
    /// Half a kilobyte is the least that a disk writes as a whole.
    static constexpr std::size_t sector = 512;

    struct Change {
        std::uint64_t at;
        std::vector<std::byte> bytes;  // none: the file was cut off at `at`
    };
    struct File {
        std::string path;
        std::vector<std::byte> durable;
        std::deque<Change> unsynced;
        std::uint64_t size;
    };
    static void apply(std::vector<std::byte>& to, std::uint64_t at, Bytes bytes);
    static void apply(std::vector<std::byte>& to, const Change& change);
    static void tear(std::vector<std::byte>& to, const Change& change, std::mt19937& random);

    std::deque<File> files_;
    std::map<std::string, int> numbers_;
    std::optional<Failure> failure_;
    std::optional<std::uint64_t> room_;
};

}  // namespace ks::test
