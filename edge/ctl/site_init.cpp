#include "edge/ctl/site_init.hpp"

#include "edge/ctl/broker_config.hpp"
#include "edge/ctl/site_check.hpp"
#include "edge/ctl/site_identities.hpp"
#include "firmware/protocol/ids.hpp"

#include <algorithm>

namespace ks::edge {
namespace {

namespace fs = std::filesystem;

void need_id(const std::string& id, const char* what)
{
    if (!protocol::is_id(id))
        throw SiteFault{std::string{what} + " \"" + id + "\": an id has 8 to 32 of A-Z, 0-9 and -"};
}

std::string default_post(int number)
{
    const auto digits = std::to_string(number);
    return "POST-" + std::string(4 - digits.size(), '0') + digits;
}

/// All posts that are asked for, once each.
std::vector<std::string> wanted_posts(const SiteRequest& request)
{
    if (request.post_count < 0 || request.post_count > post_count_limit)
        throw SiteFault{"--posts " + std::to_string(request.post_count) + ": 0 to " +
                        std::to_string(post_count_limit)};
    std::vector<std::string> posts;
    for (int i = 1; i <= request.post_count; ++i)
        posts.push_back(default_post(i));
    for (const auto& post : request.named_posts) {
        need_id(post, "post");
        for (const auto& reserved : reserved_names)
            if (post.starts_with(reserved))
                throw SiteFault{"post \"" + post + "\": names that begin with " +
                                std::string{reserved} + " belong to the edge's own programs"};
        if (std::find(posts.begin(), posts.end(), post) == posts.end()) posts.push_back(post);
    }
    return posts;
}

bool is_host(const std::string& host)
{
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.' || c == ':';
    };
    return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), allowed);
}

void examine(const SiteRequest& request)
{
    need_id(request.site, "site");
    for (const auto& host : request.hosts)
        if (!is_host(host)) throw SiteFault{"host \"" + host + "\": neither a name nor an address"};
    if (request.broker_port && (*request.broker_port < 1 || *request.broker_port > 65'535))
        throw SiteFault{"--port " + std::to_string(*request.broker_port) + ": 1 to 65535"};
    const auto folder = request.folder.string();
    if (folder.empty() || folder.find_first_of("\n\r") != std::string::npos)
        throw SiteFault{"--dir: such a folder cannot be named in the broker's configuration"};
}

/// Without dots and a last slash, so that it can be named in a configuration and renamed to.
fs::path plain(const fs::path& folder)
{
    const auto path = fs::absolute(folder).lexically_normal();
    return path.has_filename() ? path : path.parent_path();
}

SiteReport make_site(const SiteRequest& request, const fs::path& folder, UnixMillis now)
{
    const auto posts = wanted_posts(request);
    const auto port = request.broker_port.value_or(default_broker_port);
    FolderInTheMaking making{folder};
    const auto keys = add_site_identities(making, request.site, request.hosts, now);
    const auto config =
        broker_config({.site_folder = folder, .user = request.broker_user, .port = port});
    making.add("broker/mosquitto.conf", bytes_of(config), Access::owner);
    making.add("broker/acl", bytes_of(broker_acl(request.site)), Access::owner);
    making.add_folder("broker/data");
    making.add_folder("edge/posts");
    making.add_folder("posts");
    for (const auto& post : posts) {
        const auto pub = add_post_identity(making, fs::path{"posts"} / post, post, keys, now);
        making.add("edge/posts/" + post + ".pub", pub, Access::everybody);
    }
    const SiteManifest manifest{.site = request.site, .created = now, .posts = posts};
    making.add("site.toml", bytes_of(manifest.text()), Access::everybody);
    making.complete();
    return {.folder = folder,
            .site = request.site,
            .made = true,
            .posts_added = posts,
            .posts = posts.size(),
            .broker_port = port};
}

int settle_port(const SiteRequest& request, const fs::path& folder)
{
    const auto file = folder / "broker/mosquitto.conf";
    const auto config = read_text(file);
    const auto port = listener_port(config).value();
    if (!request.broker_port || *request.broker_port == port) return port;
    replace_file(file, bytes_of(moved_to_port(config, *request.broker_port)), Access::owner);
    return *request.broker_port;
}

SiteReport extend_site(const SiteRequest& request, const fs::path& folder, UnixMillis now)
{
    auto manifest = read_manifest(folder / "site.toml");
    if (manifest.site != request.site)
        throw SiteFault{folder.string() + ": is the folder of site " + manifest.site + ", not of " +
                        request.site};
    const auto wanted = wanted_posts(request);
    const auto faults = check_site(folder, now);
    if (!faults.empty())
        throw SiteFault{faults.front() + (faults.size() > 1
                                              ? " (and " + std::to_string(faults.size() - 1) +
                                                    " more: kickstand site check)"
                                              : "")};

    const auto keys = read_site_keys(folder);
    std::vector<std::string> added;
    for (const auto& post : wanted) {
        if (std::find(manifest.posts.begin(), manifest.posts.end(), post) != manifest.posts.end())
            continue;
        FolderInTheMaking making{folder / "posts" / post};
        // A run that was cut off may have left a complete post that the list does not name yet.
        std::error_code ignored;
        fs::remove_all(folder / "posts" / post, ignored);
        const auto pub = add_post_identity(making, "", post, keys, now);
        replace_file(folder / "edge/posts" / (post + ".pub"), pub, Access::everybody);
        making.complete();
        added.push_back(post);
    }
    manifest.posts.insert(manifest.posts.end(), added.begin(), added.end());
    if (!added.empty())
        replace_file(folder / "site.toml", bytes_of(manifest.text()), Access::everybody);
    return {.folder = folder,
            .site = manifest.site,
            .made = false,
            .posts_added = added,
            .posts = manifest.posts.size(),
            .broker_port = settle_port(request, folder)};
}

}  // namespace

SiteReport init_site(const SiteRequest& request, UnixMillis now)
{
    examine(request);
    const auto folder = plain(request.folder);
    std::error_code error;
    const auto kind = fs::status(folder, error);
    if (!fs::exists(kind)) return make_site(request, folder, now);
    if (!fs::is_directory(kind)) throw SiteFault{folder.string() + ": is not a folder"};
    if (fs::exists(folder / "site.toml", error)) return extend_site(request, folder, now);
    const fs::directory_iterator inside{folder, error};
    if (error) throw SiteFault{folder.string() + ": cannot be read: " + error.message()};
    if (inside != fs::directory_iterator{})
        throw SiteFault{folder.string() + ": holds files, but no site.toml: not a site of ours"};
    return make_site(request, folder, now);
}

}  // namespace ks::edge
