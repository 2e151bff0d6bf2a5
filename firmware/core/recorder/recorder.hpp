#pragma once

#include "firmware/base/fixed_queue.hpp"
#include "firmware/core/recorder/command_desk.hpp"
#include "firmware/core/recorder/frame_schedule.hpp"
#include "firmware/core/recorder/pending_alarms.hpp"
#include "firmware/core/recorder/record_writer.hpp"
#include "firmware/core/recorder/recovery.hpp"
#include "firmware/core/recorder/session_book.hpp"
#include "firmware/core/vault/vault.hpp"
#include "firmware/hal/board.hpp"
#include "firmware/protocol/word_range.hpp"

namespace ks::core {

/// Who may raise limits: both of these together (D2).
struct Approvers {
    crypto::PublicKey a;
    crypto::PublicKey b;
};

inline constexpr std::size_t outcome_count =
    static_cast<std::size_t>(protocol::range_of<protocol::CommandOutcome>.last) + 1;

/// Turns what the guard tells and what the edge commands into records, and commands into wishes.
/// Belongs to the rest: it may wait for flash. Owns nothing of the guard; journal and vault outlive
/// it.
class Recorder {
public:
    struct Setup {
        protocol::PostId post;
        std::uint8_t outlets;
        std::array<std::byte, 8> firmware;
        crypto::PrivateKey signing_key;
        Approvers approvers;
    };

    /// After the journal was mounted and its boot counted.
    Recorder(Journal& journal, Vault& vault, const Setup& setup)
        : setup_{setup},
          journal_{&journal},
          vault_{&vault},
          writer_{journal, setup.post, setup.signing_key}
    {}

    /// Says that the post has booted, closes what the power loss left open, and gives the guard
    /// what was latched and in force. Once, before anything else.
    [[nodiscard]] WishRestore begin(protocol::ResetCause cause, const Moment& moment);

    /// What the guard told; to be asked for until it has nothing more to tell.
    void take(const News& news, const Moment& moment);

    /// The newest readings: frames and steps of the curves are made of them.
    void take(const Readings& readings, const Moment& moment);

    void take(const hal::CardTap& tap, const Moment& moment);

    /// A command the link has found authentic and fresh. Gives the wish to hand to the guard, or
    /// the outcome when the answer is known already.
    [[nodiscard]] std::variant<Wish, protocol::CommandOutcome>
    command(const protocol::Command& command, const Moment& moment);

    /// A command that was refused before its id could be trusted.
    void refused(protocol::CommandOutcome outcome);

    /// A result known without asking the guard: a repeated command's, or a proven author's refusal.
    void note(const protocol::CommandResult& result, const Moment& moment);

    /// Writes what was waiting and signs when due. Gives a wish when starts must be refused or may
    /// be allowed again.
    [[nodiscard]] std::optional<Wish> turn(const Moment& moment);

    /// Results the link must remember, so that a repeated command gets the same answer (I-19).
    [[nodiscard]] std::optional<protocol::CommandResult> take_result();

    [[nodiscard]] std::uint32_t boot() const { return journal_->boot_count(); }
    [[nodiscard]] const protocol::Settings& settings() const { return state_.settings; }
    [[nodiscard]] protocol::ChainDigest head(protocol::Lane lane) const
    {
        return writer_.head(lane);
    }
    /// The first 8 bytes of the digest of the settings in force.
    [[nodiscard]] std::array<std::byte, 8> settings_mark() const;

private:
    void on(const NewsState& news, const Moment& moment);
    void on(const NewsStarted& news, const Moment& moment);
    void on(const NewsEnded& news, const Moment& moment);
    void on(const NewsTripped& news, const Moment& moment);
    void on(const NewsCleared& news, const Moment& moment);
    void on(const NewsAnswer& news, const Moment& moment);

    void event(const protocol::RecordBody& body, Instant at, const Moment& moment);
    void alarm(const protocol::RecordBody& body, Instant at, const Moment& moment);
    void save();
    void result(const protocol::CommandId& id, const protocol::CommandBody& body,
                protocol::CommandOutcome outcome, const Moment& moment);
    [[nodiscard]] std::variant<Wish, protocol::CommandOutcome>
    settings_wish(const protocol::Command& command);
    [[nodiscard]] Wish wish_for(const protocol::Command& command);

    Setup setup_;
    Journal* journal_;
    Vault* vault_;
    RecordWriter writer_;
    PostState state_{};
    SessionBook book_;
    FrameSchedule frames_;
    PendingAlarms waiting_;
    CommandDesk desk_;
    FixedQueue<protocol::CommandResult, 16> results_;
    std::array<std::uint32_t, outcome_count> refusals_{};
    std::array<std::uint32_t, outcome_count> refusals_told_{};
    Instant refusals_told_at_{};
    std::uint32_t sessions_opened_{0};
    WishStarts::Policy policy_{WishStarts::Policy::allowed};
    VaultSave last_save_{VaultSave::saved};
};

}  // namespace ks::core
