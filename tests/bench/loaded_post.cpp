#include "tests/bench/loaded_post.hpp"

namespace ks::bench {

using namespace protocol;

namespace {

constexpr std::uint8_t outlets = 10;
constexpr std::uint32_t boot = 1;
constexpr std::uint64_t causes = 7;

}  // namespace

LoadedPost::LoadedPost(const SiteId& site, const PostId& id) : id_{id}
{
    for (const auto what : {Up::alarm, Up::event, Up::tele, Up::birth})
        topics_[static_cast<std::size_t>(what)] =
            std::string{topic_of(UpTopic{.site = site, .post = id, .what = what}).text()};
    for (const auto lane : all_lanes)
        of(lane).head = genesis(id_, lane);
}

std::string_view LoadedPost::topic(Up what) const
{
    return topics_.at(static_cast<std::size_t>(what));
}

MessageBytes LoadedPost::birth() const
{
    Birth birth{.boot = boot,
                .mono = Instant{Millis{1}},
                .outlets = outlets,
                .firmware = {},
                .settings = {},
                .settings_version = 1,
                .lanes = {}};
    for (const auto lane : all_lanes)
        birth.lanes[static_cast<std::size_t>(lane)] = {
            .oldest = 1, .next = 1, .before = genesis(id_, lane)};
    return encode(birth);
}

void LoadedPost::make_frame()
{
    const auto n = static_cast<std::int32_t>(made(Lane::tele));
    Telemetry frame{.mains = Millivolts{230'000 + n % 700}, .outlets = {}};
    for (std::int32_t i = 0; i < outlets; ++i)
        frame.outlets.push_back({.state = OutletState::charging,
                                 .current = Milliamps{900 + (n + i) % 37},
                                 .power = Milliwatts{200'000 + (n * 7 + i) % 997},
                                 .energy = MilliwattHours{100'000 + 55LL * n + i},
                                 .contact = DeciCelsius{310 + (n + i) % 9}});
    make(Lane::tele, frame);
}

void LoadedPost::make_trip()
{
    const auto n = made(Lane::alarm);
    check(n < outlets * causes);
    make(Lane::alarm, Tripped{.outlet = static_cast<OutletNumber>(1 + n % outlets),
                              .cause = static_cast<TripCause>(1 + n / outlets),
                              .session = 7,
                              .measured = 12'400,
                              .limit = 10'000,
                              .held_for = Millis{20},
                              .count = 1});
}

void LoadedPost::make(Lane lane, const RecordBody& body)
{
    auto& to = of(lane);
    const auto seq = to.ends.size() + 1;
    const Record record{.head = {.lane = lane,
                                 .seq = seq,
                                 .boot = boot,
                                 .mono = Instant{Millis{static_cast<std::int64_t>(seq) * 1'000}},
                                 .wall = std::nullopt},
                        .body = body};
    const auto bytes = encode(record, to.head);
    to.head = digest_of(bytes.view());
    to.bytes.insert(to.bytes.end(), bytes.view().begin(), bytes.view().end());
    to.ends.push_back(to.bytes.size());
}

Bytes LoadedPost::send(Lane lane)
{
    auto& at = of(lane);
    check(at.sent < at.ends.size());
    const auto begin = at.sent == 0 ? 0 : at.ends[at.sent - 1];
    const auto end = at.ends[at.sent++];
    return Bytes{at.bytes}.subspan(begin, end - begin);
}

void LoadedPost::hear(const Ack& ack)
{
    known_ = true;
    for (const auto lane : all_lanes)
        of(lane).acknowledged =
            std::max(of(lane).acknowledged, ack.upto[static_cast<std::size_t>(lane)]);
}

std::uint64_t LoadedPost::hear(const RangeRequest& range)
{
    auto& at = of(range.lane);
    if (range.from == 0 || range.from > at.sent) return 0;
    const auto again = at.sent - (range.from - 1);
    at.sent = range.from - 1;
    return again;
}

}  // namespace ks::bench
