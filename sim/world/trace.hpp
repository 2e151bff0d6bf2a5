#pragma once

#include "firmware/base/instant.hpp"
#include "firmware/crypto/sha256.hpp"

#include <deque>
#include <string>

namespace ks::sim {

/// Everything that happened, in order, as one digest (I-33), and its newest lines for whoever asks
/// how it came to a failure.
class Trace {
public:
    static constexpr std::size_t kept = 40;

    /// One event. `words` never holds what differs between two runs of one seed: no address, no
    /// file name, no wall time.
    void note(Instant now, const std::string& words);
    /// The same with bytes that are only hashed.
    void note(Instant now, const std::string& words, Bytes bytes);

    [[nodiscard]] crypto::Digest digest() const { return hash_.digest(); }
    [[nodiscard]] std::uint64_t events() const { return events_; }
    [[nodiscard]] const std::deque<std::string>& newest() const { return newest_; }

private:
    crypto::Sha256 hash_;
    std::uint64_t events_{0};
    std::deque<std::string> newest_;
};

/// The first bytes, to tell one record from another.
[[nodiscard]] std::string short_hex(Bytes bytes);

}  // namespace ks::sim
