#include "firmware/crypto/ecdsa.hpp"
#include "firmware/crypto/random.hpp"
#include "tests/support/hex.hpp"

#include <catch2/catch.hpp>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <string>

using namespace ks;
using namespace ks::crypto;
using ks::test::unhex_as;

namespace {

// RFC 6979, A.2.5.
const PrivateKey rfc_key{unhex_as<std::array<std::byte, 32>>(
    "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721")};
const PublicKey rfc_point{unhex_as<std::array<std::byte, 65>>(
    "0460FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
    "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299")};

// The order of the group, SEC 2, 2.4.2.
constexpr auto order = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";
constexpr auto zero = "0000000000000000000000000000000000000000000000000000000000000000";

PrivateKey key_of(std::string_view hex) { return {unhex_as<std::array<std::byte, 32>>(hex)}; }

Signature signature_of(std::string_view r, std::string_view s)
{
    return {unhex_as<std::array<std::byte, 64>>(std::string{r} + std::string{s})};
}

struct OpenSslKey {
    explicit OpenSslKey(const PublicKey& point)
    {
        OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.bytes.data(),
                                         point.bytes.size());
        OSSL_PARAM* params = OSSL_PARAM_BLD_to_param(builder);
        EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr);
        EVP_PKEY_fromdata_init(context);
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params);
        EVP_PKEY_CTX_free(context);
        OSSL_PARAM_free(params);
        OSSL_PARAM_BLD_free(builder);
    }
    ~OpenSslKey() { EVP_PKEY_free(key); }
    OpenSslKey(const OpenSslKey&) = delete;
    OpenSslKey& operator=(const OpenSslKey&) = delete;

    [[nodiscard]] bool verifies(const Digest& digest, const Signature& signature) const
    {
        const auto* raw = reinterpret_cast<const unsigned char*>(signature.bytes.data());
        ECDSA_SIG* pair = ECDSA_SIG_new();
        ECDSA_SIG_set0(pair, BN_bin2bn(raw, 32, nullptr), BN_bin2bn(raw + 32, 32, nullptr));
        unsigned char* der = nullptr;
        const int size = i2d_ECDSA_SIG(pair, &der);
        EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(key, nullptr);
        EVP_PKEY_verify_init(context);
        const int verdict =
            EVP_PKEY_verify(context, der, static_cast<std::size_t>(size),
                            reinterpret_cast<const unsigned char*>(digest.data()), digest.size());
        EVP_PKEY_CTX_free(context);
        OPENSSL_free(der);
        ECDSA_SIG_free(pair);
        return verdict == 1;
    }

    EVP_PKEY* key{nullptr};
};

}  // namespace

TEST_CASE("ECDSA gives the values printed in RFC 6979, A.2.5", "[crypto][ecdsa][unit]")
{
    CHECK(*public_key_of(rfc_key) == rfc_point);
    CHECK(*sign(rfc_key, sha256(bytes_of("sample"))) ==
          signature_of("EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
                       "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"));
    CHECK(*sign(rfc_key, sha256(bytes_of("test"))) ==
          signature_of("F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367",
                       "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083"));
}

TEST_CASE("a number that is no key of the curve is refused", "[crypto][ecdsa][unit]")
{
    const auto digest = sha256(bytes_of("sample"));
    for (const auto* bad :
         {zero, order, "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632552",
          "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"}) {
        CHECK(sign(key_of(bad), digest).reason() == KeyFault::out_of_range);
        CHECK(public_key_of(key_of(bad)).reason() == KeyFault::out_of_range);
    }

    // The last number below the order is a key.
    const auto last = key_of("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632550");
    CHECK(verify(*public_key_of(last), digest, *sign(last, digest)));
}

TEST_CASE("every single flipped bit breaks a signature", "[crypto][ecdsa][unit]")
{
    const auto digest = sha256(bytes_of("record 17"));
    const auto good = *sign(rfc_key, digest);
    REQUIRE(verify(rfc_point, digest, good));

    // One bit in each byte of signature, digest and key; a whole sweep would take seconds.
    const auto flip = [](auto bytes, std::size_t i) {
        bytes[i] ^= static_cast<std::byte>(1U << i % 8);
        return bytes;
    };
    for (std::size_t i = 0; i < good.bytes.size(); ++i)
        CHECK_FALSE(verify(rfc_point, digest, {flip(good.bytes, i)}));
    for (std::size_t i = 0; i < digest.size(); ++i)
        CHECK_FALSE(verify(rfc_point, flip(digest, i), good));
    for (std::size_t i = 0; i < rfc_point.bytes.size(); ++i)
        CHECK_FALSE(verify({flip(rfc_point.bytes, i)}, digest, good));
}

TEST_CASE("what only looks like a signature is refused", "[crypto][ecdsa][unit]")
{
    const auto digest = sha256(bytes_of("sample"));
    const std::string one = std::string(63, '0') + "1";
    const std::string ones(64, 'F');
    for (const auto& r : {std::string{zero}, one, std::string{order}, ones})
        for (const auto& s : {std::string{zero}, one, std::string{order}, ones})
            CHECK_FALSE(verify(rfc_point, digest, signature_of(r, s)));

    // The point at infinity has no uncompressed form; zeros and a compressed mark are no point.
    const auto good = *sign(rfc_key, digest);
    CHECK_FALSE(verify(PublicKey{}, digest, good));
    auto compressed = rfc_point;
    compressed.bytes[0] = std::byte{0x02};
    CHECK_FALSE(verify(compressed, digest, good));
}

TEST_CASE("signatures agree with OpenSSL both ways", "[crypto][ecdsa][unit]")
{
    SeededRandom random;
    REQUIRE(random.seed(sha256(bytes_of("ecdsa cross-check"))).ok());

    for (int round = 0; round < 20; ++round) {
        const PrivateKey key{random.draw<32>()};
        const auto point = *public_key_of(key);
        const auto digest = random.draw<32>();
        const auto signature = *sign(key, digest);

        const OpenSslKey theirs{point};
        REQUIRE(theirs.key != nullptr);
        CHECK(theirs.verifies(digest, signature));
        auto broken = signature;
        broken.bytes[63] ^= std::byte{1};
        CHECK_FALSE(theirs.verifies(digest, broken));
    }
}
