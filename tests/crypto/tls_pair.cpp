#include "tests/crypto/tls_pair.hpp"

#include <algorithm>

namespace ks::test {

using namespace crypto;

const TlsSite& site()
{
    static const TlsSite the_site;
    return the_site;
}

TlsCredentials TlsSite::credentials_of(const Issued& own, const std::vector<std::byte>& der) const
{
    TlsCredentials made{.anchor = *anchor_from(authority.der()), .chain = {}, .key = {}};
    made.chain.push_back(der);
    const auto key = own.raw_key();
    std::copy(key.begin(), key.end(), made.key.bytes.begin());
    return made;
}

TlsPair::TlsPair(const TlsServerSpec& spec)
    : TlsPair{spec, site().credentials, {.server_name = "localhost", .time = exactly(test_now)}}
{}

TlsPair::TlsPair(const TlsServerSpec& spec, const TlsCredentials& credentials,
                 const TlsClient::Target& target)
    : server{spec}
{
    check(client.start(credentials, target, sha256(bytes_of("a seed for tests"))).ok());
}

void TlsPair::deliver(Bytes bytes)
{
    while (!bytes.empty()) {
        const auto used = client.feed_wire(bytes.first(std::min(chunk, bytes.size())));
        const auto plain = client.plain_in();
        received += text_of(plain);
        client.plain_taken(plain.size());
        check(used > 0 || !plain.empty());
        bytes = bytes.subspan(used);
    }
    const auto plain = client.plain_in();
    received += text_of(plain);
    client.plain_taken(plain.size());
}

void TlsPair::run()
{
    bool moved = true;
    while (moved) {
        moved = false;
        for (auto out = client.wire_out(); !out.empty(); out = client.wire_out()) {
            out = out.first(std::min(chunk, out.size()));
            server.feed(out);
            client.wire_sent(out.size());
            moved = true;
        }
        const auto in = server.take_wire();
        moved = moved || !in.empty();
        deliver(in);
    }
}

}  // namespace ks::test
