#include "firmware/core/access/card_store.hpp"

#include "firmware/base/crc32c.hpp"

namespace ks::core {

namespace {

constexpr std::uint32_t magic = 0x4B53'4331;  // «KSC1»

using CardBytes = std::array<std::byte, 32>;

CardBytes bytes_of_card(const protocol::OfflineCard& card)
{
    CardBytes bytes{};
    ByteWriter writer{bytes};
    writer.u64_be(card.card);
    writer.u64_be(static_cast<std::uint64_t>(card.expires.count()));
    // Seven weeks are far above the cap that holds anyway.
    writer.u32_be(
        static_cast<std::uint32_t>(std::min<std::int64_t>(card.time_limit.count(), UINT32_MAX)));
    writer.u64_be(static_cast<std::uint64_t>(card.energy_limit.count()));
    writer.u32_be(crc32c(writer.written()));
    check(writer.ok());
    return bytes;
}

std::optional<protocol::OfflineCard> card_of(Bytes bytes)
{
    ByteReader reader{bytes};
    const protocol::OfflineCard card{
        .card = reader.u64_be(),
        .expires = UnixMillis{static_cast<std::int64_t>(reader.u64_be())},
        .time_limit = Millis{reader.u32_be()},
        .energy_limit = MilliwattHours{static_cast<std::int64_t>(reader.u64_be())}};
    const auto covered = bytes.first(bytes.size() - reader.left());
    if (reader.u32_be() != crc32c(covered) || !reader.ok()) return std::nullopt;
    return card;
}

}  // namespace

CardStore::CardStore(NorAccess nor, std::uint32_t first_sector)
    : nor_{nor}, first_sector_{first_sector}
{
    check(first_sector + sectors <= nor_.geometry().sectors);
    check(nor_.geometry().sector_size >= head_size + card_size * protocol::offline_cards_most);
}

std::uint32_t CardStore::address(std::uint32_t sector, std::size_t offset) const
{
    check(sector < sectors);
    return (first_sector_ + sector) * nor_.geometry().sector_size +
           static_cast<std::uint32_t>(offset);
}

std::optional<CardStore::Head> CardStore::head_of(std::uint32_t sector)
{
    std::array<std::byte, head_size> bytes{};
    if (nor_.read(address(sector, 0), bytes) != hal::NorResult::ok) return std::nullopt;
    ByteReader reader{bytes};
    const auto mark = reader.u32_be();
    const Head head{.serial = reader.u32_be(),
                    .version = reader.u32_be(),
                    .good_until = UnixMillis{static_cast<std::int64_t>(reader.u64_be())},
                    .count = static_cast<std::uint16_t>(reader.u32_be() & 0xFFFFU)};
    const auto covered = Bytes{bytes}.first(bytes.size() - reader.left());
    if (mark != magic || reader.u32_be() != crc32c(covered) ||
        head.count > protocol::offline_cards_most)
        return std::nullopt;
    return head;
}

bool CardStore::read(std::uint32_t sector, const Head& head, CardList::Kept& into)
{
    into = {.version = head.version, .good_until = head.good_until, .cards = {}};
    for (std::size_t i = 0; i < head.count; ++i) {
        CardBytes bytes{};
        const auto from = address(sector, head_size + i * card_size);
        if (nor_.read(from, bytes) != hal::NorResult::ok) return false;
        const auto card = card_of(bytes);
        if (!card) return false;
        into.cards.push_back(*card);
    }
    return true;
}

void CardStore::load(CardList& list)
{
    bool found = false;
    for (std::uint32_t sector = 0; sector < sectors; ++sector) {
        const auto head = head_of(sector);
        CardList::Kept kept;
        if (!head || (found && head->serial <= serial_) || !read(sector, *head, kept)) continue;
        found = true;
        serial_ = head->serial;
        newest_ = sector;
        list.restore(kept);
    }
}

// Cards first and the head last: without its head a half-written list is none.
CardStore::Saved CardStore::save(const CardList& list)
{
    const auto& kept = list.kept();
    const auto sector = 1 - newest_;
    if (nor_.erase(address(sector, 0)) != hal::NorResult::ok) return Saved::no;
    for (std::size_t i = 0; i < kept.cards.size(); ++i) {
        const auto to = address(sector, head_size + i * card_size);
        if (nor_.program(to, bytes_of_card(kept.cards[i])) != hal::NorResult::ok) return Saved::no;
    }
    std::array<std::byte, head_size> bytes{};
    ByteWriter writer{bytes};
    writer.u32_be(magic);
    writer.u32_be(serial_ + 1);
    writer.u32_be(kept.version);
    writer.u64_be(static_cast<std::uint64_t>(kept.good_until.count()));
    writer.u32_be(static_cast<std::uint32_t>(kept.cards.size()));
    writer.u32_be(crc32c(writer.written()));
    check(writer.ok());
    if (nor_.program(address(sector, 0), bytes) != hal::NorResult::ok) return Saved::no;
    ++serial_;
    newest_ = sector;
    return Saved::yes;
}

}  // namespace ks::core
