#include "firmware/mqtt/encode.hpp"
#include "sim/world/client_packets.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::sim;

namespace {

template <class Encode>
Buffer encoded(Encode encode)
{
    Buffer out(2'000);
    ByteWriter writer{out};
    encode(writer);
    check(writer.ok());
    out.resize(writer.size());
    return out;
}

Buffer publish_of(std::size_t size)
{
    const Buffer payload(size, std::byte{7});
    return encoded([&](ByteWriter& writer) {
        mqtt::encode_publish(writer, {.topic = "up/x",
                                      .payload = payload,
                                      .qos = mqtt::Qos::at_least_once,
                                      .packet_id = 258});
    });
}

Buffer bytes(std::initializer_list<int> values)
{
    Buffer out;
    for (const auto value : values)
        out.push_back(static_cast<std::byte>(value));
    return out;
}

}  // namespace

TEST_CASE("the broker reads what the post's own client writes, in pieces of any size",
          "[sim][world][mqtt]")
{
    const auto size = GENERATE(0u, 119u, 120u, 640u);
    const auto piece = GENERATE(1u, 7u, 2'000u);
    const auto sent = publish_of(size);
    ClientPackets packets;
    std::optional<ClientPacket> got;
    for (std::size_t at = 0; at < sent.size(); at += piece) {
        CHECK_FALSE(got.has_value());
        packets.feed(Bytes{sent}.subspan(at, std::min<std::size_t>(piece, sent.size() - at)));
        got = packets.next();
    }
    REQUIRE(got.has_value());
    const auto* is = std::get_if<Published>(&*got);
    REQUIRE(is != nullptr);
    CHECK(is->mail.topic == "up/x");
    CHECK(is->mail.payload.size() == size);
    CHECK(is->packet_id == 258);
    CHECK(is->mail.quality == Mail::Quality::at_least_once);
    CHECK_FALSE(packets.next().has_value());
}

TEST_CASE("a connect tells who it is and what to say when it is gone", "[sim][world][mqtt]")
{
    const Buffer last{std::byte{1}, std::byte{2}};
    ClientPackets packets;
    packets.feed(encoded([&](ByteWriter& writer) {
        mqtt::encode_connect(writer, {.client_id = "POST-0001",
                                      .user_name = "POST-0001",
                                      .will = mqtt::Will{.topic = "up/will", .payload = last},
                                      .keep_alive = Millis{60'000},
                                      .session = mqtt::Session::clean});
    }));
    const auto got = packets.next();
    REQUIRE(got.has_value());
    const auto* is = std::get_if<Connect>(&*got);
    REQUIRE(is != nullptr);
    CHECK(is->client_id == "POST-0001");
    CHECK(is->keep_alive_seconds == 60);
    REQUIRE(is->will.has_value());
    CHECK(is->will->topic == "up/will");
    CHECK(is->will->payload == last);
}

TEST_CASE("what no client may send ends the conversation", "[sim][world][mqtt]")
{
    const auto nonsense =
        GENERATE(bytes({0x20, 2, 0, 0}),                        // a broker's own packet
                 bytes({0x34, 5, 0, 1, 'a', 0, 1}),             // QoS 2
                 bytes({0x32, 5, 0, 1, 'a', 0, 0}),             // packet id 0
                 bytes({0x32, 2, 0, 9}),                        // a topic that is longer than it is
                 bytes({0x10, 4, 0, 2, 'M', 'Q'}),              // another protocol
                 bytes({0x82, 4, 0, 1, 0, 9}),                  // half a filter
                 bytes({0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01}));  // a length of five bytes
    ClientPackets packets;
    packets.feed(nonsense);
    const auto got = packets.next();
    REQUIRE(got.has_value());
    CHECK(std::holds_alternative<Nonsense>(*got));
}
