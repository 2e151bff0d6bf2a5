#include "edge/domain/command_desk.hpp"

#include "firmware/base/check.hpp"
#include "firmware/crypto/hmac.hpp"

#include <algorithm>

namespace ks::edge {

using namespace protocol;

namespace {

struct OutletOf {
    template <class Body>
    OutletNumber operator()(const Body& body) const
    {
        if constexpr (requires { body.outlet; })
            return body.outlet;
        else
            return whole_post;
    }
};

}  // namespace

static_assert(CommandDesk::patience <= nonce_life);

CommandKey key_of(const CommandKey& site_key, std::string_view post)
{
    check(is_id(post));
    return crypto::hmac_sha256(site_key, bytes_of(post));
}

Result<CommandView, CommandRefusal> CommandDesk::request(const CommandRequest& request,
                                                         const CommandId& id, const PostView& post,
                                                         Now now, Publishes& out)
{
    return admit(entry_of(request, id, now), post, now, out);
}

Result<CommandView, CommandRefusal> CommandDesk::request_for_tap(const CommandRequest& request,
                                                                 PostTime tap, const CommandId& id,
                                                                 const PostView& post, Now now,
                                                                 Publishes& out)
{
    auto entry = entry_of(request, id, now);
    entry.tap = tap;
    return admit(std::move(entry), post, now, out);
}

CommandDesk::Entry CommandDesk::entry_of(const CommandRequest& request, const CommandId& id,
                                         Now now)
{
    return {.view = {.id = id,
                     .post = request.post,
                     .action = action_of(request.body),
                     .outlet = std::visit(OutletOf{}, request.body),
                     .role = request.role,
                     .stage = CommandStage::waiting_for_nonce,
                     .asked_at = now.wall,
                     .outcome = {}},
            .request = request,
            .asked = now.mono,
            .tap = {}};
}

Command CommandDesk::command_of(const Entry& entry, const PostView& post,
                                std::optional<Nonce> nonce, Now now)
{
    const auto addressee = PostId::from(post.id);
    check(addressee.has_value());
    return {.post = *addressee,
            .id = entry.view.id,
            .nonce = nonce,
            .role = entry.request.role,
            .issuer = entry.request.issuer,
            .issued = now.wall,
            .good_for = patience,
            .body = entry.request.body};
}

Result<CommandView, CommandRefusal> CommandDesk::admit(Entry entry, const PostView& post, Now now,
                                                       Publishes& out)
{
    check(entry.request.post == post.no);
    if (entry.view.outlet > post.outlet_count) return Failure{CommandRefusal::unknown_outlet};
    if (!encodable(command_of(entry, post, std::nullopt, now)))
        return Failure{CommandRefusal::out_of_range};
    const auto waiting = std::count_if(entries_.begin(), entries_.end(), [](const auto& known) {
        return known.second.view.stage == CommandStage::waiting_for_nonce;
    });
    const bool energising = energises(entry.view.action);
    if (energising && static_cast<std::size_t>(waiting) >= waiting_limit)
        return Failure{CommandRefusal::too_many_waiting};

    const auto id = entry.view.id;
    if (order_.size() == remembered_limit) {
        entries_.erase(order_.front());
        order_.pop_front();
    }
    order_.push_back(id);
    auto& kept = entries_.insert_or_assign(id, std::move(entry)).first->second;
    changes_.push_back(kept.view);
    if (!energising) {
        send(kept, post, std::nullopt, now, out);
    } else if (!spend_nonce(kept, post, now, out) &&
               kept.view.stage == CommandStage::waiting_for_nonce) {
        out.push_back({.post = post.no,
                       .what = Down::nonce,
                       .bytes = FixedBytes<command_limit>{encode(NonceRequest{}).view()}});
    }
    return kept.view;
}

// An offer is good for one command. It is dropped when used, so that two requests in the same
// second cannot quote it twice and have the second refused as a replay.
bool CommandDesk::spend_nonce(Entry& entry, const PostView& post, Now now, Publishes& out)
{
    const auto found = offers_.find(post.no);
    if (found == offers_.end()) return false;
    const Offer offer = found->second;
    if (now.mono - offer.received >= nonce_life) {
        offers_.erase(found);
        return false;
    }
    if (entry.tap) {
        // The post's own clock dates the tap. An older offer proves nothing about its age.
        const PostTime offered{.boot = offer.offer.boot, .mono = offer.offer.mono};
        if (offered < *entry.tap) return false;
        if (offered.boot != entry.tap->boot || offered.mono - entry.tap->mono > nonce_life) {
            move_to(entry, CommandStage::expired);
            return false;
        }
    }
    offers_.erase(found);
    send(entry, post, offer.offer.nonce, now, out);
    return true;
}

void CommandDesk::send(Entry& entry, const PostView& post, std::optional<Nonce> nonce, Now now,
                       Publishes& out)
{
    check(nonce.has_value() || !energises(entry.view.action));
    const auto command = command_of(entry, post, nonce, now);
    out.push_back(
        {.post = post.no,
         .what = Down::command,
         .bytes = FixedBytes<command_limit>{encode(command, key_of(site_key_, post.id)).view()}});
    entry.asked = now.mono;
    move_to(entry, CommandStage::sent);
}

void CommandDesk::offered(const PostView& post, const NonceOffer& offer, Now now, Publishes& out)
{
    const auto known = offers_.find(post.no);
    const PostTime time{.boot = offer.boot, .mono = offer.mono};
    if (known != offers_.end() &&
        time < PostTime{.boot = known->second.offer.boot, .mono = known->second.offer.mono})
        return;  // overtaken on the way
    offers_.insert_or_assign(post.no, Offer{.offer = offer, .received = now.mono});
    for (const auto& id : order_) {
        auto& entry = entries_.at(id);
        if (entry.view.post != post.no || entry.view.stage != CommandStage::waiting_for_nonce)
            continue;
        if (spend_nonce(entry, post, now, out)) break;
    }
    // More than one may wait, and one offer serves one.
    const bool more = std::any_of(entries_.begin(), entries_.end(), [&](const auto& item) {
        return item.second.view.post == post.no &&
               item.second.view.stage == CommandStage::waiting_for_nonce;
    });
    if (more && !offers_.contains(post.no))
        out.push_back({.post = post.no,
                       .what = Down::nonce,
                       .bytes = FixedBytes<command_limit>{encode(NonceRequest{}).view()}});
}

std::optional<CommandView> CommandDesk::answered(const CommandResult& result)
{
    const auto known = entries_.find(result.command);
    if (known == entries_.end()) return std::nullopt;
    known->second.view.outcome = result.outcome;
    move_to(known->second, CommandStage::answered);
    return known->second.view;
}

void CommandDesk::tick(Now now)
{
    for (auto& [id, entry] : entries_) {
        const bool open = entry.view.stage == CommandStage::waiting_for_nonce ||
                          entry.view.stage == CommandStage::sent;
        if (open && now.mono - entry.asked > patience) move_to(entry, CommandStage::expired);
    }
}

void CommandDesk::move_to(Entry& entry, CommandStage stage)
{
    entry.view.stage = stage;
    changes_.push_back(entry.view);
}

std::optional<CommandView> CommandDesk::find(const CommandId& id) const
{
    const auto known = entries_.find(id);
    if (known == entries_.end()) return std::nullopt;
    return known->second.view;
}

std::vector<CommandView> CommandDesk::take_changes() { return std::exchange(changes_, {}); }

}  // namespace ks::edge
