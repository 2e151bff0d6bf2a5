#pragma once

#include <string>

namespace ks::edge {

/// Makes sure that one daemon at a time writes a log: a lock beside the database, which the kernel
/// drops with the process, however it dies. A file of its own, because closing any descriptor of
/// the database itself would drop SQLite's locks.
class InstanceLock {
public:
    /// Throws `StoreError` when another process holds it.
    explicit InstanceLock(const std::string& database);
    ~InstanceLock();
    InstanceLock(const InstanceLock&) = delete;
    InstanceLock& operator=(const InstanceLock&) = delete;

private:
    int descriptor_;
};

}  // namespace ks::edge
