#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace ks::bench {

/// Another process, looked at from outside: what it has used of the processor and what it holds of
/// the memory.
class Watched {
public:
    Watched(std::string name, pid_t id) : name_{std::move(name)}, id_{id} {}

    [[nodiscard]] const std::string& name() const { return name_; }
    /// Of all its threads together; throws when the process is gone.
    [[nodiscard]] std::int64_t processor_nanos() const;
    /// Resident now, in KiB.
    [[nodiscard]] std::int64_t resident_kib() const { return kib_of("VmRSS:"); }
    /// The most that was ever resident.
    [[nodiscard]] std::int64_t peak_kib() const { return kib_of("VmHWM:"); }

private:
    [[nodiscard]] std::int64_t kib_of(const std::string& key) const;

    std::string name_;
    pid_t id_;
};

/// Written NAME=PID; throws in words when it is not.
[[nodiscard]] Watched watched_from(const std::string& text);

}  // namespace ks::bench
