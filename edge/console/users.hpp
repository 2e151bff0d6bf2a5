#pragma once

#include "edge/console/password.hpp"
#include "edge/console/roles.hpp"
#include "firmware/base/result.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ks::edge {

struct User {
    ConsoleRole role{};
    PasswordHash hash{};
    bool operator==(const User&) const = default;
};

using Users = std::map<std::string, User, std::less<>>;

/// Why a users file is not taken. It is never taken in part: a line that we cannot read might be
/// the one that takes somebody's access away (S-20).
enum class UsersFault : std::uint8_t { unreadable, not_json, wrong_shape, wrong_name, wrong_hash };

[[nodiscard]] std::string_view name_of(UsersFault fault);

/// Lower-case letters, digits, dot, dash, underscore; 1 to 32 of them.
[[nodiscard]] bool is_user_name(std::string_view name);

inline constexpr std::size_t users_limit = 1'000;

[[nodiscard]] Result<Users, UsersFault> users_from(std::string_view text);
[[nodiscard]] std::string text_of(const Users& users);

/// The users file of a state folder: who may sign in, each with role and password hash; mode 0600,
/// replaced as a whole and synced, so that a power cut leaves the old or the new one.
class UsersFile {
public:
    explicit UsersFile(std::filesystem::path folder);

    /// Nothing: there is none yet.
    [[nodiscard]] std::optional<Result<Users, UsersFault>> load() const;
    /// Throws `std::system_error`.
    void save(const Users& users) const;

    /// There is no default account (S-52): the first start makes `admin` with a random password and
    /// writes it, for this machine's owner alone to read, to `first_login()`.
    Users make_first(ScryptCost cost) const;
    [[nodiscard]] std::filesystem::path first_login() const;

private:
    std::filesystem::path folder_;
};

}  // namespace ks::edge
