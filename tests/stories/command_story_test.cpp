#include "edge/ctl/site_folder.hpp"
#include "tests/stories/evening.hpp"
#include "tests/stories/thief.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>

using namespace ks;
using namespace ks::test;
using namespace ks::protocol;
using namespace std::chrono_literals;

namespace {

using Message = std::vector<std::byte>;

/// The command as overheard, with one thing in it as the thief would like it; the code at its end
/// is the one he overheard, for he can make none.
template <class Change>
Message altered(const Message& overheard, Change change)
{
    auto command = decode_command(overheard).value();
    change(command);
    const auto bytes = encode(command, CommandKey{});
    Message forged{bytes.view().begin(), bytes.view().end()};
    std::copy(overheard.end() - 32, overheard.end(), forged.end() - 32);
    return forged;
}

std::vector<Message> alterations(const Message& overheard)
{
    const auto start = [](Command& command) -> StartOutlet& {
        return std::get<StartOutlet>(command.body);
    };
    std::vector<Message> all{
        altered(overheard, [](Command& c) { c.id[5] ^= std::byte{1}; }),
        altered(overheard, [](Command& c) { (*c.nonce)[0] ^= std::byte{1}; }),
        altered(overheard, [](Command& c) { c.nonce.reset(); }),
        altered(overheard, [](Command& c) { c.role = Role::admin; }),
        altered(overheard, [](Command& c) { c.issuer[0] ^= std::byte{1}; }),
        altered(overheard, [](Command& c) { c.issued = c.issued + Millis{20'000}; }),
        altered(overheard, [](Command& c) { c.good_for = Millis{3'600'000}; }),
        altered(overheard, [&](Command& c) { start(c).outlet = 7; }),
        altered(overheard, [&](Command& c) { start(c).card += 1; }),
        altered(overheard, [&](Command& c) { start(c).time_limit = Millis{86'400'000}; }),
        altered(overheard, [&](Command& c) { start(c).energy_limit += MilliwattHours{1}; }),
        altered(overheard, [](Command& c) { c.post = *PostId::from("POST-0002"); }),
    };
    // And bits of it, each byte of the code among them.
    for (std::size_t i = 0; i < overheard.size(); i += i + 32 < overheard.size() ? 5u : 1u) {
        auto flipped = overheard;
        flipped[i] ^= std::byte{0x10};
        all.push_back(flipped);
    }
    auto shorter = overheard;
    shorter.pop_back();
    all.push_back(shorter);
    return all;
}

std::int64_t sum_of(const std::map<CommandOutcome, std::int64_t>& refused)
{
    std::int64_t sum = 0;
    for (const auto& [outcome, count] : refused)
        sum += count;
    return sum;
}

/// A bike that charged at this outlet and was stopped by its card, with the start that was sent.
Message charge_and_stop(Site& site, int outlet)
{
    Eavesdropper ear{site};
    charge(site, 1, outlet);
    auto start = ear.start_of(outlet);
    tap_until(site, 1, outlet, "the card stops its session",
              [&] { return open_sessions(site, 1, outlet) == 0; });
    rest(site, 1, outlet);
    return start;
}

void rule(Site& site, const std::string& file, const std::string& from, const std::string& to)
{
    const auto path = site.folder() / "site" / file;
    auto text = edge::read_text(path);
    const auto found = text.find(from);
    REQUIRE(found != std::string::npos);
    text.replace(found, from.size(), to);
    std::ofstream{path} << text;  // in place: it stays readable to whom it was
}

std::vector<std::string> retained_publish(const Site& site, const std::filesystem::path& message)
{
    return mosquitto_pub_as_edge(site.folder() / "site", site.broker_port(),
                                 {"-r", "-t", topic_at(1, "down/command"), "-f", message});
}

}  // namespace

TEST_CASE("S-22, S-23, S-30: a start that is replayed or altered by whoever has the edge's own "
          "identity closes nothing, and each attempt is counted in the log",
          "[story][system]")
{
    Site site{{.posts = 1}};
    const auto overheard = charge_and_stop(site, 3);
    const auto before = closings(site);
    const auto starts_of = [&](int outlet) {
        return site.ask_log("SELECT count(*) FROM session WHERE outlet = " +
                            std::to_string(outlet));
    };
    REQUIRE(before == starts_of(3));

    const auto forged = alterations(overheard);
    say_as_the_edge(site, topic_at(1, "down/command"), forged);
    site.until("every alteration is counted in the log", 30s,
               [&] { return sum_of(refusals(site)) >= static_cast<std::int64_t>(forged.size()); });
    const auto refused = refusals(site);
    CHECK(sum_of(refused) == static_cast<std::int64_t>(forged.size()));
    CHECK(refusals(site, CommandOutcome::not_authentic) > 30);
    CHECK(refusals(site, CommandOutcome::wrong_post) >= 1);
    CHECK(refusals(site, CommandOutcome::malformed) >= 1);

    // Byte for byte: the first may get the answer of the genuine one again, and does no more.
    const std::vector<Message> replays(5, overheard);
    say_as_the_edge(site, topic_at(1, "down/command"), replays);
    site.until("the replays are counted in the log", 30s,
               [&] { return refusals(site, CommandOutcome::replayed) >= 4; });
    CHECK(refusals(site, CommandOutcome::replayed) <= 5);

    CHECK(closings(site) == before);
    CHECK_FALSE(contact_closed(site, 1, 3));
    CHECK(starts_of(7) == 0);
    // The log joins commands and sessions by the one genuine start, answered once and with «done».
    CHECK(starts_of(3) == 1);
    CHECK(site.ask_log("SELECT count(*) FROM command WHERE action = 1 AND outcome = 0 AND "
                       "stage = 2 AND outlet = 3") == 1);

    // None of it stands in the way of the next who holds his card to the reader.
    tap_until(site, 1, 3, "the card starts it again", [&] { return contact_closed(site, 1, 3); });
    site.until("it is in the log", 10s, [&] { return open_sessions(site, 1, 3) == 1; });
    settle(site, 90s);
}

TEST_CASE("S-23, F-083: a start that was held back, for too long or over a reboot, closes nothing",
          "[story][system]")
{
    Site site{{.posts = 1}};
    plug(site, 1, 4);
    plug(site, 1, 5);

    // The broker is his: it keeps commands from the post, and everything else goes its way.
    const std::string all = "pattern read ks/1/STORY-SITE/%u/down/#\n";
    std::string some;
    for (const auto* kind : {"ack", "time", "range", "nonce"})
        some += "pattern read ks/1/STORY-SITE/%u/down/" + std::string{kind} + "\n";
    const auto hold_back = [&](int outlet) {
        rule(site, "broker/acl", all, some);
        site.broker().signal(SIGHUP);
        Eavesdropper ear{site};
        tap(site, 1, outlet);
        auto start = ear.start_of(outlet);
        rule(site, "broker/acl", some, all);
        site.broker().signal(SIGHUP);
        return start;
    };
    const auto post_time = [&] {
        return site.control(at_outlet(1, 4, "look")).at("at_ms").as_int64();
    };
    const auto stale = [&] { return refusals(site, CommandOutcome::nonce_stale); };

    const auto late = hold_back(4);
    const auto offered_by = post_time();
    site.until("its nonce is too old", 60s, [&] { return post_time() >= offered_by + 30'000; });
    say_as_the_edge(site, topic_at(1, "down/command"), {late});
    site.until("the late start is counted in the log", 30s, [&] { return stale() == 1; });

    const auto of_another_boot = hold_back(5);
    site.control({{"post", Site::post(1)}, {"do", "power_cut"}});
    site.control({{"post", Site::post(1)}, {"do", "power_up"}});
    site.until("the post is back", 60s, [&] {
        const boost::json::object question{{"do", "fleet"}};
        return site.control(question).at("posts").as_array()[0].as_object().at("linked").as_bool();
    });
    say_as_the_edge(site, topic_at(1, "down/command"), {of_another_boot});
    site.until("the start of another boot is counted in the log", 30s,
               [&] { return stale() == 2; });

    CHECK(closings(site) == 0);
    CHECK(site.ask_log("SELECT count(*) FROM session") == 0);
    // Their author is proven, so each is answered under its own id as well.
    site.until("both are answered in the log", 10s, [&] {
        return site.ask_log("SELECT count(*) FROM command WHERE action = 1 AND outcome = 6") == 2;
    });
    settle(site, 90s);
}

TEST_CASE("S-25, F-083: a start that is to be retained is refused by the broker, and by the post "
          "when the broker has been opened",
          "[story][system]")
{
    Site site{{.posts = 1}};
    const auto overheard = charge_and_stop(site, 3);
    const auto before = closings(site);
    const auto file = site.folder() / "overheard";
    edge::replace_file(file, overheard, edge::Access::owner);

    site.edge().signal(SIGSTOP);
    CHECK_THROWS(site.run(retained_publish(site, file)));
    site.edge().signal(SIGCONT);

    rule(site, "broker/mosquitto.conf", "retain_available false", "retain_available true");
    site.broker().stop();
    site.edge().signal(SIGSTOP);
    site.start_broker();
    CHECK_NOTHROW(site.run(retained_publish(site, file)));
    site.edge().signal(SIGCONT);

    // Whatever makes the post come back, the broker has the command ready for it.
    site.control({{"post", Site::post(1)}, {"do", "power_cut"}});
    site.control({{"post", Site::post(1)}, {"do", "power_up"}});
    site.until("the retained start is counted in the log", 90s,
               [&] { return refusals(site, CommandOutcome::retained) >= 1; });
    CHECK(closings(site) == before);
    CHECK_FALSE(contact_closed(site, 1, 3));
    settle(site, 90s);
}
