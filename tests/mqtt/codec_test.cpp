#include "firmware/mqtt/decode.hpp"
#include "firmware/mqtt/encode.hpp"
#include "firmware/mqtt/text.hpp"
#include "tests/mqtt/talk.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::mqtt;
using namespace ks::test;

namespace {

template <class Encode>
Buffer encoded(Encode encode)
{
    Buffer room(2'000);
    ByteWriter writer{room};
    encode(writer);
    REQUIRE(writer.ok());
    room.resize(writer.size());
    return room;
}

/// The decoders take a packet whose first byte the reader has passed; so does this.
Packet view_of(const Buffer& bytes)
{
    const auto first = std::to_integer<unsigned>(bytes[0]);
    return {.type = static_cast<PacketType>(first >> 4),
            .flags = static_cast<std::uint8_t>(first & 0x0F),
            .body = Bytes{bytes}.subspan(2)};
}

}  // namespace

TEST_CASE("a connect packet says who, for how long, and what to say when we die", "[mqtt][codec]")
{
    const auto will = unhex("A1 01");
    const auto bytes = encoded([&](ByteWriter& writer) {
        encode_connect(writer, {.client_id = "P1",
                                .user_name = "U",
                                .will = Will{.topic = "w", .payload = will},
                                .keep_alive = 60_s,
                                .session = Session::kept});
    });

    // Protocol "MQTT" level 4; user name, will at QoS 1 not retained, session kept; 60 s.
    CHECK(bytes == unhex("10 18 0004 4D515454 04 8C 003C 0002 5031 0001 77 0002 A101 0001 55"));
}

TEST_CASE("a connect packet without will and user name leaves both out", "[mqtt][codec]")
{
    const auto bytes = encoded([](ByteWriter& writer) {
        encode_connect(writer, {.client_id = "P1",
                                .user_name = {},
                                .will = std::nullopt,
                                .keep_alive = 65'535_s,
                                .session = Session::clean});
    });

    CHECK(bytes == unhex("10 0E 0004 4D515454 04 02 FFFF 0002 5031"));
}

TEST_CASE("the short packets are the bytes of the standard's tables", "[mqtt][codec]")
{
    CHECK(encoded([](ByteWriter& w) { encode_pingreq(w); }) == unhex("C000"));
    CHECK(encoded([](ByteWriter& w) { encode_disconnect(w); }) == unhex("E000"));
    CHECK(encoded([](ByteWriter& w) { encode_puback(w, 0x1234); }) == unhex("4002 1234"));
    CHECK(encoded([](ByteWriter& w) { encode_subscribe(w, 7, "a/+", Qos::at_least_once); }) ==
          unhex("8208 0007 0003 612F2B 01"));
}

TEST_CASE("a message is decoded to what was encoded, at every length of its length",
          "[mqtt][codec]")
{
    for (const std::size_t size : {0u, 1u, 118u, 119u, 120u, 640u}) {
        CAPTURE(size);
        const Buffer payload(size, std::byte{0x5A});
        const OutgoingMessage message{
            .topic = "up/a", .payload = payload, .qos = Qos::at_least_once, .packet_id = 513};
        auto bytes = encoded([&](ByteWriter& writer) { encode_publish(writer, message); });
        CHECK(bytes.size() == publish_size(message.topic.size(), size));
        set_duplicate(bytes);

        std::array<std::byte, 700> room;
        PacketReader reader{room};
        CHECK(reader.feed(bytes) == bytes.size());
        const auto packet = reader.take();
        REQUIRE(packet);
        const auto decoded = decode_publish(*packet);

        REQUIRE(decoded);
        CHECK(decoded->topic == message.topic);
        CHECK(equal(decoded->payload, payload));
        CHECK(decoded->qos == Qos::at_least_once);
        CHECK(decoded->packet_id == 513);
        CHECK(decoded->duplicate);
        CHECK_FALSE(decoded->retained);
    }
}

TEST_CASE("a message at QoS 0 carries no number", "[mqtt][codec]")
{
    const auto bytes = encoded([](ByteWriter& writer) {
        encode_publish(
            writer,
            {.topic = "a", .payload = bytes_of("x"), .qos = Qos::at_most_once, .packet_id = 9});
    });

    CHECK(bytes == unhex("3004 0001 61 78"));
    const auto decoded = decode_publish(view_of(bytes));
    REQUIRE(decoded);
    CHECK(decoded->qos == Qos::at_most_once);
    CHECK(decoded->packet_id == 0);
    CHECK(text_of(decoded->payload) == "x");
}

TEST_CASE("the broker's refusals keep their reasons apart", "[mqtt][codec]")
{
    CHECK(decode_connack(view_of(connack(0, 0)))->session_present == false);
    CHECK(decode_connack(view_of(connack(1, 0)))->session_present == true);
    CHECK(decode_connack(view_of(connack(0, 1))).reason() == Fault::refused_version);
    CHECK(decode_connack(view_of(connack(0, 2))).reason() == Fault::refused_client_id);
    CHECK(decode_connack(view_of(connack(0, 3))).reason() == Fault::refused_unavailable);
    CHECK(decode_connack(view_of(connack(0, 4))).reason() == Fault::refused_credentials);
    CHECK(decode_connack(view_of(connack(0, 5))).reason() == Fault::refused_authorisation);
    CHECK(decode_connack(view_of(connack(0, 6))).reason() == Fault::return_code_unknown);
    CHECK(decode_connack(view_of(connack(2, 0))).reason() == Fault::flags_wrong);
    CHECK(decode_connack(view_of(connack(1, 5))).reason() == Fault::session_impossible);
    CHECK(decode_suback(view_of(suback(1, 0x80)))->granted == Granted::refused);
    CHECK(decode_suback(view_of(suback(1, 2))).reason() == Fault::granted_too_much);
    CHECK(decode_suback(view_of(suback(1, 0x81))).reason() == Fault::return_code_unknown);
}

TEST_CASE("text is well-formed UTF-8 without anything that hides", "[mqtt][text]")
{
    using namespace std::string_view_literals;
    const std::string_view good[] = {"",
                                     "plain",
                                     "电动车",
                                     "\xC2\xA0",
                                     "\xDF\xBF",
                                     "\xE0\xA0\x80",
                                     "\xED\x9F\xBF",
                                     "\xEE\x80\x80",
                                     "\xF0\x90\x80\x80",
                                     "\xF4\x8F\xBF\xBD",
                                     "\xEF\xBB\xBF"};
    for (const auto text : good)
        CHECK(is_text(text));

    const std::string_view bad[] = {
        "a\0b"sv,              // NUL
        "\x01"sv,              // control
        "\x7F"sv,              // delete
        "\xC2\x80"sv,          // control of the second block
        "\x80"sv,              // a follower alone
        "\xC2"sv,              // cut short
        "\xE4\xB8"sv,          // cut short
        "\xF0\x9F\x98"sv,      // cut short
        "\xC2\x41"sv,          // not a follower
        "\xC0\x80"sv,          // over-long NUL
        "\xC1\xBF"sv,          // over-long
        "\xE0\x9F\xBF"sv,      // over-long
        "\xF0\x8F\xBF\xBF"sv,  // over-long
        "\xED\xA0\x80"sv,      // surrogate
        "\xED\xBF\xBF"sv,      // surrogate
        "\xEF\xBF\xBE"sv,      // U+FFFE
        "\xEF\xB7\x90"sv,      // U+FDD0
        "\xF4\x90\x80\x80"sv,  // past the last character
        "\xF8\x88\x80\x80\x80"sv,
        "\xFF"sv,
    };
    for (const auto text : bad) {
        CAPTURE(text.size(), static_cast<int>(text[0]));
        CHECK_FALSE(is_text(text));
    }
    CHECK_FALSE(is_text("\xC2\xA0"sv.substr(0, 1)));  // the rest is somebody else's
    CHECK(is_text(std::string(65'535, 'a')));
    CHECK_FALSE(is_text(std::string(65'536, 'a')));
}

TEST_CASE("a topic names one thing, a filter may name many", "[mqtt][text]")
{
    CHECK(is_topic_name("ks/1/SITE/POST/up/alarm"));
    for (const auto topic : {"", "a/+", "#", "a#b", "a\tb"})
        CHECK_FALSE(is_topic_name(topic));

    for (const auto filter : {"a", "+", "#", "a/+", "a/+/b", "+/+/#", "/", "/#"})
        CHECK(is_topic_filter(filter));
    for (const auto filter : {"", "a+", "+a", "a/+b", "a#", "#/a", "a/#/b", "##", "++", "a\x01"})
        CHECK_FALSE(is_topic_filter(filter));
}
