#pragma once

#include "firmware/app/bay_records.hpp"
#include "firmware/app/bay_side.hpp"
#include "firmware/app/self_care.hpp"
#include "firmware/app/sounder.hpp"
#include "firmware/core/guard/guard.hpp"
#include "firmware/core/recorder/recorder.hpp"
#include "firmware/hal/board.hpp"
#include "firmware/link/link.hpp"

#include <algorithm>

namespace ks::app {

/// Who a post is and whom it believes. What provisioning put there; outlives the post.
struct Identity {
    protocol::SiteId site;
    protocol::PostId post;
    protocol::CommandKey command_key;
    crypto::PrivateKey signing_key;
    core::Approvers approvers;
    crypto::TlsCredentials credentials;
    /// The name that the broker's certificate must carry.
    FixedBytes<64> broker_name;
};

/// What firmware this is.
struct Build {
    std::array<std::byte, 8> digest;
    UnixMillis built;
};

/// The main loop's context (D16): journal, link, commands, the places around the post. Everything
/// here may be slow, and the guard may come between any two of its instructions.
template <hal::Board Board, std::size_t most_sectors>
class RestSide {
public:
    RestSide(Board& board, core::Guard& guard, GuardWord& word, const Identity& identity,
             const Fittings& fittings, const Build& build, std::uint8_t outlets)
        : board_{&board},
          guard_{&guard},
          word_{&word},
          identity_{&identity},
          build_{build},
          outlets_{outlets},
          journal_{board.nor(), journal_range(board), index_},
          vault_{core::NorAccess{board.nor()}, journal_range(board).count},
          cards_{core::NorAccess{board.nor()}, journal_range(board).count + core::Vault::sectors},
          recorder_{{.journal = journal_, .vault = vault_, .cards = cards_},
                    {.post = identity.post,
                     .outlets = outlets,
                     .firmware = build.digest,
                     .signing_key = identity.signing_key,
                     .approvers = identity.approvers}},
          bay_side_{board, fittings},
          care_{board, word, recorder_}
    {}

    /// Mounts the journal and learns what was latched and in force, which the guard is told once
    /// the self-tests have been through. Once, before `turn`.
    core::MountReport boot(protocol::ResetCause cause)
    {
        const auto report = journal_.mount();
        seed();
        const auto memory = recorder_.begin(cause, moment());
        bay_side_.begin(memory, board_->now());
        care_.begin(memory);
        link_.emplace(link::Link::Setup{.site = identity_->site,
                                        .post = identity_->post,
                                        .command_key = identity_->command_key,
                                        .built = build_.built,
                                        .security = security()},
                      facts(), journal_, random_);
        return report;
    }

    /// One turn of everything that may be slow.
    void turn()
    {
        check(link_.has_value());
        flow_.begin();
        test_self();
        look_around();
        journal_news();
        hand_over_wishes();
        talk();
        tell_results();
        wake_at_ = std::min(wake_at_, bay_side_.wake_at());
        board_->sound(
            sounder_.now(recorder_, bay_side_.bays().announcement().message, board_->now()));
        // Who comes this far without having been everywhere is not alive to the guard.
        static_cast<void>(word_->turns.push(flow_.signature()));
    }

    /// A command of somebody who stands at the post and has proved himself there.
    void carry_out_here(const protocol::Command& command) { carry_out(command); }

    [[nodiscard]] const link::Link& link() const { return *link_; }
    [[nodiscard]] core::Journal& journal() { return journal_; }
    [[nodiscard]] const core::Recorder& recorder() const { return recorder_; }
    [[nodiscard]] const core::Bays& bays() const { return bay_side_.bays(); }
    /// Nothing happens by itself before then, unless bytes come or the guard has news.
    [[nodiscard]] Instant wake_at() const { return wake_at_; }

private:
    /// So many actions of the link in one turn: a turn stays short of what a guard tick may
    /// interrupt often, and what is left is done in the next.
    static constexpr int actions_most = 64;
    static constexpr std::size_t wishes_most = 32;
    static constexpr std::uint32_t kept_sectors = core::Vault::sectors + core::CardStore::sectors;

    /// The vault and the card store have the last sectors, the journal all before.
    [[nodiscard]] static core::SectorRange journal_range(Board& board)
    {
        const auto sectors = board.nor().geometry().sectors;
        check(sectors > kept_sectors && sectors <= most_sectors + kept_sectors);
        return {.first = 0, .count = sectors - kept_sectors};
    }

    [[nodiscard]] core::Moment moment() const
    {
        const auto now = board_->now();
        return {.now = now,
                .wall = link_ ? link_->wall(now) : std::nullopt,
                .edge_silent = link_ ? link_->edge_silent(now) : Millis{}};
    }

    /// TLS, always; but where the type of the board can say that its line never leaves the process,
    /// as a simulator's can and the target's cannot, and does say so, there is nothing to keep out.
    [[nodiscard]] std::optional<link::Security> security()
    {
        if constexpr (requires { board_->line_stays_inside(); }) {
            if (board_->line_stays_inside()) return std::nullopt;
        }
        return link::Security{.engine = &tls_,
                              .credentials = &identity_->credentials,
                              .server_name = identity_->broker_name.text()};
    }

    [[nodiscard]] link::PostFacts facts() const
    {
        return {.boot = journal_.boot_count(),
                .outlets = outlets_,
                .firmware = build_.digest,
                .settings = recorder_.settings_mark(),
                .settings_version = recorder_.settings().version};
    }

    /// A board without entropy leaves the link down, which says so; the guard works on.
    void seed()
    {
        std::array<std::byte, crypto::seed_size> noise;
        if (board_->random(noise)) static_cast<void>(random_.seed(noise));
    }

    void test_self()
    {
        flow_.passed(TurnStep::tested);
        care_.turn(moment(), asker());
        // What fails here is refused as a seed too, and then there is no TLS and no nonce.
        if (care_.take_doubt_in_noise()) seed();
    }

    void journal_news()
    {
        flow_.passed(TurnStep::journalled);
        while (const auto news = guard_->news()) {
            recorder_.take(*news, moment());
            bay_side_.follow(*news, recorder_.sessions());
            care_.heard(*news, moment(), asker());
        }
        // All of them, although frames need only the newest: the courses add up to the curve.
        while (const auto readings = guard_->readings())
            recorder_.take(*readings, moment());
        while (const auto trace = guard_->trace())
            recorder_.take(*trace, moment());
        while (const auto tap = board_->card_tap()) {
            if (const auto wish = recorder_.take(*tap, moment())) ask(*wish);
            bay_side_.bays().card_tapped(tap->outlet, tap->token, board_->now());
            link_->card_tapped();
        }
        if (const auto wish = recorder_.turn(moment())) ask(*wish);
    }

    [[nodiscard]] auto asker()
    {
        return [this](const core::Wish& wish) { ask(wish); };
    }
    /// Fire first: it must not wait for the flash.
    void look_around()
    {
        flow_.passed(TurnStep::looked);
        bay_side_.turn(board_->now());
        while (const auto fault = bay_side_.fault())
            ask(*fault);
        hand_over();
        while (const auto news = bay_side_.bays().take()) {
            if (const auto* changed = std::get_if<core::BayChanged>(&*news))
                recorder_.note(record_of(*changed, identity_->signing_key), moment());
            if (const auto* event = std::get_if<core::BayEvent>(&*news))
                recorder_.note(record_of(*event, board_->now()), moment());
        }
    }

    void ask(const core::Wish& wish)
    {
        // More wishes than the guard takes in a tick cannot come of sixteen open commands.
        check(wishes_.push(wish));
    }

    void hand_over_wishes()
    {
        flow_.passed(TurnStep::wished);
        hand_over();
    }
    void hand_over()
    {
        while (!wishes_.empty() && guard_->wish(wishes_.front()))
            wishes_.pop();
    }

    void talk()
    {
        flow_.passed(TurnStep::talked);
        follow_line();
        for (int i = 0; i < actions_most; ++i) {
            receive();
            const auto action = link_->next(board_->now());
            if (const auto* wait = std::get_if<link::Link::Wait>(&action)) {
                wake_at_ = wait->until;
                return;
            }
            if (!obey(action)) return;
        }
        wake_at_ = board_->now();
    }

    void follow_line()
    {
        const auto line = board_->line();
        if (line == line_) return;
        if (line == hal::Line::open) link_->line_opened(board_->now());
        if (line == hal::Line::closed) link_->line_lost(board_->now());
        line_ = line;
    }

    void receive()
    {
        const auto room = link_->inbox();
        if (line_ != hal::Line::open || room.empty()) return;
        const auto count = board_->receive(room);
        if (count > 0) link_->received(count);
    }

    /// False when the line takes no more just now.
    [[nodiscard]] bool obey(const link::Link::Action& action)
    {
        using link::Link;
        if (const auto* send = std::get_if<Link::Send>(&action)) {
            const auto count = board_->send(send->bytes);
            link_->sent(count);
            return count > 0;
        }
        if (std::holds_alternative<Link::OpenLine>(action)) {
            board_->open_line();
            line_ = hal::Line::opening;
            return false;
        }
        if (std::holds_alternative<Link::CloseLine>(action)) {
            board_->close_line();
            line_ = hal::Line::closed;
        } else if (const auto* accepted = std::get_if<Link::Accepted>(&action)) {
            carry_out(accepted->command);
        } else if (const auto* refused = std::get_if<Link::Refused>(&action)) {
            recorder_.refused(refused->outcome);
            if (refused->result) recorder_.note(*refused->result, moment());
        } else if (const auto* repeated = std::get_if<Link::Repeated>(&action)) {
            recorder_.note(repeated->result, moment());
        }
        return true;
    }

    void carry_out(const protocol::Command& command)
    {
        if (const auto* locate = std::get_if<protocol::LocateOutlet>(&command.body))
            board_->locate(locate->outlet, locate->duration);
        const auto answer = recorder_.command(command, moment());
        if (const auto* wish = std::get_if<core::Wish>(&answer)) ask(*wish);
    }

    void tell_results()
    {
        flow_.passed(TurnStep::told);
        while (const auto result = recorder_.take_result()) {
            link_->finished(*result, board_->now());
            link_->know(facts());
        }
    }

    Board* board_;
    core::Guard* guard_;
    GuardWord* word_;
    const Identity* identity_;
    Build build_;
    std::uint8_t outlets_;

    core::JournalIndex<most_sectors> index_{};
    core::Journal journal_;
    core::Vault vault_;
    core::CardStore cards_;
    core::Recorder recorder_;
    BaySide<Board> bay_side_;
    SelfCare<Board> care_;
    core::Flow flow_;
    Sounder sounder_;
    FixedQueue<core::Wish, wishes_most> wishes_;

    crypto::SeededRandom random_;
    crypto::AnyBrokerTlsBuffers tls_buffers_{};
    crypto::TlsClient tls_{tls_buffers_.in, tls_buffers_.out};
    std::optional<link::Link> link_;
    hal::Line line_{hal::Line::closed};
    Instant wake_at_{};
};

}  // namespace ks::app
