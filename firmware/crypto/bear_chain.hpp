#pragma once

#include "firmware/crypto/tls_client.hpp"

#include <bearssl.h>

namespace ks::crypto {

/// Judges a server's certificates for BearSSL: its own minimal engine checks signatures, names and
/// the way to the anchor, and beside it stands what that engine cannot say: expired or not yet
/// valid, what the certificate may be used for, and since when the chain holds.
///
/// For the .cpp files of this folder alone; it must stay where it is once it was made.
struct BearChain {
    const br_x509_class* vtable;  // first, because BearSSL finds the whole by it
    br_x509_minimal_context inner;
    br_x509_trust_anchor anchor;
    CertificateTime time;

    UnixMillis not_before;  // of the whole chain and its anchor
    UnixMillis not_after;
    TlsFailure own_finding;
    TlsFailure verdict;
    bool leaf_self_issued;
    std::uint32_t count;
    std::array<std::byte, certificate_limit> certificate;
    std::size_t size;
    bool overflowed;

    void make(const TrustAnchor& trusted, CertificateTime when);
};

/// What a time makes of a span of validity: `none`, `expired` or `not_yet_valid`.
[[nodiscard]] TlsFailure judge_time(CertificateTime time, UnixMillis not_before,
                                    UnixMillis not_after);

}  // namespace ks::crypto
