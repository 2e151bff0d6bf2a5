#include "tests/mqtt/talk.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::mqtt;
using namespace ks::test;

namespace {

struct Case {
    std::string_view what;
    std::string_view hex;
    Fault fault;
};

/// Every one of these arrives on a connection that is up, with nothing asked.
constexpr Case cases[] = {
    // First bytes.
    {"reserved type 0", "00 00", Fault::type_reserved},
    {"reserved type 15", "F0 00", Fault::type_reserved},
    {"a web server's answer", "48 54 54 50", Fault::flags_wrong},
    {"flags on CONNACK", "21 02 0000", Fault::flags_wrong},
    {"flags on PUBACK", "42 02 0001", Fault::flags_wrong},
    {"flags on SUBACK", "91 03 0001 00", Fault::flags_wrong},
    {"flags on PINGRESP", "D8 00", Fault::flags_wrong},
    {"QoS 3", "36 06 0001 61 0001 78", Fault::qos_reserved},
    {"QoS 2", "34 06 0001 61 0001 78", Fault::qos2_refused},
    {"DUP at QoS 0", "38 04 0001 61 78", Fault::duplicate_without_qos},
    {"PUBREC", "50 02 0001", Fault::qos2_refused},
    {"PUBREL", "62 02 0001", Fault::qos2_refused},
    {"PUBCOMP", "70 02 0001", Fault::qos2_refused},
    {"CONNECT to a client", "10 00", Fault::not_for_clients},
    {"SUBSCRIBE to a client", "82 00", Fault::not_for_clients},
    {"UNSUBSCRIBE to a client", "A2 00", Fault::not_for_clients},
    {"UNSUBACK, never asked for", "B0 02 0001", Fault::not_for_clients},
    {"PINGREQ to a client", "C0 00", Fault::not_for_clients},
    {"DISCONNECT to a client", "E0 00", Fault::not_for_clients},
    // Lengths. CVE-2021-41036, CVE-2026-54412 and their relatives are all of this kind.
    {"a length of five bytes", "30 FFFFFFFF7F", Fault::length_malformed},
    {"a length that never ends", "30 80808080", Fault::length_malformed},
    {"a length of zero in two bytes", "D0 8000", Fault::length_malformed},
    {"a length of one in four bytes", "30 81808000", Fault::length_malformed},
    {"one byte more than we hold", "30 AD02", Fault::packet_too_large},
    {"2^14 bytes", "30 808001", Fault::packet_too_large},
    {"2^21 bytes", "30 80808001", Fault::packet_too_large},
    {"the longest packet there is", "30 FFFFFF7F", Fault::packet_too_large},
    {"PUBLISH of nothing", "30 00", Fault::body_too_short},
    {"PUBLISH of half a length", "30 01 00", Fault::body_too_short},
    {"a topic longer than its packet", "30 06 0005 61626364", Fault::body_too_short},
    {"a topic of 65,535", "30 03 FFFF 61", Fault::body_too_short},
    {"QoS 1 without a number", "32 03 0001 61", Fault::body_too_short},
    {"QoS 1 with half a number", "32 04 0001 61 00", Fault::body_too_short},
    {"PUBACK of nothing", "40 00", Fault::body_too_short},
    {"PUBACK of one byte", "40 01 00", Fault::body_too_short},
    {"PUBACK of three bytes", "40 03 000100", Fault::body_too_long},
    {"PINGRESP with a body, unasked", "D0 01 00", Fault::pingresp_unasked},
    // Texts.
    {"an empty topic", "30 03 0000 78", Fault::topic_empty},
    {"a topic with NUL", "30 05 0003 610062", Fault::topic_not_text},
    {"a topic that is not UTF-8", "30 04 0002 61FF", Fault::topic_not_text},
    {"a topic cut inside a character", "30 04 0002 E794", Fault::topic_not_text},
    {"a topic with a surrogate", "30 05 0003 EDA080", Fault::topic_not_text},
    {"a topic with +", "30 05 0003 612F2B", Fault::topic_has_wildcard},
    {"a topic with #", "30 03 0001 23", Fault::topic_has_wildcard},
    // Numbers and moments.
    {"QoS 1 under number zero", "32 06 0001 61 0000 78", Fault::packet_id_zero},
    {"PUBACK for number zero", "40 02 0000", Fault::packet_id_zero},
    {"PUBACK for what was never sent", "40 02 0001", Fault::puback_unknown},
    {"SUBACK that nobody asked for", "90 03 0001 00", Fault::suback_unasked},
    {"PINGRESP that nobody asked for", "D0 00", Fault::pingresp_unasked},
    {"CONNACK for the second time", "20 02 0000", Fault::connack_unasked},
};

}  // namespace

TEST_CASE("whatever is not MQTT ends the connection and says why", "[mqtt][bad_input]")
{
    for (const auto& bad : cases) {
        CAPTURE(bad.what);
        Talk talk;
        talk.connect();

        talk.receive(unhex(bad.hex));

        CHECK(talk.closed == std::vector{bad.fault});
        CHECK(talk.sent.empty());
        CHECK(talk.delivered.empty());
    }
}

TEST_CASE("bad bytes are refused the same when they arrive one by one", "[mqtt][bad_input]")
{
    for (const auto& bad : cases) {
        CAPTURE(bad.what);
        Talk talk;
        talk.connect();

        for (const auto byte : unhex(bad.hex))
            talk.receive({byte});

        CHECK(talk.closed == std::vector{bad.fault});
    }
}

TEST_CASE("nothing but a CONNACK may come first", "[mqtt][bad_input]")
{
    const Buffer early[] = {publish({}), puback(1), suback(1, 0), pingresp};
    for (const auto& bytes : early) {
        Talk talk;
        talk.open();

        talk.receive(bytes);

        CHECK(talk.closed == std::vector{Fault::before_connack});
    }
}

TEST_CASE("an answer before our hello is not an answer", "[mqtt][bad_input]")
{
    Talk talk;
    REQUIRE(talk.client().open(talk.now, talk.options));

    talk.receive(connack(0, 0));

    CHECK(talk.closed == std::vector{Fault::connack_unasked});
    CHECK(talk.connected.empty());
}

TEST_CASE("a CONNACK of the wrong size or with a session we did not ask for is refused",
          "[mqtt][bad_input]")
{
    const std::pair<Buffer, Fault> bad[] = {
        {packet(0x20, unhex("00")), Fault::body_too_short},
        {packet(0x20, unhex("000000")), Fault::body_too_long},
        {connack(1, 0), Fault::session_impossible},
        {connack(0, 5), Fault::refused_authorisation},
    };
    for (const auto& [bytes, fault] : bad) {
        Talk talk;
        talk.open();
        talk.receive(bytes);
        CHECK(talk.closed == std::vector{fault});
        CHECK_FALSE(talk.client().connected());
    }
}

TEST_CASE("a subscription is answered once, under its own number, with no more than asked",
          "[mqtt][bad_input]")
{
    struct Answers {
        std::vector<Buffer> packets;
        Fault fault;
    };
    std::vector<Answers> bad;
    bad.push_back({{suback(1, 1), suback(1, 1)}, Fault::suback_unasked});
    bad.push_back({{suback(2, 1)}, Fault::suback_wrong_id});
    bad.push_back({{suback(0, 1)}, Fault::packet_id_zero});
    bad.push_back({{suback(1, 2)}, Fault::granted_too_much});
    bad.push_back({{suback(1, 3)}, Fault::return_code_unknown});
    bad.push_back({{packet(0x90, unhex("0001"))}, Fault::body_too_short});
    bad.push_back({{packet(0x90, unhex("00010101"))}, Fault::body_too_long});
    bad.push_back({{puback(1)}, Fault::puback_unknown});
    for (const auto& [packets, fault] : bad) {
        Talk talk;
        talk.connect();
        REQUIRE(talk.client().subscribe("down/#", Qos::at_least_once));
        talk.run();
        for (const auto& bytes : packets)
            talk.receive(bytes);
        CHECK(talk.closed == std::vector{fault});
    }

    Talk talk;
    talk.connect();
    REQUIRE(talk.client().subscribe("down/#", Qos::at_most_once));
    talk.run();
    talk.receive(suback(1, 1));
    CHECK(talk.closed == std::vector{Fault::granted_too_much});
}

TEST_CASE("an acknowledgement counts once", "[mqtt][bad_input]")
{
    Talk talk;
    talk.connect();
    const auto handle = talk.publish("up/a", "one", Qos::at_least_once);
    talk.run();

    talk.receive(puback(1));
    talk.receive(puback(1));

    CHECK(talk.acknowledged == std::vector{handle});
    CHECK(talk.closed == std::vector{Fault::puback_unknown});
}

TEST_CASE("a message that has not left yet cannot be acknowledged", "[mqtt][bad_input]")
{
    Talk talk;
    talk.connect();
    talk.publish("up/a", "one", Qos::at_least_once);

    talk.receive(puback(1));

    CHECK(talk.acknowledged.empty());
    CHECK(talk.closed == std::vector{Fault::puback_unknown});
}

TEST_CASE("what comes after the end is swallowed", "[mqtt][bad_input]")
{
    Talk talk;
    talk.connect();
    talk.receive(unhex("F000"));
    REQUIRE(talk.closed.size() == 1);

    talk.receive(publish({}));

    CHECK(talk.closed.size() == 1);
    CHECK(talk.delivered.empty());
    CHECK(talk.wake == Client::never);
}
