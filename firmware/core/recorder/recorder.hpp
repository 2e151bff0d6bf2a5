#pragma once

#include "firmware/base/fixed_queue.hpp"
#include "firmware/core/access/card_store.hpp"
#include "firmware/core/recorder/command_desk.hpp"
#include "firmware/core/recorder/frame_schedule.hpp"
#include "firmware/core/recorder/pending_alarms.hpp"
#include "firmware/core/recorder/post_watch.hpp"
#include "firmware/core/recorder/record_writer.hpp"
#include "firmware/core/recorder/recovery.hpp"
#include "firmware/core/recorder/relay_life.hpp"
#include "firmware/core/recorder/resumes.hpp"
#include "firmware/core/recorder/session_book.hpp"
#include "firmware/core/recorder/waiting_starts.hpp"
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

/// Turns what the guard tells and what the edge commands into records, and commands, cards and kept
/// authorities into wishes. Belongs to the rest: it may wait for flash. Owns nothing of the guard;
/// journal, vault and card store outlive it.
class Recorder {
public:
    struct Setup {
        protocol::PostId post;
        std::uint8_t outlets;
        std::array<std::byte, 8> firmware;
        crypto::PrivateKey signing_key;
        Approvers approvers;
    };
    struct Memory {
        Journal& journal;
        Vault& vault;
        CardStore& cards;
    };
    /// A tap is decided here when the edge has not been heard for so long; until then it decides.
    static constexpr Millis edge_decides_for{10'000};
    /// Our choice: long enough to look at a relay, a load and a reading.
    static constexpr Millis longest_test{60'000};
    /// Our choice: whoever silences a sounder stands before the post, and will not for longer.
    static constexpr Millis longest_silence{10 * 60'000};

    /// After the journal was mounted and its boot counted.
    Recorder(const Memory& memory, const Setup& setup)
        : setup_{setup},
          journal_{&memory.journal},
          vault_{&memory.vault},
          card_store_{&memory.cards},
          writer_{memory.journal, setup.post, setup.signing_key}
    {}

    /// Says that the post has booted, closes what the power loss left open, and gives the guard
    /// what was latched and in force. Once, before anything else.
    [[nodiscard]] WishRestore begin(protocol::ResetCause cause, const Moment& moment);

    /// What the guard told; to be asked for until it has nothing more to tell.
    void take(const News& news, const Moment& moment);
    void take(const NewsTrace& trace, const Moment& moment);

    /// The newest readings: frames and steps of the curves are made of them.
    void take(const Readings& readings, const Moment& moment);

    /// A card that the edge is to decide about gives nothing. One that stops its own session, or
    /// that the post itself decides about, may give a wish.
    [[nodiscard]] std::optional<Wish> take(const hal::CardTap& tap, const Moment& moment);

    /// What happened in a bay.
    void note(const protocol::BayChanged& changed, const Moment& moment)
    {
        static_cast<void>(event(changed, moment.now, moment));
    }
    void note(const protocol::BayNoticed& noticed, const Moment& moment)
    {
        static_cast<void>(event(noticed, moment.now, moment));
    }
    /// A self-test failed. What counts is counted durably, before or with its record (F-033).
    enum class Counts : bool { no, yes };
    void self_test_failed(protocol::SelfTest test, std::uint32_t detail, Counts counts,
                          const Moment& moment);
    /// What the post's own failures have come to; cleared with `self_test_failed`, and once blocked
    /// only by an installer.
    [[nodiscard]] const Strikes& strikes() const { return state_.strikes; }
    /// Up for so long, a reset is no longer one of a series (F-046).
    static constexpr Millis steady_after{10 * 60'000};

    /// A command the link has found authentic and fresh. Gives the wish to hand to the guard, or
    /// the outcome when the answer is known already.
    [[nodiscard]] std::variant<Wish, protocol::CommandOutcome>
    command(const protocol::Command& command, const Moment& moment);

    /// A command that was refused before its id could be trusted.
    void refused(protocol::CommandOutcome outcome);

    /// A result known without asking the guard: a repeated command's, or a proven author's refusal.
    void note(const protocol::CommandResult& result, const Moment& moment);

    /// Writes what was waiting and signs when due. Gives a wish when there is one to be made:
    /// starts to be refused or allowed, or one that waited.
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
    /// The gravest of what is latched.
    [[nodiscard]] std::optional<protocol::Severity> gravest() const;
    /// Counts trips: a new one sounds even when the one before was silenced.
    [[nodiscard]] std::uint32_t trips() const { return trips_; }
    [[nodiscard]] const SessionBook& sessions() const { return book_; }
    /// The sounder was silenced at the post's own risk: from when to when.
    struct Silence {
        Instant from;
        Instant to;
    };
    [[nodiscard]] const std::optional<Silence>& silence() const { return silence_; }
    [[nodiscard]] bool edge_is_silent() const { return watch_.edge_is_silent(); }

private:
    using Answer = std::variant<Wish, protocol::CommandOutcome>;

    void on(const NewsState& news, const Moment& moment);
    void on(const NewsStarted& news, const Moment& moment);
    void on(const NewsEnded& news, const Moment& moment);
    void on(const NewsTripped& news, const Moment& moment);
    void on(const NewsCleared& news, const Moment& moment);
    void on(const NewsAnswer& news, const Moment& moment);
    void close_open_sessions(protocol::ResetCause cause, const Moment& moment);
    void answer_start(const CommandDesk::Open& open, protocol::CommandOutcome outcome,
                      const Moment& moment);
    void answer_settings(const CommandDesk::Open& open, Instant at, const Moment& moment);

    [[nodiscard]] Answer settings_wish(const protocol::Command& command);
    [[nodiscard]] Wish start_wish(const protocol::Command& command);
    [[nodiscard]] Wish test_wish(const protocol::Command& command);
    [[nodiscard]] Wish stop_wish(const protocol::Command& command, const Moment& moment);
    [[nodiscard]] protocol::CommandOutcome take_cards(const protocol::Command& command,
                                                      const Moment& moment);
    [[nodiscard]] std::optional<Wish> decide(const hal::CardTap& tap, const Moment& moment);

    /// Puts a start on the desk, and gives the wish it is. Whoever allowed it allowed at most that
    /// much: the wish, and with it the session's record, never tells of more than the outlet's own
    /// caps, which a profile may have tightened since.
    [[nodiscard]] WishStart ask_for(CommandDesk::Open start);
    /// What the post decided about a card.
    void tell_card(protocol::OutletNumber outlet, protocol::CardToken card,
                   protocol::CommandOutcome outcome, const Moment& moment);
    [[nodiscard]] Written keep(const WaitingStarts::Waiting& waiting, const Moment& moment);
    [[nodiscard]] bool keep_waiting(const CommandDesk::Open& open, const Moment& moment);
    void drop(const WaitingStarts::Waiting& waiting, protocol::CommandOutcome outcome,
              const Moment& moment);
    [[nodiscard]] std::optional<Wish> waiting_wish(const Moment& moment);
    [[nodiscard]] std::optional<Wish> policy_wish(const Moment& moment);
    void resume_when_known(const Moment& moment);
    /// The same for a post that its own supply kept alive.
    void keep_resume(const RunningSession& running, const NewsEnded& ended, const Moment& moment);
    void tell_refusals(const Moment& moment);
    void tell_relays(const Moment& moment);

    [[nodiscard]] Written event(const protocol::RecordBody& body, Instant at, const Moment& moment);
    void alarm(const protocol::RecordBody& body, Instant at, const Moment& moment);
    void save();
    void result(const protocol::CommandId& id, const protocol::CommandBody& body,
                protocol::CommandOutcome outcome, const Moment& moment);
    [[nodiscard]] protocol::SessionId next_session()
    {
        return protocol::SessionId{boot()} << 32 | ++sessions_opened_;
    }

    Setup setup_;
    Journal* journal_;
    Vault* vault_;
    CardStore* card_store_;
    RecordWriter writer_;
    PostState state_{};
    WishRestore::Memory memory_{WishRestore::Memory::good};
    CardList cards_;
    SessionBook book_;
    FrameSchedule frames_;
    PostWatch watch_;
    PendingAlarms waiting_;
    WaitingStarts starts_;
    Resumes resumes_;
    CommandDesk desk_;
    FixedQueue<protocol::CommandResult, 16> results_;
    std::array<std::uint32_t, outcome_count> refusals_{};
    std::array<std::uint32_t, outcome_count> refusals_told_{};
    Instant refusals_told_at_{};
    std::array<Milliamps, protocol::outlet_limit> currents_{};
    Instant relays_told_at_{};
    std::uint32_t sessions_opened_{0};
    std::uint32_t trips_{0};
    std::optional<Silence> silence_;
    WishStarts::Policy policy_{WishStarts::Policy::allowed};
    VaultSave last_save_{VaultSave::saved};
};

}  // namespace ks::core
