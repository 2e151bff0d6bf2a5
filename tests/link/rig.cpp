#include "tests/link/rig.hpp"

namespace ks::test {

using namespace protocol;
using link::Link;

namespace {

std::array<std::byte, 32> noise(std::uint8_t salt)
{
    std::array<std::byte, 32> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::byte>(i * 37 + salt * 101u + 11);
    return bytes;
}

CommandId fresh_id()
{
    static std::uint64_t counter = 0;
    CommandId id{};
    ByteWriter writer{id};
    writer.u64_be(++counter);
    return id;
}

}  // namespace

Rig::Rig(const hal::NorGeometry& chip) : flash_{chip}
{
    check(random.seed(noise(1)).ok());
    boot();
}

void Rig::boot()
{
    index_ = std::make_unique<core::JournalIndex<64>>();
    journal_ = std::make_unique<core::Journal>(
        flash_, core::SectorRange{.first = 0, .count = flash_.geometry().sectors}, *index_);
    const auto report = journal_->mount();
    check(report.state == core::MountState::ready);
    writer_ = std::make_unique<core::RecordWriter>(*journal_, rig_post, crypto::PrivateKey{});
    link_ = std::make_unique<Link>(Link::Setup{.site = rig_site,
                                               .post = rig_post,
                                               .command_key = rig_key,
                                               .built = rig_built,
                                               .security = std::nullopt},
                                   link::PostFacts{.boot = report.boot,
                                                   .outlets = 10,
                                                   .firmware = {},
                                                   .settings = {},
                                                   .settings_version = 0},
                                   *journal_, random);
}

void Rig::reboot()
{
    cut();
    now = Instant{1_ms};
    boot();
}

void Rig::damage(Lane lane, std::uint64_t seq)
{
    // The journal keeps the digest elsewhere; the body lies there as it was written.
    const auto& record = truth.at(lane).at(seq - 1);
    const auto body = Bytes{record}.first(record.size() - sizeof(ChainDigest));
    const auto image = flash_.image();
    const auto found = std::search(image.begin(), image.end(), body.begin(), body.end());
    check(found != image.end());
    flash_.flip(static_cast<std::uint32_t>(found - image.begin()) + 5, std::byte{0xFF});
}

bool Rig::record(Lane lane)
{
    ++salt_;
    RecordBody body = OutletChanged{.outlet = static_cast<OutletNumber>(salt_ % 10 + 1),
                                    .from = OutletState::idle,
                                    .to = OutletState::closing};
    if (lane == Lane::alarm)
        body = Tripped{.outlet = 3,
                       .cause = TripCause::hard_overcurrent,
                       .session = 0,
                       .measured = salt_,
                       .limit = 10'000,
                       .held_for = 0_ms,
                       .count = 1};
    if (lane == Lane::tele) body = Telemetry{.mains = Millivolts{220'000}, .outlets = {}};

    std::map<Lane, std::uint64_t> before;
    for (const auto each : all_lanes)
        before[each] = journal_->next_seq(each);
    const auto written = writer_->write(lane, body, now, moment());
    for (const auto each : all_lanes)
        for (auto seq = before[each]; seq < journal_->next_seq(each); ++seq) {
            std::array<std::byte, record_limit> room;
            const auto size = journal_->read(each, seq, room);
            check(size.ok());
            truth[each].emplace_back(room.begin(),
                                     room.begin() + static_cast<std::ptrdiff_t>(*size));
        }
    return written == core::Written::written;
}

void Rig::run()
{
    for (int turns = 0; turns < 200'000; ++turns) {
        const bool acted = act();
        const bool carried = carry();
        if (!acted && !carried) return;
    }
    check(false);  // they talk for ever
}

void Rig::pass(Millis time)
{
    const auto end = now + time;
    run();
    while (now < end) {
        auto next = std::min(end, now + 100_ms);
        if (!up_.empty()) next = std::min(next, up_.front().arrives);
        if (!down_.empty()) next = std::min(next, down_.front().arrives);
        now = std::max(next, now + 1_ms);
        edge.wall = UnixMillis{1'800'000'000'000} + now.since_boot();
        if (now.since_boot().count() % 1'000 == 0) edge.tick(now);
        run();
    }
}

void Rig::come_up()
{
    for (int i = 0; i < 1'200 && !link_->up(); ++i)
        pass(100_ms);
    check(link_->up());
    pass(delay + delay + 100_ms);
}

// One action of the link. True when something happened.
bool Rig::act()
{
    if (opening_ && line_works) {
        opening_ = false;
        line_open_ = true;
        edge.accept();
        link_->line_opened(now);
    }
    const auto action = link_->next(now);
    if (const auto* wait = std::get_if<Link::Wait>(&action)) {
        wake = wait->until;
        check(wake > now);
        return false;
    }
    if (const auto* send = std::get_if<Link::Send>(&action)) {
        // A line takes what it likes; an odd number keeps the halves from lining up.
        const auto count = std::min<std::size_t>(send->bytes.size(), 97);
        for (const auto byte : send->bytes.first(count))
            up_.push_back({.arrives = now + delay, .byte = byte});
        link_->sent(count);
    } else if (std::holds_alternative<Link::OpenLine>(action)) {
        ++opened;
        opening_ = true;
        return line_works;
    } else if (std::holds_alternative<Link::CloseLine>(action)) {
        ++closed;
        opening_ = line_open_ = false;
        up_.clear();
        down_.clear();
    } else if (const auto* command = std::get_if<Link::Accepted>(&action)) {
        accepted.push_back(command->command);
    } else if (const auto* refusal = std::get_if<Link::Refused>(&action)) {
        refused.push_back(*refusal);
    } else if (const auto* repeat = std::get_if<Link::Repeated>(&action)) {
        repeated.push_back(repeat->result);
    }
    return true;
}

// What is due on the line. True when a byte moved.
bool Rig::carry()
{
    if (!line_open_) return false;
    for (const auto byte : edge.to_post)
        down_.push_back({.arrives = now + delay, .byte = byte});
    edge.to_post.clear();

    std::size_t carried = 0;
    const auto may_carry = [&](const std::deque<InFlight>& way) {
        return line_open_ && !way.empty() && way.front().arrives <= now;
    };
    const auto count = [&] {
        ++carried;
        ++moved;
        if (cut_after && --*cut_after == 0) {
            cut_after.reset();
            cut();
        }
    };
    while (may_carry(up_)) {
        const auto byte = up_.front().byte;
        up_.pop_front();
        edge.hear({&byte, 1}, now);
        count();
    }
    while (may_carry(down_) && !link_->inbox().empty()) {
        link_->inbox()[0] = down_.front().byte;
        down_.pop_front();
        link_->received(1);
        count();
    }
    return carried > 0;
}

void Rig::cut()
{
    if (line_open_) link_->line_lost(now);
    line_open_ = opening_ = false;
    up_.clear();
    down_.clear();
}

std::vector<std::uint64_t> Rig::sequences(Lane lane) const
{
    std::vector<std::uint64_t> sequences;
    if (const auto found = edge.log.find(lane); found != edge.log.end())
        for (const auto& stored : found->second)
            sequences.push_back(stored.seq);
    return sequences;
}

std::vector<Up> Rig::order() const
{
    std::vector<Up> order;
    for (const auto& message : edge.published)
        order.push_back(message.what);
    return order;
}

Command good_start(const Rig& rig)
{
    check(!rig.edge.nonces.empty());
    return {.post = rig_post,
            .id = fresh_id(),
            .nonce = rig.edge.nonces.back().nonce,
            .role = Role::resident,
            .issuer = {},
            .issued = rig.edge.wall,
            .good_for = 30_s,
            .body = StartOutlet{
                .outlet = 3, .card = 7, .time_limit = 3'600_s, .energy_limit = 1'000_Wh}};
}

Command good_stop(const Rig& rig)
{
    auto command = good_start(rig);
    command.nonce.reset();
    command.body = StopOutlet{.outlet = 3};
    return command;
}

void send_command(Rig& rig, const Command& command)
{
    const auto bytes = encode(command, rig_key);
    rig.edge.say(Down::command, bytes.view());
}

}  // namespace ks::test
