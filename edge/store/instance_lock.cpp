#include "edge/store/instance_lock.hpp"

#include "edge/store/sqlite.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace ks::edge {

InstanceLock::InstanceLock(const std::string& database)
    : descriptor_{::open((database + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)}
{
    if (descriptor_ < 0)
        throw StoreError{"cannot open " + database + ".lock: " + std::strerror(errno)};
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        const int why = errno;
        ::close(descriptor_);
        throw StoreError{why == EWOULDBLOCK
                             ? "another kickstand-edge is writing " + database
                             : "cannot lock " + database + ": " + std::strerror(why)};
    }
}

InstanceLock::~InstanceLock() { ::close(descriptor_); }

}  // namespace ks::edge
