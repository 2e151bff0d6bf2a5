#pragma once

#include "firmware/base/bytes.hpp"

namespace ks::crypto {

enum class DerTag : std::uint8_t {
    boolean = 0x01,
    integer = 0x02,
    bit_string = 0x03,
    octet_string = 0x04,
    object_id = 0x06,
    utf8_string = 0x0C,
    printable_string = 0x13,
    utc_time = 0x17,
    generalized_time = 0x18,
    sequence = 0x30,
    set = 0x31,
    version = 0xA0,     ///< [0] of a certificate
    extensions = 0xA3,  ///< [3] of a certificate
};

/// Walks elements of DER (X.690) side by side, and never past its bytes. The first that is not as
/// asked for makes the reader bad; ask `ok()` once at the end.
///
/// Lengths take at most two bytes, which covers `certificate_limit`, and the shortest form is
/// demanded: one certificate must have one reading.
class DerReader {
public:
    explicit DerReader(Bytes bytes) : left_{bytes} {}

    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] bool at_end() const { return left_.empty(); }
    [[nodiscard]] bool next_is(DerTag tag) const
    {
        return !left_.empty() && left_[0] == static_cast<std::byte>(tag);
    }

    /// The content of the next element, which has to carry this tag.
    Bytes take(DerTag tag);
    /// The next element with its tag and length, whatever it is.
    Bytes take_whole();
    void skip_if(DerTag tag)
    {
        if (next_is(tag)) take(tag);
    }

private:
    Bytes left_;
    bool ok_{true};
};

}  // namespace ks::crypto
