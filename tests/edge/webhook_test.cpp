#include "edge/uplinks/alarm_message.hpp"
#include "edge/uplinks/signature.hpp"
#include "edge/uplinks/webhook.hpp"
#include "tests/edge/edge_site.hpp"
#include "tests/support/http_receiver.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::edge;
using namespace ks::protocol;
using ks::test::EdgeSite;
using ks::test::HttpReceiver;
using ks::test::ScriptedPost;

namespace {

constexpr std::string_view secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr UnixMillis moment{1'614'265'330'000};

Webhook webhook_to(const HttpReceiver& receiver, Millis deadline)
{
    return Webhook{{.url = receiver.url(),
                    .key = *webhook_key(secret),
                    .authority = {},
                    .deadline = deadline}};
}

}  // namespace

TEST_CASE("a message is signed as the convention's own example", "[edge][webhook]")
{
    CHECK(webhook_signature(*webhook_key(secret), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1'614'265'330,
                            R"({"test": 2432232314})") ==
          "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST_CASE("a secret that is none is refused", "[edge][webhook]")
{
    for (const std::string_view bad :
         {"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ", "whsec_????????????",
          "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}) {
        CAPTURE(bad);
        CHECK_FALSE(webhook_key(bad));
    }
}

TEST_CASE("times are written so that every receiver reads them", "[edge][webhook]")
{
    CHECK(iso_time(moment) == "2021-02-25T15:02:10.000Z");
    CHECK(iso_time(UnixMillis{1}) == "1970-01-01T00:00:00.001Z");
}

TEST_CASE("a receiver can check whom an alarm is from", "[edge][webhook][system]")
{
    const HttpReceiver receiver{[](std::size_t) { return HttpReceiver::Answer{.status = 200}; }};
    auto webhook = webhook_to(receiver, Millis{10'000});

    const auto attempt = webhook.post("msg_1", R"({"a":1})", moment);

    CHECK(attempt.status == 200);
    const auto seen = receiver.requests();
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].id == "msg_1");
    CHECK(seen[0].timestamp == "1614265330");
    CHECK(seen[0].body == R"({"a":1})");
    CHECK(seen[0].signature ==
          webhook_signature(*webhook_key(secret), "msg_1", 1'614'265'330, R"({"a":1})"));
}

TEST_CASE("what a receiver answers is what the schedule hears", "[edge][webhook][system]")
{
    const HttpReceiver receiver{[](std::size_t before) {
        constexpr unsigned statuses[] = {500, 410, 302, 429};
        return HttpReceiver::Answer{.status = statuses[before],
                                    .retry_after = before == 3 ? "7" : ""};
    }};
    auto webhook = webhook_to(receiver, Millis{10'000});

    CHECK(reading_of(webhook.post("m", "{}", moment)) == Reading::retry);
    CHECK(reading_of(webhook.post("m", "{}", moment)) == Reading::gone);
    CHECK(reading_of(webhook.post("m", "{}", moment)) == Reading::refused);
    CHECK(webhook.post("m", "{}", moment).retry_after == Millis{7'000});
    CHECK(receiver.requests().size() == 4);  // the redirect was not followed
}

TEST_CASE("a receiver that drips its answer is given up at the deadline", "[edge][webhook][system]")
{
    const HttpReceiver receiver{[](std::size_t) {
        return HttpReceiver::Answer{
            .status = 200, .retry_after = {}, .drip = std::chrono::milliseconds{5}};
    }};
    auto webhook = webhook_to(receiver, Millis{150});

    CHECK(webhook.post("m", "{}", moment).kind == Attempt::Kind::unanswered);
}

TEST_CASE("a receiver that is not there is a failed attempt and nothing worse",
          "[edge][webhook][system]")
{
    std::string url;
    {
        const HttpReceiver gone{[](std::size_t) { return HttpReceiver::Answer{}; }};
        url = gone.url();
    }
    Webhook webhook{
        {.url = url, .key = *webhook_key(secret), .authority = {}, .deadline = Millis{2'000}}};
    CHECK(webhook.post("m", "{}", moment).kind == Attempt::Kind::unanswered);
}

TEST_CASE("the same fact has the same key in every life of the daemon", "[edge][webhook]")
{
    ScriptedPost post{"POST-0001"};
    const auto trip = post.make(Lane::alarm, test::overcurrent_on(3));
    const auto other = post.make(Lane::alarm, test::overcurrent_on(4));
    const auto message_after = [&](const std::vector<std::byte>& first, bool garbage_before) {
        EdgeSite edge;
        if (garbage_before) edge.site.hear({.topic = "x", .payload = {}}, edge.now);
        edge.wait(Millis{garbage_before ? 5'000 : 0});
        edge.hear(post, Lane::alarm, trip);
        if (&first == &other) edge.hear(post, Lane::alarm, other);
        const auto batch = edge.commit();
        return message_of(batch.alarms.back(), "SITE-TEST", edge.site.fleet());
    };

    CHECK(message_after(trip, false).key == message_after(trip, true).key);
    CHECK(message_after(trip, false).key != message_after(other, false).key);
    CHECK(message_after(trip, false).type == "alarm.raised");
    const auto data = message_after(trip, false).data;
    CHECK_THAT(data, Catch::Contains(R"("post":"POST-0001")") && Catch::Contains(R"("outlet":3)") &&
                         Catch::Contains(R"("kind":"hard_overcurrent")") &&
                         Catch::Contains(R"("measured":12400)") &&
                         Catch::Contains(R"("unit":"mA")"));
}
