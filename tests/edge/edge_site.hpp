#pragma once

#include "edge/domain/site.hpp"
#include "tests/edge/scripted_post.hpp"

namespace ks::test {

inline constexpr std::string_view site_name = "SITE-TEST";

/// A site with a clock of the test's own.
struct EdgeSite {
    edge::Site site{{.id = *protocol::SiteId::from(site_name),
                     .command_key = protocol::CommandKey{},
                     .access = {}}};
    edge::Now now{.mono = Instant{Millis{1'000'000}}, .wall = UnixMillis{1'800'000'000'000}};

    void wait(Millis span)
    {
        now.mono = now.mono + span;
        now.wall = now.wall + span;
    }
    void hear(const ScriptedPost& post, protocol::Up what, Bytes payload)
    {
        site.hear({.topic = post.topic(site_name, what), .payload = payload}, now);
        while (site.has_tap())
            site.serve_tap(next_command(), now);
    }
    void hear(const ScriptedPost& post, protocol::Lane lane, Bytes payload)
    {
        hear(post, protocol::up_of(lane), payload);
    }
    void hear(const ScriptedPost& post, const protocol::Birth& birth)
    {
        const auto bytes = protocol::encode(birth);
        hear(post, protocol::Up::birth, bytes.view());
    }
    /// Makes everything durable and gives what that was.
    edge::Batch commit()
    {
        auto batch = site.take_batch();
        site.committed(batch);
        return batch;
    }
    /// What the posts are told, after the pause that gathers acknowledgements.
    edge::Publishes told()
    {
        wait(edge::Site::acknowledge_every);
        site.settle(now);
        return site.take_publishes();
    }
    template <class Message, class Decode>
    std::vector<Message> told_of(protocol::Down what, Decode decode)
    {
        std::vector<Message> messages;
        for (const auto& publish : told())
            if (publish.what == what) messages.push_back(decode(publish.bytes.view()).value());
        return messages;
    }
    std::vector<protocol::Ack> acks()
    {
        return told_of<protocol::Ack>(protocol::Down::ack, protocol::decode_ack);
    }
    std::vector<protocol::RangeRequest> ranges()
    {
        return told_of<protocol::RangeRequest>(protocol::Down::range,
                                               protocol::decode_range_request);
    }
    std::vector<protocol::Command> commands()
    {
        return told_of<protocol::Command>(protocol::Down::command, protocol::decode_command);
    }
    protocol::CommandId next_command()
    {
        protocol::CommandId id{};
        id[0] = static_cast<std::byte>(++commands_made_);
        return id;
    }

private:
    unsigned commands_made_{0};
};

/// A site of one post that has been heard.
struct OnePost {
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};

    OnePost() { edge.hear(post, post.birth(1)); }
    void tell(protocol::Lane lane, const protocol::RecordBody& body)
    {
        edge.hear(post, lane, post.make(lane, body));
    }
    [[nodiscard]] const edge::PostView& view() const { return edge.site.fleet().post(1); }
};

}  // namespace ks::test
