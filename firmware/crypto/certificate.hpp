#pragma once

#include "firmware/base/bytes.hpp"
#include "firmware/base/instant.hpp"
#include "firmware/base/result.hpp"

#include <string_view>

namespace ks::crypto {

/// The largest certificate that is looked at. One of ours takes 400 to 700 bytes; our choice
/// leaves room for a broker with twenty names.
inline constexpr std::size_t certificate_limit = 2048;

enum class CertificateFault {
    malformed,  ///< not DER, or not a certificate of version 3
    too_large,  ///< over `certificate_limit`
    not_a_ca,   ///< meant as an anchor, but may not sign certificates
    not_p256,   ///< its key lies on another curve, or is no curve's key
};

/// What a certificate says about itself, as far as the link wants to know it. Reading it proves
/// nothing: signature and chain are checked elsewhere. The views point into the bytes read.
struct CertificateFacts {
    UnixMillis not_before;  ///< the first moment it is valid
    UnixMillis not_after;   ///< the last second it is valid
    std::string_view common_name;
    bool self_issued;  ///< subject and issuer have one name
    bool for_server;   ///< names server authentication among its extended key usages
    bool for_client;   ///< names client authentication; a certificate without the list has neither
};

/// Reads an X.509 certificate in DER (RFC 5280).
[[nodiscard]] Result<CertificateFacts, CertificateFault> read_certificate(Bytes der);

}  // namespace ks::crypto
