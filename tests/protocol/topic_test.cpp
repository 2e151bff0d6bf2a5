#include "tests/protocol/samples.hpp"

#include <catch2/catch.hpp>

using namespace ks::protocol;

namespace {

const std::string longest_id(32, 'Z');

}  // namespace

TEST_CASE("a topic is read back as it was written", "[protocol][topic][unit]")
{
    for (const auto what : {Up::alarm, Up::event, Up::tele, Up::birth, Up::nonce, Up::will}) {
        const auto back =
            parse_up(topic_of(UpTopic{samples::site(), samples::post(), what}).text());
        REQUIRE(back);
        CHECK(back->site == samples::site());
        CHECK(back->post == samples::post());
        CHECK(back->what == what);
    }
    for (const auto what : {Down::ack, Down::time, Down::range, Down::command, Down::nonce}) {
        const auto back =
            parse_down(topic_of(DownTopic{samples::site(), samples::post(), what}).text());
        REQUIRE(back);
        CHECK(back->site == samples::site());
        CHECK(back->post == samples::post());
        CHECK(back->what == what);
    }
}

TEST_CASE("topics are spelled as SPEC.md says", "[protocol][topic][unit]")
{
    CHECK(topic_of(UpTopic{samples::site(), samples::post(), Up::alarm}).text() ==
          "ks/1/SITE-0001/POST-0001/up/alarm");
    CHECK(topic_of(DownTopic{samples::site(), samples::post(), Down::command}).text() ==
          "ks/1/SITE-0001/POST-0001/down/command");
    CHECK(down_filter(samples::site(), samples::post()).text() ==
          "ks/1/SITE-0001/POST-0001/down/+");
}

TEST_CASE("the longest ids fit into a topic", "[protocol][topic][unit]")
{
    const UpTopic topic{*SiteId::from(longest_id), *PostId::from(longest_id), Up::alarm};
    CHECK(parse_up(topic_of(topic).text())->post == topic.post);
}

TEST_CASE("S-17: a topic that is not ours names no post", "[protocol][topic][unit]")
{
    const std::string too_long = "ks/1/" + longest_id + "Z/POST-0001/up/alarm";
    for (const std::string_view text : {
             std::string_view{""},
             std::string_view{"ks"},
             std::string_view{"ks/1/"},
             std::string_view{"ks/1//"},
             std::string_view{"ks/2/SITE-0001/POST-0001/up/alarm"},
             std::string_view{"KS/1/SITE-0001/POST-0001/up/alarm"},
             std::string_view{"/ks/1/SITE-0001/POST-0001/up/alarm"},
             std::string_view{"ks/1/SITE-0001/POST-0001/up/"},
             std::string_view{"ks/1/SITE-0001/POST-0001/up"},
             std::string_view{"ks/1/SITE-0001/POST-0001/up/alarms"},
             std::string_view{"ks/1/SITE-0001/POST-0001/up/alarm/"},
             std::string_view{"ks/1/SITE-0001/POST-0001/up/Alarm"},
             std::string_view{"ks/1/SITE-0001/POST-0001/down/alarm"},
             std::string_view{"ks/1/SITE-0001/POST-0001/alarm"},
             std::string_view{"ks/1/SITE-0001/up/alarm"},
             std::string_view{"ks/1/SITE-0001/+/up/alarm"},
             std::string_view{"ks/1/SITE-0001/#"},
             std::string_view{"ks/1/site-0001/POST-0001/up/alarm"},
             std::string_view{"ks/1/SITE-1/POST-0001/up/alarm"},
             std::string_view{"ks/1/SITE-0001/POST-1/up/alarm"},
             std::string_view{"ks/1/SITE 0001/POST-0001/up/alarm"},
             std::string_view{"ks/1/SITE-0001/../up/alarm"},
             std::string_view{"ks/1/SITE-0001/POST-0001/up/alarm\0", 34},
             std::string_view{too_long},
         }) {
        CAPTURE(text);
        CHECK_FALSE(parse_up(text));
        CHECK_FALSE(parse_down(text));
    }
}
