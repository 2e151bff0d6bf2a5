#include "tests/stories/thief.hpp"

#include "tests/stories/evening.hpp"
#include "tests/support/hex.hpp"

#include <catch2/catch.hpp>

#include <csignal>

namespace ks::test {

using namespace protocol;

Eavesdropper::Eavesdropper(const Site& site)
    : caller_{site.broker_port(),
              edge_identity(site.folder() / "site", "tail"),
              {.client_id = "TAIL-0001"}}
{
    REQUIRE(caller_.connected());
    caller_.subscribe("ks/1/STORY-SITE/#");
}

std::vector<std::byte> Eavesdropper::start_of(int outlet)
{
    std::vector<std::byte> found;
    const auto is_start = [&](const SiteCaller::Delivered& message) {
        if (!message.topic.ends_with("/down/command")) return false;
        const auto command = decode_command(bytes_of(message.payload));
        REQUIRE(command);
        const auto* start = std::get_if<StartOutlet>(&command->body);
        return start != nullptr && start->outlet == outlet;
    };
    const bool heard = caller_.until([&] {
        for (; found.empty() && heard_ < caller_.delivered.size(); ++heard_) {
            const auto& message = caller_.delivered[heard_];
            if (!is_start(message)) continue;
            const auto bytes = bytes_of(message.payload);
            found.assign(bytes.begin(), bytes.end());
        }
        return !found.empty();
    });
    REQUIRE(heard);
    return found;
}

std::string topic_at(int post, const std::string& rest)
{
    return "ks/1/STORY-SITE/" + Site::post(post) + "/" + rest;
}

void say_as_the_edge(Site& site, const std::string& topic,
                     const std::vector<std::vector<std::byte>>& messages)
{
    site.edge().signal(SIGSTOP);
    {
        SiteCaller thief{site.broker_port(),
                         edge_identity(site.folder() / "site", "edge"),
                         {.client_id = "EDGE-0001"}};
        REQUIRE(thief.connected());
        for (const auto& message : messages)
            thief.publish(topic, std::string{text_of(message)});
    }
    site.edge().signal(SIGCONT);
}

std::map<CommandOutcome, std::int64_t> refusals(const Site& site)
{
    // A post counts from its boot, so the newest of each boot is what it has counted in all.
    std::map<std::pair<std::uint32_t, CommandOutcome>, std::int64_t> newest;
    for (const auto& row : site.rows_of_log("SELECT hex(bytes) FROM evidence WHERE lane = 1")) {
        const auto record = decode_record(Lane::event, unhex(row.at(0)));
        REQUIRE(record);
        if (const auto* refused = std::get_if<CommandsRefused>(&record->body))
            newest[{record->head.boot, refused->outcome}] = refused->count;
    }
    std::map<CommandOutcome, std::int64_t> sums;
    for (const auto& [key, count] : newest)
        sums[key.second] += count;
    return sums;
}

std::int64_t refusals(const Site& site, CommandOutcome outcome)
{
    const auto all = refusals(site);
    const auto found = all.find(outcome);
    return found == all.end() ? 0 : found->second;
}

std::int64_t closings(const Site& site)
{
    std::int64_t count = 0;
    for (const auto& line : site.truth())
        if (line.at("truth").as_string() == "plant" &&
            line.at("event").as_string() == "contact_closed")
            ++count;
    return count;
}

void rest(Site& site, int post, int outlet)
{
    // Five seconds between off and on (`too_soon`), and some for the poll that sees it open.
    constexpr std::int64_t enough_ms = 7'000;
    std::optional<std::int64_t> open_since;
    site.until("the relay has rested", std::chrono::seconds{60}, [&] {
        const auto seen = site.control(at_outlet(post, outlet, "look"));
        const auto now = seen.at("at_ms").as_int64();
        if (seen.at("outlet").as_object().at("contact_closed").as_bool())
            open_since.reset();
        else if (!open_since)
            open_since = now;
        return open_since && now - *open_since >= enough_ms;
    });
}

}  // namespace ks::test
