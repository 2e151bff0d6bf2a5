#include "firmware/protocol/chain.hpp"
#include "firmware/protocol/fields.hpp"

namespace ks::protocol {

namespace {

// How many items each message has, the version included.
constexpr std::size_t birth_items = 8;
constexpr std::size_t nonce_offer_items = 4;
constexpr std::size_t will_items = 2;
constexpr std::size_t ack_items = 2;
constexpr std::size_t time_notice_items = 3;
constexpr std::size_t range_request_items = 4;
constexpr std::size_t nonce_request_items = 1;

void put_lanes(CborWriter& out, const std::array<LaneState, lane_count>& lanes)
{
    out.array(lanes.size());
    for (const auto& lane : lanes) {
        check(is_seq(lane.oldest) && is_seq(lane.next) && lane.oldest <= lane.next);
        put_all(out, lane.oldest, lane.next, lane.before);
    }
}

/// The message that `write` puts into the writer.
template <class Write>
MessageBytes message(std::size_t items, Write write)
{
    MessageBytes bytes;
    CborWriter out{bytes.raw()};
    out.array(items);
    put(out, version);
    write(out);
    check(out.ok());
    bytes.resize(out.written().size());
    return bytes;
}

/// The message of these fields.
template <class... Fields>
MessageBytes message_of(const Fields&... fields)
{
    return message(1 + sizeof...(fields), [&](CborWriter& out) { (put(out, fields), ...); });
}

LaneState lane_state(CborReader& in)
{
    in.array(3);
    const LaneState lane{
        .oldest = take_seq(in), .next = take_seq(in), .before = take_bytes<chain_digest_size>(in)};
    if (lane.oldest > lane.next) in.refuse(Refusal::out_of_range);
    return lane;
}

/// The message, if the reader is content and nothing follows.
template <class T>
Result<T, Refusal> whole(CborReader& in, const T& message)
{
    in.end();
    if (!in.ok()) return Failure{in.refusal()};
    return message;
}

}  // namespace

MessageBytes encode(const Birth& birth)
{
    check(birth.outlets <= outlet_limit);
    return message(birth_items, [&](CborWriter& out) {
        put(out, birth.boot);
        put(out, birth.mono);
        put(out, birth.outlets);
        put(out, birth.firmware);
        put(out, birth.settings);
        put(out, birth.settings_version);
        put_lanes(out, birth.lanes);
    });
}

MessageBytes encode(const NonceOffer& offer)
{
    return message_of(offer.boot, offer.mono, offer.nonce);
}

MessageBytes encode(const Will& will) { return message_of(will.boot); }

MessageBytes encode(const Ack& ack)
{
    return message(ack_items, [&](CborWriter& out) {
        out.array(ack.upto.size());
        for (const auto upto : ack.upto) {
            check(upto == 0 || is_seq(upto));
            put(out, upto);
        }
    });
}

MessageBytes encode(const TimeNotice& notice) { return message_of(notice.echo, notice.now); }

MessageBytes encode(const RangeRequest& request)
{
    check(is_seq(request.from) && is_seq(request.to) && request.from <= request.to);
    return message_of(request.lane, request.from, request.to);
}

MessageBytes encode(const NonceRequest&) { return message_of(); }

Result<Birth, Refusal> decode_birth(Bytes bytes)
{
    CborReader in{bytes};
    in.message(birth_items);
    Birth birth{.boot = take<std::uint32_t>(in),
                .mono = take<Instant>(in),
                .outlets = take_outlet(in),
                .firmware = take_bytes<8>(in),
                .settings = take_bytes<8>(in),
                .settings_version = take<std::uint32_t>(in),
                .lanes = {}};
    in.array(birth.lanes.size());
    for (auto& lane : birth.lanes)
        lane = lane_state(in);
    return whole(in, birth);
}

Result<NonceOffer, Refusal> decode_nonce_offer(Bytes bytes)
{
    CborReader in{bytes};
    in.message(nonce_offer_items);
    return whole(in, NonceOffer{.boot = take<std::uint32_t>(in),
                                .mono = take<Instant>(in),
                                .nonce = take_bytes<16>(in)});
}

Result<Will, Refusal> decode_will(Bytes bytes)
{
    CborReader in{bytes};
    in.message(will_items);
    return whole(in, Will{.boot = take<std::uint32_t>(in)});
}

Result<Ack, Refusal> decode_ack(Bytes bytes)
{
    CborReader in{bytes};
    in.message(ack_items);
    Ack ack{};
    in.array(ack.upto.size());
    for (auto& upto : ack.upto)
        upto = take_count(in);
    return whole(in, ack);
}

Result<TimeNotice, Refusal> decode_time_notice(Bytes bytes)
{
    CborReader in{bytes};
    in.message(time_notice_items);
    const auto echo = take<Instant>(in);
    // Stricter than `encode`, which an edge with an unset clock must survive.
    const UnixMillis now{in.integer(earliest_time.count(), latest_time.count())};
    return whole(in, TimeNotice{.echo = echo, .now = now});
}

Result<RangeRequest, Refusal> decode_range_request(Bytes bytes)
{
    CborReader in{bytes};
    in.message(range_request_items);
    const RangeRequest request{.lane = take<Lane>(in), .from = take_seq(in), .to = take_seq(in)};
    if (request.from > request.to) in.refuse(Refusal::out_of_range);
    return whole(in, request);
}

Result<NonceRequest, Refusal> decode_nonce_request(Bytes bytes)
{
    CborReader in{bytes};
    in.message(nonce_request_items);
    return whole(in, NonceRequest{});
}

}  // namespace ks::protocol
