#include "edge/ctl/settings_sign.hpp"

#include "edge/ctl/site_folder.hpp"
#include "firmware/crypto/ecdsa.hpp"
#include "firmware/protocol/codec.hpp"

#include <algorithm>

namespace ks::edge {

namespace {

namespace fs = std::filesystem;

template <class Key>
Key key_in(const fs::path& file)
{
    Key key{};
    const auto bytes = read_bytes(file);
    if (bytes.size() != key.bytes.size())
        throw SiteFault{file.string() + ": has " + std::to_string(bytes.size()) +
                        " bytes and is no key of " + std::to_string(key.bytes.size())};
    std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
    return key;
}

crypto::PublicKey public_key_of_approver(const fs::path& site, const std::string& approver)
{
    return key_in<crypto::PublicKey>(site / "edge" / ("settings-" + approver + ".pub"));
}

void check_approval(const std::optional<protocol::Signature>& approval,
                    const crypto::Digest& digest, const fs::path& site, const std::string& approver)
{
    if (!approval) return;
    if (crypto::verify(public_key_of_approver(site, approver), digest,
                       crypto::Signature{*approval}))
        return;
    throw SiteFault{"the record's approval " + approver + " is not by approver " + approver +
                    " of " + site.string() + "; no post takes it"};
}

}  // namespace

void check_approvals(const protocol::SetSettings& record, const fs::path& site)
{
    const auto digest = protocol::settings_digest(record.settings);
    check_approval(record.approval_a, digest, site, "a");
    check_approval(record.approval_b, digest, site, "b");
}

protocol::SetSettings sign_settings(const protocol::SetSettings& record, const fs::path& site,
                                    const std::string& approver)
{
    if (approver != "a" && approver != "b")
        throw SiteFault{"approver \"" + approver + "\": a site has the approvers a and b"};
    check_approvals(record, site);

    const auto file = site / "approvers" / (approver + ".key");
    const auto key = key_in<crypto::PrivateKey>(file);
    const auto own = crypto::public_key_of(key);
    if (!own || !(*own == public_key_of_approver(site, approver)))
        throw SiteFault{file.string() + ": is not the key of this site's approver " + approver};
    const auto signature = crypto::sign(key, protocol::settings_digest(record.settings));
    check(signature.ok());

    auto approved = record;
    (approver == "a" ? approved.approval_a : approved.approval_b) = signature->bytes;
    return approved;
}

}  // namespace ks::edge
