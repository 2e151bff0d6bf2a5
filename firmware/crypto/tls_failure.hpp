#pragma once

#include <cstdint>

namespace ks::crypto {

/// Why a TLS connection could not be made, or ended other than by a farewell (F-080). The numbers
/// go into records: a reason keeps its number for ever.
enum class TlsFailure : std::uint8_t {
    none = 0,

    // Refused before a byte was sent.
    bad_server_name = 1,  ///< empty, over 253 characters, or with characters no name has
    weak_seed = 2,        ///< too short, stuck or repeating (S-05)
    bad_identity = 3,     ///< no certificate of our own

    // The server's certificate (S-10). A stranger's is called unknown first, whatever else is
    // wrong with it.
    unknown_ca = 10,
    self_signed = 11,
    forged = 12,  ///< names a known issuer that did not sign it
    wrong_name = 13,
    expired = 14,
    not_yet_valid = 15,
    wrong_usage = 16,       ///< not for server authentication, or its key may not sign
    weak_certificate = 17,  ///< a key or hash that we do not accept: RSA, SHA-1, another curve
    malformed_certificate = 18,

    // The agreement (S-09).
    old_version = 20,      ///< the server speaks nothing newer than TLS 1.1
    no_common_suite = 21,  ///< the server found nothing in our offer
    weak_agreement = 22,   ///< it chose what we did not offer: suite, curve, hash, compression
    bad_signature = 23,    ///< the key exchange is not signed by the certificate's key
    bad_handshake = 24,    ///< messages out of order or out of shape
    no_client_auth = 25,   ///< it did not ask who we are, so it lets everybody in (S-12)

    // The other end's word.
    refused_us = 30,  ///< it does not accept our certificate
    peer_alert = 31,  ///< any other alert; `peer_alert()` has its number

    // The records.
    bad_record = 40,  ///< altered, repeated or out of shape
    record_too_large = 41,
    cut_off = 42,  ///< the wire went away without a farewell
    not_tls = 43,  ///< the first byte already was no TLS: another protocol answers here
};

}  // namespace ks::crypto
