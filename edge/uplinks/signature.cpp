#include "edge/uplinks/signature.hpp"

#include "firmware/crypto/hmac.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdio>
#include <ctime>

namespace ks::edge {

namespace {

std::string base64(Bytes bytes)
{
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::optional<std::vector<std::byte>> from_base64(std::string_view text)
{
    if (text.empty() || text.size() % 4 != 0) return std::nullopt;
    std::vector<std::byte> bytes(text.size() / 4 * 3);
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
    if (size < 0) return std::nullopt;
    // OpenSSL counts the padding as zero bytes.
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    bytes.resize(static_cast<std::size_t>(size) - padding);
    return bytes;
}

}  // namespace

std::optional<std::vector<std::byte>> webhook_key(std::string_view secret)
{
    constexpr std::string_view prefix = "whsec_";
    while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r'))
        secret.remove_suffix(1);
    if (!secret.starts_with(prefix)) return std::nullopt;
    auto key = from_base64(secret.substr(prefix.size()));
    if (!key || key->size() < 24 || key->size() > 64) return std::nullopt;
    return key;
}

std::string webhook_signature(Bytes key, std::string_view id, std::int64_t seconds,
                              std::string_view body)
{
    const auto moment = std::to_string(seconds);
    const auto code = crypto::hmac_sha256(
        key, {bytes_of(id), bytes_of("."), bytes_of(moment), bytes_of("."), bytes_of(body)});
    return "v1," + base64(code);
}

std::string iso_time(UnixMillis at)
{
    const std::int64_t millis = at.count();
    const std::time_t seconds = static_cast<std::time_t>(millis / 1000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 40> text{};
    const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    const auto fraction = std::to_string(1000 + (millis % 1000 + 1000) % 1000).substr(1);
    return std::string{text.data(), size} + "." + fraction + "Z";
}

}  // namespace ks::edge
