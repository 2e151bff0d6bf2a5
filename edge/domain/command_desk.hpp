#pragma once

#include "edge/domain/fleet.hpp"
#include "edge/domain/publish.hpp"
#include "firmware/protocol/codec.hpp"

#include <deque>
#include <map>
#include <variant>
#include <vector>

namespace ks::edge {

/// What somebody wants done. `issuer` is the first 8 bytes of a digest over who it is.
struct CommandRequest {
    PostNo post;
    protocol::Role role;
    std::array<std::byte, 8> issuer;
    protocol::CommandBody body;
};

enum class CommandStage : std::uint8_t {
    waiting_for_nonce,
    sent,
    answered,  // `outcome` says what became of it
    expired,   // nobody answered in time; the post refuses it by now
};

struct CommandView {
    protocol::CommandId id{};
    PostNo post{};
    protocol::CommandAction action{};
    protocol::OutletNumber outlet{};
    protocol::Role role{};
    CommandStage stage{};
    UnixMillis asked_at;
    protocol::CommandOutcome outcome{};
};

enum class CommandRefusal : std::uint8_t {
    unknown_post,
    unknown_outlet,
    out_of_range,  // a limit or a time that the contract has no spelling for
    too_many_waiting,
};

/// Makes commands, and follows each until the post's own record says what became of it.
/// A command that energises quotes the newest nonce its post offered, once; without a fresh one it
/// asks for it and waits. Nothing is ever sent twice: a late answer is a new request by a person.
class CommandDesk {
public:
    /// How long a request waits for a nonce, and a sent command for its answer (S-23: 30 s).
    static constexpr Millis patience{30'000};
    static constexpr std::size_t waiting_limit = 64;
    /// Finished commands that are still remembered for whoever asked.
    static constexpr std::size_t remembered_limit = 1'024;

    explicit CommandDesk(const protocol::CommandKey& site_key) : site_key_{site_key} {}

    /// `id` is random, from outside. What must be published is added to `out`.
    Result<CommandView, CommandRefusal> request(const CommandRequest& request,
                                                const protocol::CommandId& id, const PostView& post,
                                                Now now, Publishes& out);
    /// A start for a card that was presented at `tap`: given up unless the nonce was offered within
    /// 30 s of the post's own clock, so that a tap from before an outage starts nothing.
    Result<CommandView, CommandRefusal> request_for_tap(const CommandRequest& request, PostTime tap,
                                                        const protocol::CommandId& id,
                                                        const PostView& post, Now now,
                                                        Publishes& out);
    void offered(const PostView& post, const protocol::NonceOffer& offer, Now now, Publishes& out);
    /// The command as it is after its answer; nothing when it is none of ours.
    std::optional<CommandView> answered(const protocol::CommandResult& result);
    void tick(Now now);

    [[nodiscard]] std::optional<CommandView> find(const protocol::CommandId& id) const;
    /// Commands that reached a new stage since the last call, for the log.
    [[nodiscard]] std::vector<CommandView> take_changes();

private:
    struct Entry {
        CommandView view;
        CommandRequest request;
        Instant asked;
        std::optional<PostTime> tap;
    };
    struct Offer {
        protocol::NonceOffer offer;
        Instant received;
    };
    [[nodiscard]] static Entry entry_of(const CommandRequest& request,
                                        const protocol::CommandId& id, Now now);
    [[nodiscard]] static protocol::Command command_of(const Entry& entry, const PostView& post,
                                                      std::optional<protocol::Nonce> nonce,
                                                      Now now);
    Result<CommandView, CommandRefusal> admit(Entry entry, const PostView& post, Now now,
                                              Publishes& out);
    [[nodiscard]] bool spend_nonce(Entry& entry, const PostView& post, Now now, Publishes& out);
    void send(Entry& entry, const PostView& post, std::optional<protocol::Nonce> nonce, Now now,
              Publishes& out);
    void move_to(Entry& entry, CommandStage stage);

    protocol::CommandKey site_key_;
    std::map<protocol::CommandId, Entry> entries_;
    std::deque<protocol::CommandId> order_;
    std::map<PostNo, Offer> offers_;
    std::vector<CommandView> changes_;
};

/// A post's own command key: HMAC-SHA-256 of its id under the site's, so that one post's flash
/// read out commands no other.
[[nodiscard]] protocol::CommandKey key_of(const protocol::CommandKey& site_key,
                                          std::string_view post);

}  // namespace ks::edge
