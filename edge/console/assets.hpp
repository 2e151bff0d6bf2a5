#pragma once

#include "edge/console/http.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace ks::edge {

/// The built browser app, read once at the start. A request names an entry or nothing: no path from
/// outside ever reaches the file system.
class Assets {
public:
    /// Bounds of what is read (our choice; the app is a quarter of a megabyte).
    static constexpr std::size_t files_limit = 200;
    static constexpr std::size_t bytes_limit = 16 * 1'048'576;

    struct File {
        std::string_view type;
        std::string body;
        std::string compressed;  // empty: there is none
        std::string etag;
        Caching caching{};
    };

    Assets() = default;
    /// Nothing when the folder holds no app or too much of one.
    [[nodiscard]] static std::optional<Assets> read(const std::filesystem::path& folder);

    /// Nothing when there is no such file. The answer's body lies here.
    [[nodiscard]] std::optional<Answer> find(const Request& request) const;

private:
    std::map<std::string, File, std::less<>> files_;
};

}  // namespace ks::edge
