#pragma once

#include "firmware/base/fixed_vector.hpp"
#include "firmware/core/recorder/moment.hpp"
#include "firmware/link/nonce_keeper.hpp"
#include "firmware/protocol/codec.hpp"
#include "firmware/protocol/topic.hpp"

#include <variant>

namespace ks::link {

/// A command as it came in, before anything about it is believed.
struct Arrival {
    protocol::SiteId site;
    protocol::PostId post;
    Bytes payload;
    enum class Origin : std::uint8_t { live, retained } origin;
};

/// Decides which commands the post may carry out (S-22 to S-25). Nothing energising passes without
/// the post's own key over all of it and a nonce that the post offered less than 30 s ago and that
/// nobody has quoted before. Stops pass on the strength of the channel: they can only make safe.
class CommandCheck {
public:
    struct Accept {
        protocol::Command command;
    };
    /// Count it. With a result, its author was proven, and it is owed an answer.
    struct Refuse {
        protocol::CommandOutcome outcome;
        std::optional<protocol::CommandResult> result;
    };
    /// The same again: nothing is done, and the author gets the answer he missed (I-19).
    struct Repeat {
        protocol::CommandResult result;
    };
    using Verdict = std::variant<Accept, Refuse, Repeat>;

    /// Our choice: an edge has at most a handful of commands to one post under way.
    static constexpr std::size_t remembered = 64;
    /// A repeat is answered again no sooner, so that a recording played in a loop cannot fill the
    /// journal with its answers (our choice).
    static constexpr Millis answer_again_after{10'000};

    CommandCheck(const protocol::SiteId& site, const protocol::PostId& post,
                 const protocol::CommandKey& key)
        : site_{site}, post_{post}, key_{key}
    {}

    [[nodiscard]] Verdict judge(const Arrival& arrival, const core::Moment& moment,
                                NonceKeeper& nonces);

    /// What became of a command that was accepted.
    void finished(const protocol::CommandResult& result, Instant now);

private:
    struct Known {
        protocol::CommandId id;
        protocol::CommandAction action;
        protocol::OutletNumber outlet;
        std::optional<protocol::CommandOutcome> outcome;
        Instant answered;
    };

    [[nodiscard]] Verdict judge_authentic(const protocol::Command& command,
                                          const core::Moment& moment, NonceKeeper& nonces);
    [[nodiscard]] std::optional<protocol::CommandOutcome>
    fault_of_freshness(const protocol::Command& command, const core::Moment& moment,
                       NonceKeeper& nonces) const;
    [[nodiscard]] Known* find(const protocol::Command& command);
    [[nodiscard]] Verdict again(Known& known, Instant now) const;
    void remember(const Known& known);

    protocol::SiteId site_;
    protocol::PostId post_;
    protocol::CommandKey key_;
    std::array<Known, remembered> known_{};
    std::size_t known_count_{0};
    std::size_t next_slot_{0};
};

}  // namespace ks::link
