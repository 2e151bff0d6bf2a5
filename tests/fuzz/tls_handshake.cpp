#include "firmware/crypto/tls_client.hpp"
#include "tests/support/hex.hpp"

#include <algorithm>
#include <memory>

using namespace ks;
using namespace ks::crypto;

namespace {

/// The authority whose broker was recorded for the corpus: only what is public of it. Our own
/// certificate and key are never looked at on the way to the refusal.
TlsCredentials recorded_site()
{
    TlsCredentials credentials{
        .anchor = {.name = FixedBytes<256>{test::unhex("30123110300e06035504030c0753697465204341")},
                   .key = {test::unhex_as<std::array<std::byte, 65>>(
                       "04db48fbca10fdd1864c20f4529cfcd70353ca0adcb1f00b70388c571a61c53cc2"
                       "005aaa224c70941935a76834a775fb7fdea1509eea624dc0b9fb26fcfb336435")},
                   .not_before = UnixMillis{0},
                   .not_after = UnixMillis{4'000'000'000'000}},
        .chain = {},
        .key = {}};
    credentials.chain.push_back(bytes_of("no certificate"));
    return credentials;
}

}  // namespace

/// Any bytes as a server's side of the handshake. The first byte says into how large pieces the
/// wire cuts them. Whatever they are, nobody without the server's key gets the connection open.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    static const auto credentials = recorded_site();
    static const auto buffers = std::make_unique<SmallTlsBuffers>();
    TlsClient client{buffers->in, buffers->out};
    check(client
              .start(credentials,
                     {.server_name = "localhost",
                      .time = {.at = UnixMillis{1'800'000'000'000}, .known = TimeKnowledge::exact}},
                     sha256(bytes_of("the same at every run")))
              .ok());

    Bytes left{reinterpret_cast<const std::byte*>(data + 1), size - 1};
    const std::size_t chunk = data[0] + 1U;
    while (!left.empty() && client.state() == TlsState::handshaking) {
        client.wire_sent(client.wire_out().size());
        const auto used = client.feed_wire(left.first(std::min(chunk, left.size())));
        if (used == 0) break;
        left = left.subspan(used);
    }
    check(client.state() != TlsState::open);
    check(client.plain_in().empty());
    return 0;
}
