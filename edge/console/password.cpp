#include "edge/console/password.hpp"

#include "firmware/base/check.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <span>
#include <stdexcept>
#include <vector>

namespace ks::edge {

namespace {

unsigned char* octets(std::span<std::byte> bytes)
{
    return reinterpret_cast<unsigned char*>(bytes.data());
}

const unsigned char* octets(std::span<const std::byte> bytes)
{
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

void fill_random(std::span<std::byte> bytes)
{
    if (RAND_bytes(octets(bytes), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error{"no randomness"};
}

std::array<std::byte, 32> derive(std::string_view password, ScryptCost cost,
                                 std::span<const std::byte> salt)
{
    check(bearable(cost));
    // OpenSSL's own cap is 32 MiB in all and refuses every n from 2^15 on (E24), so the true need
    // is passed: the large block, p small ones, and room for the rest.
    const std::uint64_t need =
        std::uint64_t{128} * cost.r * (std::uint64_t{cost.n} + cost.p + 2) + 1'048'576;
    std::array<std::byte, 32> key{};
    if (EVP_PBE_scrypt(password.data(), password.size(), octets(salt), salt.size(), cost.n, cost.r,
                       cost.p, need, octets(std::span<std::byte>{key}), key.size()) != 1)
        throw std::runtime_error{"scrypt failed"};
    return key;
}

}  // namespace

PasswordHash hash_password(std::string_view password, ScryptCost cost)
{
    PasswordHash hash{.cost = cost};
    fill_random(hash.salt);
    hash.key = derive(password, cost, hash.salt);
    return hash;
}

bool matches(const PasswordHash& hash, std::string_view password)
{
    const auto key = derive(password, hash.cost, hash.salt);
    return CRYPTO_memcmp(key.data(), hash.key.data(), key.size()) == 0;
}

std::string random_text(std::size_t bits)
{
    constexpr std::string_view letters = "ABCDEFGHJKMNPQRSTVWXYZ0123456789";
    static_assert(letters.size() == 32);
    std::vector<std::byte> random((bits + 4) / 5);
    fill_random(random);
    std::string text;
    for (const auto each : random)
        text.push_back(letters[std::to_integer<unsigned>(each) % 32]);
    return text;
}

bool equal_in_constant_time(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace ks::edge
