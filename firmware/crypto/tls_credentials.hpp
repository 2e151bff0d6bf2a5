#pragma once

#include "firmware/base/fixed_bytes.hpp"
#include "firmware/base/fixed_vector.hpp"
#include "firmware/crypto/certificate.hpp"
#include "firmware/crypto/ecdsa.hpp"

namespace ks::crypto {

/// The authority whose word counts: a name and a key on P-256, kept apart from the certificate
/// they came in.
struct TrustAnchor {
    FixedBytes<256> name;  ///< distinguished name in DER; ours take 40 to 60 bytes
    PublicKey key;
    UnixMillis not_before;
    UnixMillis not_after;
};

/// Takes the anchor out of an authority's own certificate, in DER. Whoever hands it in trusts it:
/// its self-signature is not looked at.
[[nodiscard]] Result<TrustAnchor, CertificateFault> anchor_from(Bytes ca_certificate);

/// Who we are on the link and whom we believe. Outlives every client that was started with it.
struct TlsCredentials {
    static constexpr std::size_t chain_limit = 3;  // own, line intermediate (S-02), one to spare

    TrustAnchor anchor;
    /// Our certificates in DER, our own first. The bytes are not copied.
    FixedVector<Bytes, chain_limit> chain;
    PrivateKey key;
};

enum class IdentityFault {
    no_certificate,
    bad_certificate,  ///< malformed, too large or not on P-256
    not_for_client,   ///< a certificate without client authentication; the broker would refuse it
    other_key,        ///< the private key belongs to another certificate, or to none
};

/// Whether certificate and key belong together and may act as a client. Takes two operations on
/// the curve, so it is asked once at boot and after each renewal, and not at each connection.
[[nodiscard]] Result<Done, IdentityFault> examine_identity(const TlsCredentials& credentials);

}  // namespace ks::crypto
