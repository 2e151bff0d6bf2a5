#include "tests/crypto/tls_pair.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::crypto;
using namespace ks::test;

TEST_CASE("a post and a broker that trust one authority talk both ways", "[crypto][tls][unit]")
{
    TlsPair pair{site().good_broker()};
    CHECK(pair.client.state() == TlsState::handshaking);
    pair.run();
    REQUIRE(pair.client.state() == TlsState::open);
    REQUIRE(pair.server.open());

    CHECK(pair.client.write(bytes_of("from the post")) == 13);
    pair.server.send("from the broker");
    pair.run();
    CHECK(pair.server.received() == "from the post");
    CHECK(pair.received == "from the broker");

    pair.client.close();
    CHECK(pair.client.state() == TlsState::closed);
    CHECK(pair.client.failure() == TlsFailure::none);
    pair.run();
    CHECK((SSL_get_shutdown(pair.server.raw()) & SSL_RECEIVED_SHUTDOWN) != 0);
}

TEST_CASE("the wire may cut its bytes anywhere, down to one at a time", "[crypto][tls][unit]")
{
    const std::string text(5'000, 'k');
    for (const std::size_t chunk : {1U, 2U, 5U, 17U, 600U}) {
        TlsPair pair{site().good_broker()};
        pair.chunk = chunk;
        pair.run();
        REQUIRE(pair.client.state() == TlsState::open);

        Bytes left = bytes_of(text);
        while (!left.empty()) {
            left = left.subspan(pair.client.write(left));
            pair.run();
        }
        pair.server.send(text);
        pair.run();
        CHECK(pair.server.received() == text);
        CHECK(pair.received == text);
    }
}

TEST_CASE("S-09: ChaCha20 is taken when the broker leaves the choice, AES-GCM when it must be",
          "[crypto][tls][unit]")
{
    const auto agreed = [](const char* suites) {
        auto spec = site().good_broker();
        spec.suites = suites;
        TlsPair pair{spec};
        pair.run();
        REQUIRE(pair.client.state() == TlsState::open);
        return std::string{SSL_get_cipher_name(pair.server.raw())};
    };
    CHECK(agreed("DEFAULT:@SECLEVEL=0") == "ECDHE-ECDSA-CHACHA20-POLY1305");
    CHECK(agreed("ECDHE-ECDSA-AES128-GCM-SHA256") == "ECDHE-ECDSA-AES128-GCM-SHA256");
}

TEST_CASE("small buffers are enough where the broker keeps to the length asked for",
          "[crypto][tls][unit]")
{
    TlsPair pair{site().good_broker()};
    SmallTlsBuffers small{};
    TlsClient client{small.in, small.out};
    REQUIRE(client
                .start(site().credentials, {.server_name = "localhost", .time = exactly(test_now)},
                       sha256(bytes_of("small")))
                .ok());

    TlsServer server{site().good_broker()};
    std::string received;
    const auto carry = [&] {
        for (int round = 0; round < 100; ++round) {
            const auto out = client.wire_out();
            server.feed(out);
            client.wire_sent(out.size());
            const auto in = server.take_wire();
            Bytes left{in};
            while (!left.empty()) {
                left = left.subspan(client.feed_wire(left));
                const auto plain = client.plain_in();
                received += text_of(plain);
                client.plain_taken(plain.size());
            }
        }
    };
    carry();
    REQUIRE(client.state() == TlsState::open);

    const std::string text(20'000, 'w');
    server.send(text);
    carry();
    CHECK(received == text);

    // A broker that does not keep to it: a record of 3,000 bytes begins.
    CHECK(client.feed_wire(bytes_of("\x17\x03\x03\x0B\xB8")) == 5);
    CHECK(client.failure() == TlsFailure::record_too_large);
}

TEST_CASE("plain bytes that nobody takes stop the wire, and nothing is lost", "[crypto][tls][unit]")
{
    TlsPair pair{site().good_broker()};
    pair.run();
    pair.server.send("first");
    pair.server.send("second");
    const auto wire = pair.server.take_wire();

    const auto used = pair.client.feed_wire(wire);
    CHECK(used < wire.size());
    CHECK(pair.client.feed_wire(Bytes{wire}.subspan(used)) == 0);
    CHECK(text_of(pair.client.plain_in()) == "first");
    pair.client.plain_taken(2);
    CHECK(text_of(pair.client.plain_in()) == "rst");
    pair.client.plain_taken(3);

    CHECK(pair.client.feed_wire(Bytes{wire}.subspan(used)) == wire.size() - used);
    CHECK(text_of(pair.client.plain_in()) == "second");
}

TEST_CASE("S-09: a broker that asks to renegotiate is told no, and the connection stays",
          "[crypto][tls][unit]")
{
    TlsPair pair{site().good_broker()};
    pair.run();
    REQUIRE(pair.client.state() == TlsState::open);

    pair.server.ask_for_renegotiation();
    const auto request = pair.server.take_wire();
    CHECK(pair.client.feed_wire(request) == request.size());
    CHECK(pair.client.state() == TlsState::open);

    const auto refusal = pair.client.wire_out();
    pair.server.feed(refusal);
    pair.client.wire_sent(refusal.size());
    // OpenSSL takes this for an end; another broker would read on, and could.
    CHECK(pair.client.write(bytes_of("still here")) == 10);
    CHECK(pair.server.complaint() == "no renegotiation");
}

TEST_CASE("the end of the wire without a farewell is a failure, and with one it is not",
          "[crypto][tls][unit]")
{
    TlsPair torn{site().good_broker()};
    torn.run();
    torn.client.wire_lost();
    CHECK(torn.client.state() == TlsState::closed);
    CHECK(torn.client.failure() == TlsFailure::cut_off);

    TlsPair ended{site().good_broker()};
    ended.run();
    ended.server.say_farewell();
    ended.run();
    CHECK(ended.client.state() == TlsState::closed);
    ended.client.wire_lost();
    CHECK(ended.client.failure() == TlsFailure::none);

    TlsPair early{site().good_broker()};
    early.client.wire_lost();
    CHECK(early.client.failure() == TlsFailure::cut_off);
}

TEST_CASE("one altered bit in a record ends the connection", "[crypto][tls][unit]")
{
    for (std::size_t i = 5; i < 30; i += 6) {
        TlsPair pair{site().good_broker()};
        pair.run();
        pair.server.send("open outlet 3");
        auto wire = pair.server.take_wire();
        wire[i] ^= std::byte{0x10};
        CHECK(pair.client.feed_wire(wire) == wire.size());
        CHECK(pair.client.state() == TlsState::closed);
        CHECK(pair.client.failure() == TlsFailure::bad_record);
        CHECK(pair.client.plain_in().empty());
        CHECK(pair.client.write(bytes_of("x")) == 0);
    }
}

TEST_CASE("a record played twice ends the connection", "[crypto][tls][unit]")
{
    TlsPair pair{site().good_broker()};
    pair.run();
    pair.server.send("start outlet 3");
    const auto wire = pair.server.take_wire();
    CHECK(pair.client.feed_wire(wire) == wire.size());
    pair.client.plain_taken(pair.client.plain_in().size());
    CHECK(pair.client.feed_wire(wire) == wire.size());
    CHECK(pair.client.failure() == TlsFailure::bad_record);
}

TEST_CASE("what is not TLS is a bad record, not a crash", "[crypto][tls][unit]")
{
    const auto answer_to = [](std::string_view text) {
        TlsPair pair{site().good_broker()};
        pair.client.wire_sent(pair.client.wire_out().size());
        CHECK(pair.client.feed_wire(bytes_of(text)) == text.size());
        pair.client.wire_lost();
        return pair.client.failure();
    };
    CHECK(answer_to("HTTP/1.1 400 Bad Request\r\n\r\n") == TlsFailure::not_tls);
    CHECK(answer_to("\x20\x02") == TlsFailure::not_tls);  // MQTT without TLS
    CHECK(answer_to("\x16\x03\x03\xFF\xFF") == TlsFailure::bad_record);
    CHECK(answer_to("\x16\x03\x03") == TlsFailure::cut_off);
    CHECK(answer_to("\x16\x03\x03\x01\x01\x63") == TlsFailure::cut_off);
}

TEST_CASE("a client that failed starts afresh", "[crypto][tls][unit]")
{
    TlsPair pair{site().good_broker()};
    pair.client.wire_lost();
    REQUIRE(pair.client.failure() == TlsFailure::cut_off);

    REQUIRE(pair.client
                .start(site().credentials, {.server_name = "localhost", .time = exactly(test_now)},
                       sha256(bytes_of("another seed")))
                .ok());
    CHECK(pair.client.failure() == TlsFailure::none);
    pair.run();
    CHECK(pair.client.state() == TlsState::open);
}

TEST_CASE("nothing is sent with a dead noise source, a bad name or no certificate",
          "[crypto][tls][unit]")
{
    AnyBrokerTlsBuffers buffers{};
    TlsClient client{buffers.in, buffers.out};
    const auto refusal = [&](const TlsCredentials& credentials, std::string_view name, Bytes seed) {
        const auto answer =
            client.start(credentials, {.server_name = name, .time = exactly(test_now)}, seed);
        CHECK(client.wire_out().empty());
        CHECK(client.state() == TlsState::closed);
        return answer.reason();
    };
    const auto seed = sha256(bytes_of("seed"));
    auto nobody = site().credentials;
    nobody.chain.clear();

    CHECK(refusal(site().credentials, "localhost", Digest{}) == TlsFailure::weak_seed);
    CHECK(refusal(site().credentials, "localhost", Bytes{seed}.first(31)) == TlsFailure::weak_seed);
    CHECK(refusal(site().credentials, "", seed) == TlsFailure::bad_server_name);
    CHECK(refusal(site().credentials, "local host", seed) == TlsFailure::bad_server_name);
    CHECK(refusal(site().credentials, std::string(254, 'a'), seed) == TlsFailure::bad_server_name);
    CHECK(refusal(nobody, "localhost", seed) == TlsFailure::bad_identity);
}
