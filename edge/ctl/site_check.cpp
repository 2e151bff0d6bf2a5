#include "edge/ctl/site_check.hpp"

#include "edge/ctl/broker_config.hpp"
#include "edge/ctl/certify.hpp"
#include "edge/ctl/site_folder.hpp"
#include "firmware/crypto/hmac.hpp"

#include <algorithm>

namespace ks::edge {
namespace {

namespace fs = std::filesystem;

class Check {
public:
    Check(fs::path folder, UnixMillis now) : folder_{std::move(folder)}, now_{now} {}

    std::vector<std::string> run()
    {
        const auto manifest = read_manifest(folder_ / "site.toml");
        authority_ = authority();
        if (!authority_) return faults_;

        command_key_ = secret("edge/command.key", 32);
        for (const std::string approver : {"a", "b"}) {
            const auto pub =
                pair("approvers/" + approver + ".key", "edge/settings-" + approver + ".pub");
            settings_pub_.insert(settings_pub_.end(), pub.begin(), pub.end());
        }
        identity("broker/broker", Role::server, "localhost");
        identity("edge/console", Role::server, "localhost");
        identity("edge/edge", Role::client, edge_name);
        identity("edge/tail", Role::client, tail_name);
        if (text("edge/webhook.secret", Access::owner).rfind("whsec_", 0) != 0)
            fault("edge/webhook.secret", "is no webhook secret");

        for (const auto& what : faults_in_config(text("broker/mosquitto.conf", Access::owner)))
            fault("broker/mosquitto.conf", what);
        for (const auto& what : faults_in_acl(text("broker/acl", Access::owner), manifest.site))
            fault("broker/acl", what);
        for (const auto& post : manifest.posts)
            check_post(post);
        return faults_;
    }

private:
    void fault(const std::string& name, const std::string& what)
    {
        const auto line = (folder_ / name).string() + ": " + what;
        if (std::find(faults_.begin(), faults_.end(), line) == faults_.end())
            faults_.push_back(line);
    }

    /// A file's content; empty, and a fault, when there is none or when others may read a secret.
    std::string text(const std::string& name, Access access)
    {
        std::error_code error;
        const auto status = fs::status(folder_ / name, error);
        if (!fs::is_regular_file(status)) return fault(name, "is missing"), "";
        constexpr auto others = fs::perms::group_all | fs::perms::others_all;
        if (access == Access::owner && (status.permissions() & others) != fs::perms::none)
            fault(name, "can be read by others than its owner");
        try {
            auto content = read_text(folder_ / name);
            if (content.empty()) fault(name, "is empty");
            return content;
        } catch (const SiteFault&) {
            return fault(name, "cannot be read"), "";
        }
    }

    std::vector<std::byte> bytes(const std::string& name, std::size_t size, Access access)
    {
        const auto content = text(name, access);
        const auto view = bytes_of(content);
        if (!view.empty() && view.size() != size)
            fault(name,
                  "has " + std::to_string(view.size()) + " bytes, not " + std::to_string(size));
        if (view.size() != size) return {};
        return {view.begin(), view.end()};
    }
    std::vector<std::byte> secret(const std::string& name, std::size_t size)
    {
        return bytes(name, size, Access::owner);
    }

    CertificateHandle authority()
    {
        auto certificate = certificate_from_pem(text("ca/ca.crt", Access::everybody));
        const auto key = key_from_pem(text("ca/ca.key", Access::owner));
        const bool good = certificate != nullptr && key != nullptr &&
                          is_issued_by(certificate.get(), certificate.get(), Role::authority) &&
                          X509_check_private_key(certificate.get(), key.get()) == 1;
        if (!good) return fault("ca/ca.crt", "is not an authority with its key"), nullptr;
        lives("ca/ca.crt", certificate.get());
        return certificate;
    }

    void lives(const std::string& name, const X509* certificate)
    {
        if (end_of(certificate) <= now_) fault(name, "has expired");
    }

    void judge(const std::string& name, X509* certificate, Role role, std::string_view common_name)
    {
        if (certificate == nullptr) return fault(name, "is no certificate");
        if (!is_issued_by(certificate, authority_.get(), role))
            fault(name, "is not from this site's authority, or for another use");
        else if (common_name_of(certificate) != common_name)
            fault(name, "is the certificate of " + common_name_of(certificate));
        lives(name, certificate);
    }

    void identity(const std::string& file, Role role, std::string_view common_name)
    {
        const auto certificate = certificate_from_pem(text(file + ".crt", Access::everybody));
        const auto key = key_from_pem(text(file + ".key", Access::owner));
        judge(file + ".crt", certificate.get(), role, common_name);
        if (certificate != nullptr &&
            (key == nullptr || X509_check_private_key(certificate.get(), key.get()) != 1))
            fault(file + ".key", "is not the key of its certificate");
    }

    /// A raw private key and the public one beside it; gives the public one.
    std::vector<std::byte> pair(const std::string& key_name, const std::string& public_name)
    {
        const auto raw = secret(key_name, sizeof(crypto::PrivateKey::bytes));
        auto pub = bytes(public_name, sizeof(crypto::PublicKey::bytes), Access::everybody);
        if (!raw.empty() && !pub.empty() && !belongs(raw, pub))
            fault(public_name, "does not belong to " + key_name);
        return pub;
    }

    static bool belongs(const std::vector<std::byte>& raw, const std::vector<std::byte>& pub)
    {
        crypto::PrivateKey key{};
        std::copy(raw.begin(), raw.end(), key.bytes.begin());
        const auto point = crypto::public_key_of(key);
        return point.ok() && equal(point->bytes, pub);
    }

    void check_post(const std::string& post)
    {
        const auto base = "posts/" + post + "/";
        const auto own = text(base + "post.crt.der", Access::everybody);
        const auto certificate = certificate_from_der({bytes_of(own).begin(), bytes_of(own).end()});
        judge(base + "post.crt.der", certificate.get(), Role::client, post);
        const auto key = secret(base + "post.key", sizeof(crypto::PrivateKey::bytes));
        if (certificate != nullptr && !key.empty() && !belongs(key, point_of(certificate.get())))
            fault(base + "post.key", "is not the key of its certificate");

        const auto ca = text(base + "ca.crt.der", Access::everybody);
        if (!ca.empty() && !equal(bytes_of(ca), der_of(authority_.get())))
            fault(base + "ca.crt.der", "is not this site's authority");
        const auto command = secret(base + "command.key", 32);
        if (!command.empty() && !command_key_.empty() &&
            !equal(command, crypto::hmac_sha256(command_key_, bytes_of(post))))
            fault(base + "command.key", "does not come from edge/command.key");
        const auto approvers = bytes(base + "settings.pub", 130, Access::everybody);
        if (!approvers.empty() && approvers != settings_pub_)
            fault(base + "settings.pub", "does not name this site's approvers");
        pair(base + "signing.key", "edge/posts/" + post + ".pub");
    }

    static std::vector<std::byte> point_of(const X509* certificate)
    {
        const auto* bits = X509_get0_pubkey_bitstr(certificate);
        const auto* data = reinterpret_cast<const std::byte*>(ASN1_STRING_get0_data(bits));
        return {data, data + ASN1_STRING_length(bits)};
    }

    fs::path folder_;
    UnixMillis now_;
    CertificateHandle authority_;
    std::vector<std::byte> command_key_;
    std::vector<std::byte> settings_pub_;
    std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> check_site(const fs::path& folder, UnixMillis now)
{
    std::error_code error;
    if (!fs::exists(folder / "site.toml", error))
        throw SiteFault{folder.string() + ": no site.toml here: not a site of ours"};
    return Check{folder, now}.run();
}

}  // namespace ks::edge
