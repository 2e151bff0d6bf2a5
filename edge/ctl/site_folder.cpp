#include "edge/ctl/site_folder.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace ks::edge {
namespace {

namespace fs = std::filesystem;

constexpr mode_t for_owner = 0600;
constexpr mode_t for_all = 0644;
constexpr mode_t folder_for_owner = 0700;

[[noreturn]] void fail(const fs::path& path, const char* what)
{
    throw SiteFault{path.string() + ": " + what + ": " + std::generic_category().message(errno)};
}

class File {
public:
    File(const fs::path& path, int flags, mode_t mode)
        : path_{path}, descriptor_{::open(path.c_str(), flags | O_CLOEXEC, mode)}
    {
        if (descriptor_ < 0) fail(path_, "cannot be opened");
    }
    ~File() { ::close(descriptor_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    void write(Bytes content) const
    {
        while (!content.empty()) {
            const auto count = ::write(descriptor_, content.data(), content.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) fail(path_, "cannot be written");
            content = content.subspan(static_cast<std::size_t>(count));
        }
    }
    void set_mode(mode_t mode) const
    {
        if (::fchmod(descriptor_, mode) != 0) fail(path_, "cannot be protected");
    }
    void to_disk() const
    {
        if (::fsync(descriptor_) != 0) fail(path_, "did not reach the disk");
    }
    void whole_disk() const
    {
        if (::syncfs(descriptor_) != 0) fail(path_, "did not reach the disk");
    }

private:
    fs::path path_;
    int descriptor_;
};

void rename_to(const fs::path& from, const fs::path& to)
{
    if (::rename(from.c_str(), to.c_str()) != 0) fail(to, "cannot be made");
    File{to.parent_path(), O_RDONLY | O_DIRECTORY, 0}.to_disk();
}

fs::path beside(const fs::path& target)
{
    return target.parent_path() / (".making-" + target.filename().string());
}

mode_t mode_of(Access access) { return access == Access::owner ? for_owner : for_all; }

void make_private_folder(const fs::path& folder)
{
    if (folder.empty() || fs::is_directory(folder)) return;
    make_private_folder(folder.parent_path());
    if (::mkdir(folder.c_str(), folder_for_owner) != 0) fail(folder, "cannot be made");
}

}  // namespace

void replace_file(const fs::path& target, Bytes content, Access access)
{
    const auto making = beside(target);
    make_private_folder(target.parent_path());
    // What an earlier run left half-written is of no use; its mode may be anything.
    ::unlink(making.c_str());
    {
        const File file{making, O_WRONLY | O_CREAT | O_EXCL, mode_of(access)};
        file.set_mode(mode_of(access));
        file.write(content);
        file.to_disk();
    }
    rename_to(making, target);
}

std::string read_text(const fs::path& file)
{
    std::ifstream in{file, std::ios::binary};
    if (!in) fail(file, "cannot be read");
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (in.bad()) fail(file, "cannot be read");
    return text;
}

std::vector<std::byte> read_bytes(const fs::path& file)
{
    const auto text = read_text(file);
    const auto bytes = bytes_of(text);
    return {bytes.begin(), bytes.end()};
}

FolderInTheMaking::FolderInTheMaking(fs::path target)
    : target_{std::move(target)}, path_{beside(target_)}
{
    make_private_folder(target_.parent_path());
    std::error_code ignored;
    fs::remove_all(path_, ignored);
    if (::mkdir(path_.c_str(), folder_for_owner) != 0) fail(path_, "cannot be made");
}

FolderInTheMaking::~FolderInTheMaking()
{
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

void FolderInTheMaking::add(const fs::path& name, Bytes content, Access access) const
{
    add_folder(name.parent_path());
    const File file{path_ / name, O_WRONLY | O_CREAT | O_EXCL, mode_of(access)};
    file.set_mode(mode_of(access));
    file.write(content);
}

void FolderInTheMaking::add_folder(const fs::path& name) const
{
    make_private_folder(name.empty() ? path_ : path_ / name);
}

void FolderInTheMaking::complete()
{
    File{path_, O_RDONLY | O_DIRECTORY, 0}.whole_disk();
    rename_to(path_, target_);
}

}  // namespace ks::edge
