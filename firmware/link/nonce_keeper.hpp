#pragma once

#include "firmware/crypto/random.hpp"
#include "firmware/protocol/message.hpp"

#include <optional>

namespace ks::link {

/// The one nonce that an energising command may quote just now (S-23): good once, and for 30 s of
/// the post's own clock. It lives in RAM, so a reset forgets it, as it should.
class NonceKeeper {
public:
    /// A fresh one instead of the last. `random` is seeded.
    [[nodiscard]] const protocol::Nonce& renew(crypto::SeededRandom& random, Instant now)
    {
        current_ = Offer{.nonce = random.draw<sizeof(protocol::Nonce)>(), .at = now};
        return current_->nonce;
    }
    void forget() { current_.reset(); }

    /// Takes the nonce out of use; says when it had been offered if it was the current one and
    /// young enough.
    [[nodiscard]] std::optional<Instant> spend(const protocol::Nonce& quoted, Instant now)
    {
        if (!current_ || current_->nonce != quoted) return std::nullopt;
        const auto offered = current_->at;
        current_.reset();
        if (now - offered >= protocol::nonce_life) return std::nullopt;
        return offered;
    }

    [[nodiscard]] bool holds_one() const { return current_.has_value(); }

private:
    struct Offer {
        protocol::Nonce nonce;
        Instant at;
    };
    std::optional<Offer> current_;
};

}  // namespace ks::link
