#include "edge/ctl/site_identities.hpp"

#include "firmware/crypto/hmac.hpp"

namespace ks::edge {
namespace {

constexpr std::int64_t day_ms = 86'400'000;
// Our choice: a clock that is a day behind must still believe a site made today.
constexpr Millis head_start{-day_ms};
constexpr Millis authority_life{3'652 * day_ms};  // ten years
// Our choice: browsers are stricter about a server's certificate than a site is about its own.
constexpr Millis console_life{730 * day_ms};
constexpr std::size_t secret_size = 32;

std::vector<std::string> with_own_names(const std::vector<std::string>& hosts)
{
    std::vector<std::string> names{"localhost", "127.0.0.1"};
    for (const auto& host : hosts)
        if (std::find(names.begin(), names.end(), host) == names.end()) names.push_back(host);
    return names;
}

void add_text(const FolderInTheMaking& folder, const char* name, const std::string& text,
              Access access)
{
    folder.add(name, bytes_of(text), access);
}

crypto::PublicKey public_of(const crypto::PrivateKey& key)
{
    return crypto::public_key_of(key).value();
}

std::string webhook_secret()
{
    const auto raw = random_bytes(secret_size);
    std::string text(4 * ((secret_size + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(raw.data()),
                                     static_cast<int>(raw.size()));
    text.resize(static_cast<std::size_t>(size));
    return "whsec_" + text + '\n';  // the form of Standard Webhooks
}

}  // namespace

SiteKeys add_site_identities(const FolderInTheMaking& folder, const std::string& site,
                             const std::vector<std::string>& hosts, UnixMillis now)
{
    SiteKeys keys{.authority = certify({.role = Role::authority,
                                        .common_name = "Kickstand " + site,
                                        .hosts = {},
                                        .not_before = now + head_start,
                                        .not_after = now + authority_life},
                                       nullptr),
                  .command_key = random_bytes(secret_size),
                  .settings_pub = {}};
    add_text(folder, "ca/ca.crt", pem_of(keys.authority.certificate.get()), Access::everybody);
    add_text(folder, "ca/ca.key", pem_of(keys.authority.key.get()), Access::owner);

    const auto add_identity = [&](Role role, const std::string& file, std::string_view name,
                                  Millis life) {
        const auto made = certify({.role = role,
                                   .common_name = std::string{name},
                                   .hosts = with_own_names(hosts),
                                   .not_before = now + head_start,
                                   .not_after = now + life},
                                  &keys.authority);
        add_text(folder, (file + ".crt").c_str(), pem_of(made.certificate.get()),
                 Access::everybody);
        add_text(folder, (file + ".key").c_str(), pem_of(made.key.get()), Access::owner);
    };
    add_identity(Role::server, "broker/broker", "localhost", authority_life);
    add_identity(Role::server, "edge/console", "localhost", console_life);
    add_identity(Role::client, "edge/edge", edge_name, authority_life);
    add_identity(Role::client, "edge/tail", tail_name, authority_life);

    folder.add("edge/command.key", keys.command_key, Access::owner);
    add_text(folder, "edge/webhook.secret", webhook_secret(), Access::owner);
    for (const std::string approver : {"a", "b"}) {
        const auto key = new_signing_key();
        const auto pub = public_of(key);
        folder.add("approvers/" + approver + ".key", key.bytes, Access::owner);
        folder.add("edge/settings-" + approver + ".pub", pub.bytes, Access::everybody);
        keys.settings_pub.insert(keys.settings_pub.end(), pub.bytes.begin(), pub.bytes.end());
    }
    return keys;
}

SiteKeys read_site_keys(const std::filesystem::path& folder)
{
    SiteKeys keys{
        .authority = {.certificate = certificate_from_pem(read_text(folder / "ca/ca.crt")),
                      .key = key_from_pem(read_text(folder / "ca/ca.key"))},
        .command_key = read_bytes(folder / "edge/command.key"),
        .settings_pub = read_bytes(folder / "edge/settings-a.pub")};
    const auto second = read_bytes(folder / "edge/settings-b.pub");
    keys.settings_pub.insert(keys.settings_pub.end(), second.begin(), second.end());
    return keys;
}

SigningPublic add_post_identity(const FolderInTheMaking& folder, const std::filesystem::path& where,
                                const std::string& post, const SiteKeys& keys, UnixMillis now)
{
    const auto made = certify({.role = Role::client,
                               .common_name = post,
                               .hosts = {},
                               .not_before = now + head_start,
                               .not_after = end_of(keys.authority.certificate.get())},
                              &keys.authority);
    const auto signing = new_signing_key();
    folder.add(where / "post.crt.der", der_of(made.certificate.get()), Access::everybody);
    folder.add(where / "post.key", raw_of(made.key.get()), Access::owner);
    folder.add(where / "ca.crt.der", der_of(keys.authority.certificate.get()), Access::everybody);
    folder.add(where / "command.key", crypto::hmac_sha256(keys.command_key, bytes_of(post)),
               Access::owner);
    folder.add(where / "signing.key", signing.bytes, Access::owner);
    folder.add(where / "settings.pub", keys.settings_pub, Access::everybody);
    return public_of(signing).bytes;
}

}  // namespace ks::edge
