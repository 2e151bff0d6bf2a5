#include "edge/console/users.hpp"

#include "edge/runtime/hex.hpp"

#include <boost/json.hpp>

#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <system_error>
#include <unistd.h>

namespace ks::edge {

namespace json = boost::json;

namespace {

constexpr std::string_view file_name = "users.json";
constexpr std::size_t file_limit = 1'048'576;

template <std::size_t Size>
std::optional<std::array<std::byte, Size>> bytes_from(const json::value* value)
{
    if (!value || !value->is_string()) return std::nullopt;
    const auto& text = value->get_string();
    return bytes_from_hex<Size>({text.data(), text.size()});
}

std::optional<std::uint32_t> number_from(const json::value* value)
{
    if (!value || !value->is_int64()) return std::nullopt;
    const auto number = value->get_int64();
    if (number < 0 || number > 0x7fffffff) return std::nullopt;
    return static_cast<std::uint32_t>(number);
}

std::optional<PasswordHash> hash_from(const json::value* value)
{
    if (!value || !value->is_object()) return std::nullopt;
    const auto& object = value->get_object();
    const auto n = number_from(object.if_contains("n"));
    const auto r = number_from(object.if_contains("r"));
    const auto p = number_from(object.if_contains("p"));
    const auto salt = bytes_from<16>(object.if_contains("salt"));
    const auto key = bytes_from<32>(object.if_contains("key"));
    if (!n || !r || !p || !salt || !key) return std::nullopt;
    const ScryptCost cost{.n = *n, .r = *r, .p = *p};
    if (!bearable(cost)) return std::nullopt;
    return PasswordHash{.cost = cost, .salt = *salt, .key = *key};
}

/// Writes a file that only its owner may read, and does not return before it is on the disk.
void write_private(const std::filesystem::path& path, std::string_view text)
{
    const auto fail = [&](const char* what) {
        throw std::system_error{errno, std::generic_category(), what + (" " + path.string())};
    };
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) fail("cannot open");
    const auto written = ::write(file, text.data(), text.size());
    const bool good = written == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
    if (::close(file) != 0 || !good) fail("cannot write");
}

void sync_folder(const std::filesystem::path& folder)
{
    const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return;
    ::fsync(file);
    ::close(file);
}

}  // namespace

std::string_view name_of(UsersFault fault)
{
    switch (fault) {
    case UsersFault::unreadable: return "unreadable";
    case UsersFault::not_json: return "not_json";
    case UsersFault::wrong_shape: return "wrong_shape";
    case UsersFault::wrong_name: return "wrong_name";
    case UsersFault::wrong_hash: return "wrong_hash";
    }
    return {};
}

bool is_user_name(std::string_view name)
{
    if (name.empty() || name.size() > 32) return false;
    return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_") ==
           std::string_view::npos;
}

Result<Users, UsersFault> users_from(std::string_view text)
{
    boost::system::error_code error;
    const auto value = json::parse(text, error, {}, {.max_depth = 8});
    if (error) return Failure{UsersFault::not_json};
    if (!value.is_object()) return Failure{UsersFault::wrong_shape};
    const auto* list = value.get_object().if_contains("users");
    if (!list || !list->is_array() || list->get_array().empty() ||
        list->get_array().size() > users_limit)
        return Failure{UsersFault::wrong_shape};

    Users users;
    for (const auto& each : list->get_array()) {
        if (!each.is_object()) return Failure{UsersFault::wrong_shape};
        const auto& object = each.get_object();
        const auto* name = object.if_contains("name");
        const auto* role = object.if_contains("role");
        if (!name || !name->is_string() || !role || !role->is_string())
            return Failure{UsersFault::wrong_shape};
        const auto known = role_from(role->get_string());
        if (!known || !is_user_name(name->get_string())) return Failure{UsersFault::wrong_name};
        const auto hash = hash_from(object.if_contains("scrypt"));
        if (!hash) return Failure{UsersFault::wrong_hash};
        const auto [place, fresh] =
            users.try_emplace(std::string{name->get_string()}, User{.role = *known, .hash = *hash});
        if (!fresh) return Failure{UsersFault::wrong_name};
    }
    return users;
}

std::string text_of(const Users& users)
{
    json::array list;
    for (const auto& [name, user] : users) {
        const auto& hash = user.hash;
        list.push_back(json::object{{"name", name},
                                    {"role", name_of(user.role)},
                                    {"scrypt",
                                     {{"n", hash.cost.n},
                                      {"r", hash.cost.r},
                                      {"p", hash.cost.p},
                                      {"salt", hex_of(hash.salt)},
                                      {"key", hex_of(hash.key)}}}});
    }
    return json::serialize(json::object{{"version", 1}, {"users", list}}) + "\n";
}

UsersFile::UsersFile(std::filesystem::path folder) : folder_{std::move(folder)} {}

std::filesystem::path UsersFile::first_login() const { return folder_ / "first-login"; }

std::optional<Result<Users, UsersFault>> UsersFile::load() const
{
    const auto path = folder_ / file_name;
    std::error_code error;
    if (!std::filesystem::exists(path, error) && !error) return std::nullopt;
    if (error || std::filesystem::file_size(path, error) > file_limit || error)
        return Failure{UsersFault::unreadable};
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return Failure{UsersFault::unreadable};
    return users_from(text.str());
}

void UsersFile::save(const Users& users) const
{
    const auto fresh = folder_ / (std::string{file_name} + ".new");
    write_private(fresh, text_of(users));
    std::filesystem::rename(fresh, folder_ / file_name);
    sync_folder(folder_);
}

Users UsersFile::make_first(ScryptCost cost) const
{
    std::filesystem::create_directories(folder_);
    const auto password = random_text(100);
    Users users;
    users["admin"] = User{.role = ConsoleRole::admin, .hash = hash_password(password, cost)};
    // The password first: a cut between the two leaves a password nobody needs, not an account
    // nobody can enter.
    write_private(first_login(), "user=admin\npassword=" + password + "\n");
    save(users);
    return users;
}

}  // namespace ks::edge
