#include "edge/console/assets.hpp"

#include "edge/runtime/hex.hpp"
#include "firmware/crypto/sha256.hpp"

#include <fstream>
#include <sstream>

namespace ks::edge {

namespace {

std::string_view type_of(std::string_view name)
{
    struct Type {
        std::string_view ending;
        std::string_view type;
    };
    constexpr Type types[] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".woff2", "font/woff2"},
        {".webmanifest", "application/manifest+json"},
    };
    for (const auto& [ending, type] : types)
        if (name.ends_with(ending)) return type;
    return {};
}

std::string etag_of(std::string_view body)
{
    const auto digest = crypto::sha256(bytes_of(body));
    return '"' + hex_of(Bytes{digest}.first(12)) + '"';
}

std::optional<std::string> content_of(const std::filesystem::path& path)
{
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return std::nullopt;
    return text.str();
}

/// `gzip` named with a quality other than zero.
bool takes_gzip(std::string_view accepted)
{
    const auto at = accepted.find("gzip");
    if (at == std::string_view::npos) return false;
    const auto rest = accepted.substr(at + 4);
    return !rest.starts_with(";q=0") || rest.starts_with(";q=0.");
}

}  // namespace

std::optional<Assets> Assets::read(const std::filesystem::path& folder)
{
    Assets assets;
    std::map<std::string, std::string> compressed;
    std::size_t bytes = 0;
    std::error_code error;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder, error}) {
        if (!entry.is_regular_file()) continue;
        auto name = std::filesystem::relative(entry.path(), folder).generic_string();
        auto body = content_of(entry.path());
        if (!body) return std::nullopt;
        bytes += body->size();
        if (bytes > bytes_limit || assets.files_.size() > files_limit) return std::nullopt;
        if (name.ends_with(".gz")) {
            compressed.emplace(name.substr(0, name.size() - 3), std::move(*body));
            continue;
        }
        const auto type = type_of(name);
        if (type.empty()) continue;
        // The builder puts a digest into every name below assets/, so those never change.
        const auto caching = name.starts_with("assets/") ? Caching::forever : Caching::ask_first;
        auto etag = etag_of(*body);
        assets.files_.emplace(std::move(name), File{.type = type,
                                                    .body = std::move(*body),
                                                    .compressed = {},
                                                    .etag = std::move(etag),
                                                    .caching = caching});
    }
    for (auto& [name, body] : compressed) {
        const auto whole = assets.files_.find(name);
        if (whole != assets.files_.end()) whole->second.compressed = std::move(body);
    }
    if (error || !assets.files_.contains("index.html")) return std::nullopt;
    return assets;
}

std::optional<Answer> Assets::find(const Request& request) const
{
    std::string name;
    for (const auto& part : request.path)
        name += (name.empty() ? "" : "/") + part;
    const auto found = files_.find(name.empty() ? "index.html" : name);
    if (found == files_.end()) return std::nullopt;
    const auto& file = found->second;

    Answer answer{.type = file.type, .etag = file.etag, .caching = file.caching};
    if (request.if_none_match == file.etag) {
        answer.status = 304;
        return answer;
    }
    const bool small = !file.compressed.empty() && takes_gzip(request.accept_encoding);
    answer.kept = small ? file.compressed : file.body;
    if (small) answer.encoding = "gzip";
    return answer;
}

}  // namespace ks::edge
