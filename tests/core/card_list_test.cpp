#include "firmware/core/access/card_store.hpp"
#include "sim/chips/nor_flash.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::literals;
using core::CardList;
using core::CardStore;
using protocol::CommandOutcome;

namespace {

constexpr hal::NorGeometry two_sectors{.sector_size = 4'096, .sectors = 2, .page_size = 256};
constexpr CardList::Clock noon{.at = UnixMillis{1'000'000}, .error = 1_s};

protocol::OfflineCard card_number(std::uint64_t number)
{
    return {.card = number,
            .expires = UnixMillis{2'000'000},
            .time_limit = 4_h,
            .energy_limit = MilliwattHours{static_cast<std::int64_t>(number) * 1'000}};
}

protocol::SetCards part_of(std::uint32_t version, std::uint32_t first, std::uint32_t total,
                           std::uint32_t cards)
{
    protocol::SetCards part{.version = version,
                            .good_until = UnixMillis{3'000'000},
                            .first = first,
                            .total = total,
                            .cards = {}};
    for (std::uint32_t i = 0; i < cards; ++i)
        part.cards.push_back(card_number(first + i + 1));
    return part;
}

bool whole(CardList& list, const protocol::SetCards& part)
{
    const auto taken = list.take(part);
    return std::holds_alternative<CardList::Part>(taken) &&
           std::get<CardList::Part>(taken) == CardList::Part::whole;
}

CommandOutcome refusal(CardList& list, const protocol::SetCards& part)
{
    return std::get<CommandOutcome>(list.take(part));
}

CardList list_of(std::uint32_t version, std::uint32_t cards)
{
    CardList list;
    for (std::uint32_t first = 0; first < cards; first += 12)
        static_cast<void>(list.take(part_of(version, first, cards, std::min(12U, cards - first))));
    return list;
}

}  // namespace

TEST_CASE("a new list is in force with its last part, and not before", "[core][access][unit]")
{
    CardList list;
    CHECK_FALSE(whole(list, part_of(1, 0, 14, 12)));
    CHECK(list.kept().cards.empty());
    CHECK(whole(list, part_of(1, 12, 14, 2)));
    CHECK(list.kept().cards.size() == 14);
    CHECK(std::get<protocol::OfflineCard>(list.find(14, noon)) == card_number(14));
}

TEST_CASE("an old list, a part out of its place and a list that lies are refused",
          "[core][access][unit]")
{
    auto list = list_of(5, 14);
    CHECK(refusal(list, part_of(5, 0, 1, 1)) == CommandOutcome::replayed);
    CHECK(refusal(list, part_of(6, 12, 14, 2)) == CommandOutcome::superseded);
    CHECK(refusal(list, part_of(6, 0, 97, 12)) == CommandOutcome::out_of_range);
    CHECK(refusal(list, part_of(6, 0, 3, 4)) == CommandOutcome::out_of_range);
    REQUIRE_FALSE(whole(list, part_of(6, 0, 14, 12)));
    // Whoever begins again begins with the first part.
    CHECK_FALSE(whole(list, part_of(6, 0, 14, 12)));
    CHECK(list.kept().version == 5);
}

TEST_CASE("an empty list forgets every card", "[core][access][unit]")
{
    auto list = list_of(1, 3);
    CHECK(whole(list, part_of(2, 0, 0, 0)));
    CHECK(std::get<CommandOutcome>(list.find(1, noon)) == CommandOutcome::card_unknown);
}

TEST_CASE("S-28: a card is accepted while it and its list are good and the time is known",
          "[core][access][unit]")
{
    const auto list = list_of(1, 3);
    const auto outcome = [&](protocol::CardToken card, std::optional<CardList::Clock> clock) {
        const auto found = list.find(card, clock);
        return std::holds_alternative<CommandOutcome>(found) ? std::get<CommandOutcome>(found)
                                                             : CommandOutcome::done;
    };
    CHECK(outcome(2, noon) == CommandOutcome::done);
    CHECK(outcome(4, noon) == CommandOutcome::card_unknown);
    CHECK(outcome(0, noon) == CommandOutcome::card_unknown);
    CHECK(outcome(2, std::nullopt) == CommandOutcome::clock_unknown);
    CHECK(outcome(2, CardList::Clock{.at = noon.at, .error = 61_min}) ==
          CommandOutcome::clock_unknown);
    CHECK(outcome(2, CardList::Clock{.at = UnixMillis{1'999'000}, .error = 999_ms}) ==
          CommandOutcome::done);
    CHECK(outcome(2, CardList::Clock{.at = UnixMillis{1'999'000}, .error = 1_s}) ==
          CommandOutcome::card_expired);
}

TEST_CASE("the list survives a power loss, and a half-written one is none", "[core][access][sim]")
{
    const auto old = list_of(1, 96);
    const auto fresh = list_of(2, 40);
    for (std::uint64_t dies_at = 0; dies_at < 60; ++dies_at) {
        sim::NorFlash chip{two_sectors};
        CardStore store{core::NorAccess{chip}, 0};
        REQUIRE(store.save(old) == CardStore::Saved::yes);
        chip.power_fails_at(chip.operations() + dies_at, dies_at, sim::TornCells::settled);
        const auto saved = store.save(fresh);

        chip.power_up();
        CardStore again{core::NorAccess{chip}, 0};
        CardList found;
        again.load(found);
        const bool is_fresh = found.kept() == fresh.kept();
        CHECK((is_fresh || found.kept() == old.kept()));
        if (saved == CardStore::Saved::yes) CHECK(is_fresh);
    }
}

TEST_CASE("a blank or ruined chip knows no card", "[core][access][sim]")
{
    sim::NorFlash chip{two_sectors};
    CardList list;
    CardStore{core::NorAccess{chip}, 0}.load(list);
    CHECK(list.kept().cards.empty());
}
