// A whole link steered by bytes: what the broker says in well-formed and in any other packets, how
// the time passes, where the line is cut. The command key stays with the post, so no command that
// energises may ever be accepted, and nothing that was never sent may be acknowledged.

#include "firmware/link/link.hpp"

#include "sim/chips/nor_flash.hpp"

#include <array>

using namespace ks;
using namespace ks::protocol;

namespace {

constexpr hal::NorGeometry chip{.sector_size = 1'024, .sectors = 12, .page_size = 128};
constexpr std::size_t packet_most = 700;

CommandKey key()
{
    CommandKey key{};
    key[31] = std::byte{0x5A};
    return key;
}

/// A mounted journal with a few records, made once: mounting is most of a run's cost.
const std::vector<std::byte>& journal_image()
{
    static const auto image = [] {
        sim::NorFlash flash{chip};
        core::JournalIndex<12> index{};
        core::Journal journal{flash, core::SectorRange{.first = 0, .count = chip.sectors}, index};
        check(journal.mount().state == core::MountState::ready);
        for (const auto lane : all_lanes)
            for (int i = 0; i < 3; ++i) {
                std::array<std::byte, 60> record{};
                record[0] = static_cast<std::byte>(i);
                check(journal.append(lane, record).ok());
            }
        return flash.image();
    }();
    return image;
}

class Play {
public:
    explicit Play(Bytes script) : script_{script}
    {
        flash_.load(journal_image());
        check(journal_.mount().state == core::MountState::ready);
        std::array<std::byte, 32> noise;
        for (std::size_t i = 0; i < noise.size(); ++i)
            noise[i] = static_cast<std::byte>(i * 73 + 5);
        check(random_.seed(noise).ok());
        link_.emplace(
            link::Link::Setup{.site = *SiteId::from("SITE-0001"),
                              .post = *PostId::from("POST-0001"),
                              .command_key = key(),
                              .built = UnixMillis{1'700'000'000'000},
                              .security = std::nullopt},
            link::PostFacts{
                .boot = 1, .outlets = 10, .firmware = {}, .settings = {}, .settings_version = 0},
            journal_, random_);
    }

    void run()
    {
        settle();
        while (script_.left() > 0) {
            step();
            settle();
        }
    }

private:
    void step()
    {
        switch (script_.u8() % 8) {
        case 0: now_ = now_ + Millis{script_.u8() * 250}; break;
        case 1: link_->line_lost(now_); break;
        case 2: hear(bytes()); break;
        case 3: hear(connack_); break;
        case 4: hear(suback_); break;
        case 5: puback(); break;
        case 6:
        case 7: say(); break;
        }
    }

    [[nodiscard]] Bytes bytes()
    {
        return script_.take(std::min<std::size_t>(script_.u8(), script_.left()));
    }

    void puback()
    {
        const std::byte packet[] = {std::byte{0x40}, std::byte{2}, std::byte{0},
                                    static_cast<std::byte>(script_.u8())};
        hear(packet);
    }

    /// A well-formed message on one of our topics; what it says is the script's.
    void say()
    {
        constexpr std::string_view words[] = {"ack", "time", "range", "command", "nonce"};
        const auto how = script_.u8();
        std::array<std::byte, 64> topic_room;
        ByteWriter topic{topic_room};
        topic.put(bytes_of("ks/1/SITE-0001/POST-0001/down/"));
        topic.put(bytes_of(words[how % 5]));
        const auto payload = bytes();

        std::array<std::byte, packet_most> room;
        ByteWriter packet{room};
        const auto length = 4 + topic.size() + payload.size();
        packet.u8(how >= 0x80 ? 0x33 : 0x32);
        packet.u8(static_cast<std::uint8_t>(length % 128 + (length >= 128 ? 128 : 0)));
        if (length >= 128) packet.u8(static_cast<std::uint8_t>(length / 128));
        packet.u16_be(static_cast<std::uint16_t>(topic.size()));
        packet.put(topic.written());
        packet.u16_be(9);
        packet.put(payload);
        check(packet.ok());
        hear(packet.written());
    }

    void hear(Bytes bytes)
    {
        while (!bytes.empty()) {
            const auto room = link_->inbox();
            const auto count = std::min(room.size(), bytes.size());
            if (count == 0) return;
            std::copy_n(bytes.begin(), count, room.begin());
            link_->received(count);
            bytes = bytes.subspan(count);
            settle();
        }
    }

    void settle()
    {
        using link::Link;
        for (int i = 0; i < 500; ++i) {
            const auto action = link_->next(now_);
            if (const auto* const wait = std::get_if<Link::Wait>(&action)) {
                check(wait->until > now_);
                return;
            }
            if (std::holds_alternative<Link::OpenLine>(action)) link_->line_opened(now_);
            if (const auto* const send = std::get_if<Link::Send>(&action))
                link_->sent(send->bytes.size());
            if (const auto* const accepted = std::get_if<Link::Accepted>(&action))
                check(action_of(accepted->command.body) == CommandAction::stop);
            for (const auto lane : all_lanes)
                check(journal_.acked(lane) < journal_.next_seq(lane));
        }
        check(false);  // it talks for ever
    }

    static constexpr std::array connack_{std::byte{0x20}, std::byte{2}, std::byte{0}, std::byte{0}};
    static constexpr std::array suback_{std::byte{0x90}, std::byte{3}, std::byte{0}, std::byte{1},
                                        std::byte{1}};

    ByteReader script_;
    Instant now_{Millis{1}};
    sim::NorFlash flash_{chip};
    core::JournalIndex<12> index_{};
    core::Journal journal_{flash_, core::SectorRange{.first = 0, .count = chip.sectors}, index_};
    crypto::SeededRandom random_;
    std::optional<link::Link> link_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Play{std::as_bytes(std::span{data, size})}.run();
    return 0;
}
