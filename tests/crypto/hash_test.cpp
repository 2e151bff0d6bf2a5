#include "firmware/crypto/hmac.hpp"
#include "tests/support/hex.hpp"

#include <catch2/catch.hpp>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <random>
#include <string>

using namespace ks;
using namespace ks::crypto;
using ks::test::unhex;
using ks::test::unhex_as;

namespace {

std::vector<std::byte> some_bytes(std::size_t size)
{
    std::mt19937 engine{static_cast<std::mt19937::result_type>(size)};
    std::vector<std::byte> bytes(size);
    for (auto& byte : bytes)
        byte = static_cast<std::byte>(engine());
    return bytes;
}

}  // namespace

TEST_CASE("SHA-256 gives the values printed in FIPS 180", "[crypto][sha256][unit]")
{
    const auto gives = [](const std::string& message, const char* digest) {
        CHECK(sha256(bytes_of(message)) == unhex_as<Digest>(digest));
    };
    gives("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    gives("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    gives("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    gives(std::string(1'000'000, 'a'),
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("a hash does not depend on how its bytes were cut, and a copy goes its own way",
          "[crypto][sha256][unit]")
{
    const auto message = some_bytes(300);
    const Bytes whole{message};

    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
        CHECK(sha256(whole.first(cut), whole.subspan(cut)) == sha256(whole));

        Sha256 hash;
        hash.update(whole.first(cut));
        auto copy = hash;
        copy.update(bytes_of("elsewhere"));
        hash.update(whole.subspan(cut));
        CHECK(hash.digest() == sha256(whole));
        CHECK(copy.digest() == sha256(whole.first(cut), bytes_of("elsewhere")));
    }
}

TEST_CASE("HMAC-SHA-256 gives the values printed in RFC 4231", "[crypto][hmac][unit]")
{
    const auto gives = [](const std::string& key, const std::string& text, const char* code) {
        const auto message = bytes_of(text);
        CHECK(hmac_sha256(bytes_of(key), message) == unhex_as<Digest>(code));
        CHECK(hmac_sha256(bytes_of(key), {message.first(3), message.subspan(3)}) ==
              unhex_as<Digest>(code));
    };
    gives(std::string(20, '\x0b'), "Hi There",
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    gives("Jefe", "what do ya want for nothing?",
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    gives(std::string(20, '\xaa'), std::string(50, '\xdd'),
          "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    gives(std::string(text_of(unhex("0102030405060708090a0b0c0d0e0f10111213141516171819"))),
          std::string(50, '\xcd'),
          "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
    gives(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    gives(std::string(131, '\xaa'),
          "This is a test using a larger than block-size key and a larger than block-size data. "
          "The key needs to be hashed before being used by the HMAC algorithm.",
          "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST_CASE("hash and code agree with OpenSSL for every length around the block's",
          "[crypto][sha256][hmac][unit]")
{
    for (std::size_t size = 0; size <= 200; ++size) {
        const auto message = some_bytes(size);
        Digest theirs;
        unsigned length = 0;

        EVP_Digest(message.data(), size, reinterpret_cast<unsigned char*>(theirs.data()), &length,
                   EVP_sha256(), nullptr);
        CHECK(sha256(Bytes{message}) == theirs);

        const auto key = some_bytes(200 - size);
        HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(message.data()), size,
             reinterpret_cast<unsigned char*>(theirs.data()), &length);
        CHECK(hmac_sha256(key, message) == theirs);
    }
}

TEST_CASE("codes are equal only when every bit is", "[crypto][hmac][unit]")
{
    const auto code = sha256(bytes_of("code"));
    CHECK(equal_in_constant_time(code, code));
    CHECK(equal_in_constant_time({}, {}));
    CHECK_FALSE(equal_in_constant_time(code, Bytes{code}.first(31)));

    for (std::size_t bit = 0; bit < code.size() * 8; ++bit) {
        auto other = code;
        other[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
        CHECK_FALSE(equal_in_constant_time(code, other));
    }
}
