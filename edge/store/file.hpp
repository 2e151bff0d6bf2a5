#pragma once

#include "firmware/base/bytes.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ks::edge {

/// A file descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int number) : number_{number} {}
    ~Descriptor();
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    [[nodiscard]] int get() const { return number_; }
    [[nodiscard]] bool ok() const { return number_ >= 0; }

private:
    int number_;
};

/// Nothing when it is not there or cannot be read.
[[nodiscard]] std::optional<std::vector<std::byte>> content_of(const std::string& path);

/// Overwrites the file's beginning and leaves what lies behind, so that on a full disk no room is
/// needed. Returns once it is on the disk; throws `StoreError`.
void write_in_place(const std::string& path, Bytes bytes);

/// Makes the file with this content, durable with its name; throws `StoreError`.
void write_new(const std::string& path, Bytes bytes);

/// Lets the disk itself be read next time: after a failed fsync the kernel's copy of a page may be
/// what never reached the disk, and is marked clean. Only before SQLite has the file open, because
/// closing any descriptor drops its locks.
void forget_cached(const std::string& path);

/// Makes names that were given or taken away in the file's folder durable.
void sync_folder_of(const std::string& path);

}  // namespace ks::edge
