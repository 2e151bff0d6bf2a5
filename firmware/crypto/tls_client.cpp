#include "firmware/crypto/tls_client.hpp"

#include "firmware/crypto/bear_chain.hpp"
#include "firmware/crypto/bear_identity.hpp"
#include "firmware/crypto/random.hpp"

#include <algorithm>

namespace ks::crypto {
namespace {

struct Contexts {
    br_ssl_client_context client;
    BearChain chain;
    BearIdentity identity;
};

static_assert(SmallTlsBuffers{}.in.size() - 2048 == BR_SSL_BUFSIZE_INPUT - 16'384);
static_assert(SmallTlsBuffers{}.out.size() - 2048 == BR_SSL_BUFSIZE_OUTPUT - 16'384);

constexpr std::size_t name_limit = 253;  // RFC 1035, 2.3.4, written as text

br_ssl_engine_context* engine_of(Contexts& contexts) { return &contexts.client.eng; }

bool is_dns_name(std::string_view name)
{
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.';
    };
    return !name.empty() && name.size() <= name_limit &&
           std::all_of(name.begin(), name.end(), allowed);
}

/// The profile of S-09, primitive by primitive: what is not named here is not linked and cannot be
/// negotiated. The primitives are the fastest constant-time ones on a Cortex-M4
/// (docs/sources.md, Target chip and TLS).
void set_profile(br_ssl_engine_context& engine)
{
    static constexpr std::uint16_t suites[] = {BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
                                               BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256};
    br_ssl_engine_set_versions(&engine, BR_TLS12, BR_TLS12);
    br_ssl_engine_set_suites(&engine, suites, std::size(suites));
    br_ssl_engine_add_flags(&engine, BR_OPT_NO_RENEGOTIATION);
    br_ssl_engine_set_hash(&engine, br_sha256_ID, &br_sha256_vtable);
    br_ssl_engine_set_prf_sha256(&engine, br_tls12_sha256_prf);
    br_ssl_engine_set_ec(&engine, &br_ec_p256_m31);
    br_ssl_engine_set_ecdsa(&engine, br_ecdsa_i31_vrfy_asn1);
    br_ssl_engine_set_chapol(&engine, &br_sslrec_in_chapol_vtable, &br_sslrec_out_chapol_vtable);
    br_ssl_engine_set_chacha20(&engine, br_chacha20_ct_run);
    br_ssl_engine_set_poly1305(&engine, br_poly1305_ctmul_run);
    br_ssl_engine_set_gcm(&engine, &br_sslrec_in_gcm_vtable, &br_sslrec_out_gcm_vtable);
    br_ssl_engine_set_aes_ctr(&engine, &br_aes_ct_ctr_vtable);
    br_ssl_engine_set_ghash(&engine, br_ghash_ctmul);
}

/// RFC 5246, 7.2.2, as far as a server uses them to say that it does not accept who we are.
bool is_about_our_certificate(unsigned alert)
{
    constexpr std::uint8_t refusals[] = {41, 42, 43, 44, 45, 46, 48, 49, 51};
    return std::find(std::begin(refusals), std::end(refusals), alert) != std::end(refusals);
}

TlsFailure meaning_of_alert(unsigned alert, const BearIdentity& identity)
{
    constexpr unsigned handshake_failure = 40;
    constexpr unsigned protocol_version = 70;
    constexpr unsigned insufficient_security = 71;
    if (is_about_our_certificate(alert)) return TlsFailure::refused_us;
    if (alert == protocol_version) return TlsFailure::old_version;
    if (alert == insufficient_security) return TlsFailure::no_common_suite;
    // One number for two things: before the server saw our certificate it is about the suites.
    if (alert == handshake_failure)
        return identity.asked ? TlsFailure::refused_us : TlsFailure::no_common_suite;
    return TlsFailure::peer_alert;
}

TlsFailure meaning_of_error(int error)
{
    switch (error) {
    case BR_ERR_UNSUPPORTED_VERSION: return TlsFailure::old_version;
    case BR_ERR_BAD_CIPHER_SUITE:
    case BR_ERR_BAD_COMPRESSION:
    case BR_ERR_INVALID_ALGORITHM: return TlsFailure::weak_agreement;
    case BR_ERR_BAD_SIGNATURE: return TlsFailure::bad_signature;
    case BR_ERR_WRONG_KEY_USAGE: return TlsFailure::wrong_usage;
    case BR_ERR_TOO_LARGE: return TlsFailure::record_too_large;
    case BR_ERR_BAD_VERSION:
    case BR_ERR_BAD_LENGTH:
    case BR_ERR_BAD_MAC:
    case BR_ERR_UNKNOWN_TYPE: return TlsFailure::bad_record;
    case BR_ERR_NO_RANDOM: return TlsFailure::weak_seed;
    }
    return TlsFailure::bad_handshake;
}

/// A server begins with a handshake record or an alert (RFC 5246, 6.2.1).
bool may_be_tls(std::byte first) { return first == std::byte{22} || first == std::byte{21}; }

bool is_alert(int error)
{
    return error >= BR_ERR_RECV_FATAL_ALERT && error < BR_ERR_SEND_FATAL_ALERT;
}

}  // namespace

TlsClient::TlsClient(std::span<std::byte> in, std::span<std::byte> out) : in_{in}, out_{out}
{
    contexts_.make<Contexts>();
}

Result<Done, TlsFailure> TlsClient::start(const TlsCredentials& credentials, const Target& target,
                                          Bytes seed)
{
    auto& contexts = contexts_.make<Contexts>();
    started_ = heard_ = false;
    state_ = TlsState::closed;
    failure_ = TlsFailure::none;
    peer_alert_ = 0;
    if (!is_dns_name(target.server_name))
        fail(TlsFailure::bad_server_name);
    else if (credentials.chain.empty())
        fail(TlsFailure::bad_identity);
    else if (!SeedHealth{}.examine(seed).ok())
        fail(TlsFailure::weak_seed);
    if (failure_ != TlsFailure::none) return Failure{failure_};

    br_ssl_client_zero(&contexts.client);
    auto& engine = *engine_of(contexts);
    set_profile(engine);
    contexts.chain.make(credentials.anchor, target.time);
    contexts.identity.make(credentials);
    br_ssl_engine_set_x509(&engine, &contexts.chain.vtable);
    br_ssl_client_set_client_certificate(&contexts.client, &contexts.identity.vtable);
    br_ssl_engine_set_buffers_bidi(&engine, in_.data(), in_.size(), out_.data(), out_.size());
    br_ssl_engine_inject_entropy(&engine, seed.data(), seed.size());

    std::array<char, name_limit + 1> name{};
    std::copy(target.server_name.begin(), target.server_name.end(), name.begin());
    constexpr int no_resumption = 0;  // mosquitto did a full handshake anyway [V]
    // What can fail here is our own doing: buffers too small for any fragment.
    check(br_ssl_client_reset(&contexts.client, name.data(), no_resumption) == 1);

    started_ = true;
    state_ = TlsState::handshaking;
    return Done{};
}

std::size_t TlsClient::feed_wire(Bytes bytes)
{
    auto* engine = engine_of(contexts_.as<Contexts>());
    if (!heard_ && !bytes.empty() && state_ == TlsState::handshaking) {
        heard_ = true;
        if (!may_be_tls(bytes[0])) fail(TlsFailure::not_tls);
    }
    std::size_t used = 0;
    while (used < bytes.size() && state_ != TlsState::closed) {
        std::size_t room = 0;
        auto* into = br_ssl_engine_recvrec_buf(engine, &room);
        if (into == nullptr) break;
        const auto count = std::min(room, bytes.size() - used);
        std::memcpy(into, bytes.data() + used, count);
        br_ssl_engine_recvrec_ack(engine, count);
        used += count;
        settle();
    }
    return state_ == TlsState::closed ? bytes.size() : used;
}

Bytes TlsClient::wire_out()
{
    if (!started_) return {};
    auto* engine = engine_of(contexts_.as<Contexts>());
    constexpr int only_if_something_waits = 0;
    br_ssl_engine_flush(engine, only_if_something_waits);
    std::size_t count = 0;
    const auto* bytes = br_ssl_engine_sendrec_buf(engine, &count);
    return {reinterpret_cast<const std::byte*>(bytes), bytes == nullptr ? 0 : count};
}

void TlsClient::wire_sent(std::size_t count)
{
    if (count == 0) return;
    check(count <= wire_out().size());
    br_ssl_engine_sendrec_ack(engine_of(contexts_.as<Contexts>()), count);
    settle();
}

void TlsClient::wire_lost()
{
    if (state_ != TlsState::closed) fail(TlsFailure::cut_off);
    started_ = false;
}

std::size_t TlsClient::write(Bytes plain)
{
    auto* engine = engine_of(contexts_.as<Contexts>());
    std::size_t accepted = 0;
    while (state_ == TlsState::open && accepted < plain.size()) {
        std::size_t room = 0;
        auto* into = br_ssl_engine_sendapp_buf(engine, &room);
        if (into == nullptr) break;
        const auto count = std::min(room, plain.size() - accepted);
        std::memcpy(into, plain.data() + accepted, count);
        br_ssl_engine_sendapp_ack(engine, count);
        accepted += count;
    }
    return accepted;
}

Bytes TlsClient::plain_in()
{
    if (state_ != TlsState::open) return {};
    std::size_t count = 0;
    const auto* bytes = br_ssl_engine_recvapp_buf(engine_of(contexts_.as<Contexts>()), &count);
    return {reinterpret_cast<const std::byte*>(bytes), bytes == nullptr ? 0 : count};
}

void TlsClient::plain_taken(std::size_t count)
{
    if (count == 0) return;
    check(count <= plain_in().size());
    br_ssl_engine_recvapp_ack(engine_of(contexts_.as<Contexts>()), count);
    settle();
}

Result<Done, TlsFailure> TlsClient::recheck(UnixMillis now)
{
    if (state_ != TlsState::open) return Done{};
    const auto& chain = contexts_.as<Contexts>().chain;
    const auto verdict =
        judge_time({.at = now, .known = TimeKnowledge::exact}, chain.not_before, chain.not_after);
    if (verdict == TlsFailure::none) return Done{};
    close();
    failure_ = verdict;
    return Failure{verdict};
}

void TlsClient::close()
{
    if (state_ == TlsState::closed) return;
    br_ssl_engine_close(engine_of(contexts_.as<Contexts>()));
    state_ = TlsState::closed;
}

void TlsClient::settle()
{
    if (state_ == TlsState::closed) return;
    auto& contexts = contexts_.as<Contexts>();
    auto* engine = engine_of(contexts);
    const auto now = br_ssl_engine_current_state(engine);

    if ((now & BR_SSL_CLOSED) != 0) {
        const int error = br_ssl_engine_last_error(engine);
        if (error == BR_ERR_OK) {
            // A farewell during the handshake is a refusal without a reason.
            if (state_ == TlsState::handshaking) fail(TlsFailure::cut_off);
            state_ = TlsState::closed;
        } else if (contexts.chain.verdict != TlsFailure::none) {
            fail(contexts.chain.verdict);
        } else if (is_alert(error)) {
            peer_alert_ = static_cast<std::uint8_t>(error - BR_ERR_RECV_FATAL_ALERT);
            fail(meaning_of_alert(peer_alert_, contexts.identity));
        } else {
            fail(meaning_of_error(error));
        }
        return;
    }
    // The engine takes plain bytes for the first time when both sides have finished.
    if (state_ == TlsState::handshaking && (now & BR_SSL_SENDAPP) != 0) {
        if (contexts.identity.asked) {
            state_ = TlsState::open;
        } else {
            close();
            failure_ = TlsFailure::no_client_auth;
        }
    }
}

void TlsClient::fail(TlsFailure failure)
{
    if (failure_ == TlsFailure::none) failure_ = failure;
    state_ = TlsState::closed;
}

}  // namespace ks::crypto
