#include "sim/fleet/site_folder.hpp"

#include <fstream>
#include <iterator>
#include <toml++/toml.h>

namespace ks::sim {

namespace {

namespace fs = std::filesystem;

// A manifest of ten thousand posts takes 350 kB; certificates and keys are far smaller.
constexpr std::size_t file_most = 1U << 20;

std::vector<std::byte> bytes_in(const fs::path& file)
{
    std::ifstream in{file, std::ios::binary};
    if (!in)
        throw Trouble{file.string() + ": cannot be read; is this a folder of kickstand site init?"};
    std::vector<char> text(std::istreambuf_iterator<char>{in}, {});
    if (text.empty() || text.size() > file_most)
        throw Trouble{file.string() + ": has no usable size"};
    const auto bytes = std::as_bytes(std::span{text});
    return {bytes.begin(), bytes.end()};
}

template <class Array>
Array array_in(const fs::path& file)
{
    Array array{};
    const auto bytes = bytes_in(file);
    if (bytes.size() != array.size())
        throw Trouble{file.string() + ": has " + std::to_string(bytes.size()) +
                      " bytes instead of " + std::to_string(array.size())};
    std::copy(bytes.begin(), bytes.end(), array.begin());
    return array;
}

crypto::PrivateKey private_key_in(const fs::path& file)
{
    return {.bytes = array_in<std::array<std::byte, 32>>(file)};
}

core::Approvers approvers_in(const fs::path& file)
{
    constexpr std::size_t key_size = 65;
    const auto both = array_in<std::array<std::byte, 2 * key_size>>(file);
    core::Approvers approvers{};
    std::copy_n(both.begin(), key_size, approvers.a.bytes.begin());
    std::copy_n(both.begin() + key_size, key_size, approvers.b.bytes.begin());
    return approvers;
}

}  // namespace

SiteFolder::SiteFolder(fs::path folder) : folder_{std::move(folder)}
{
    const auto file = folder_ / "site.toml";
    const auto refuse = [&](std::string_view what) {
        throw Trouble{file.string() + ": " + std::string{what}};
    };
    const auto text = bytes_in(file);
    toml::table table;
    try {
        table = toml::parse(text_of(text));
    } catch (const toml::parse_error& error) {
        refuse(error.description());
    }
    site_ = table["site"].value_or(std::string{});
    if (!protocol::is_id(site_)) refuse("site is no id");
    const auto* posts = table["posts"].as_array();
    if (posts == nullptr) refuse("posts is no list");
    for (const auto& post : *posts) {
        posts_.push_back(post.value_or(std::string{}));
        if (!protocol::is_id(posts_.back())) refuse("posts holds something that is no id");
    }
}

std::unique_ptr<ProvisionedPost> SiteFolder::provision(const std::string& post,
                                                       std::string_view broker_name) const
{
    const auto folder = folder_ / "posts" / post;
    const auto authority = bytes_in(folder / "ca.crt.der");
    const auto anchor = crypto::anchor_from(authority);
    if (!anchor) throw Trouble{(folder / "ca.crt.der").string() + ": is no authority we can use"};
    if (broker_name.size() > FixedBytes<64>::capacity())
        throw Trouble{"the broker's name is longer than any certificate's"};

    auto made = std::make_unique<ProvisionedPost>(ProvisionedPost{
        .certificate = bytes_in(folder / "post.crt.der"),
        .identity = {.site = *protocol::SiteId::from(site_),
                     .post = *protocol::PostId::from(post),
                     .command_key = array_in<protocol::CommandKey>(folder / "command.key"),
                     .signing_key = private_key_in(folder / "signing.key"),
                     .approvers = approvers_in(folder / "settings.pub"),
                     .credentials = {.anchor = *anchor,
                                     .chain = {},
                                     .key = private_key_in(folder / "post.key")},
                     .broker_name = FixedBytes<64>{bytes_of(broker_name)}}});
    auto& credentials = made->identity.credentials;
    credentials.chain.push_back(made->certificate);
    if (!crypto::examine_identity(credentials))
        throw Trouble{folder.string() + ": certificate and key do not belong together"};
    return made;
}

std::vector<std::unique_ptr<ProvisionedPost>>
SiteFolder::provision_all(std::optional<std::size_t> count, std::string_view broker_name) const
{
    const auto wanted = count.value_or(posts_.size());
    if (wanted > posts_.size())
        throw Trouble{folder_.string() + ": has " + std::to_string(posts_.size()) +
                      " posts and not " + std::to_string(wanted) +
                      "; kickstand site init makes more"};
    std::vector<std::unique_ptr<ProvisionedPost>> all;
    for (std::size_t i = 0; i < wanted; ++i)
        all.push_back(provision(posts_[i], broker_name));
    return all;
}

}  // namespace ks::sim
