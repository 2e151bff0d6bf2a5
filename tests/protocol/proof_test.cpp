#include "tests/protocol/samples.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::protocol;

TEST_CASE("S-22: a command with any byte changed is refused or unproven",
          "[protocol][command][unit]")
{
    for (const auto& command : samples::commands()) {
        const auto good = encode(command, samples::key);
        REQUIRE(authenticity(good.view(), samples::key) == Authenticity::proven);

        for (std::size_t at = 0; at < good.size(); ++at) {
            for (const unsigned flip : {0x01U, 0x02U, 0x10U, 0x80U, 0xFFU}) {
                auto bad = good;
                bad.raw()[at] ^= static_cast<std::byte>(flip);
                CAPTURE(at, flip);
                REQUIRE(authenticity(bad.view(), samples::key) != Authenticity::proven);
            }
        }
    }
}

TEST_CASE("a command proven under another key is wrong", "[protocol][command][unit]")
{
    const auto bytes = encode(samples::commands()[0], samples::key);
    for (std::size_t i = 0; i < samples::key.size(); ++i) {
        auto other = samples::key;
        other[i] ^= std::byte{0x40};
        CHECK(authenticity(bytes.view(), other) == Authenticity::wrong);
    }
}

TEST_CASE("a code cannot be moved to another command", "[protocol][command][unit]")
{
    const auto stop = encode(samples::commands()[1], samples::key);
    auto start = encode(samples::commands()[0], samples::key);
    const auto code = stop.view().last(32);
    std::copy(code.begin(), code.end(), start.raw().begin() + static_cast<long>(start.size() - 32));

    CHECK(authenticity(start.view(), samples::key) == Authenticity::wrong);
}

TEST_CASE("a code that was cut off leaves nothing proven", "[protocol][command][unit]")
{
    const auto good = encode(samples::commands()[0], samples::key);
    std::vector<std::byte> bare(good.view().begin(), good.view().end() - 34);
    bare.push_back(std::byte{0xF6});

    CHECK(decode_command(bare).ok());
    CHECK(authenticity(bare, samples::key) == Authenticity::absent);
}

TEST_CASE("what is no command proves nothing", "[protocol][command][bad][unit]")
{
    CHECK(authenticity({}, samples::key) == Authenticity::wrong);
    const auto bytes = encode(samples::commands()[0], samples::key);
    for (std::size_t length = 0; length < bytes.size(); ++length)
        REQUIRE(authenticity(bytes.view().first(length), samples::key) == Authenticity::wrong);
}

TEST_CASE("a command that cannot be said is known before it is encoded",
          "[protocol][command][unit]")
{
    auto start = std::get<StartOutlet>(samples::commands()[0].body);
    const auto sayable = [](const CommandBody& body) {
        auto command = samples::commands()[0];
        command.body = body;
        return encodable(command);
    };

    CHECK(sayable(start));
    start.time_limit = Millis{-1};
    CHECK_FALSE(sayable(start));
    start.time_limit = Millis{0};
    start.energy_limit = MilliwattHours{-1};
    CHECK_FALSE(sayable(start));
    CHECK_FALSE(sayable(StopOutlet{.outlet = 13}));
    CHECK_FALSE(sayable(ClearTrip{.outlet = 13, .cause = TripCause::overload}));
    CHECK_FALSE(sayable(LocateOutlet{.outlet = 1, .duration = Millis{-1}}));
    CHECK_FALSE(sayable(TestOutlet{.outlet = 13, .duration = Millis{0}}));
    CHECK_FALSE(sayable(TestOutlet{.outlet = 1, .duration = Millis{-1}}));
    CHECK_FALSE(sayable(SilenceSounder{.duration = Millis{-1}}));

    auto settings = samples::settings();
    CHECK(encodable(settings));
    settings.types[1].session_cap = Millis{-1};
    CHECK_FALSE(encodable(settings));
    CHECK_FALSE(sayable(SetSettings{.settings = settings, .approval_a = {}, .approval_b = {}}));
}

TEST_CASE("settings can be said that no post would take", "[protocol][settings][unit]")
{
    auto settings = samples::settings();
    settings.types[0].hard_overcurrent = Milliamps{INT32_MAX};
    settings.post.stagger = Millis{0};
    CHECK(encodable(settings));
    CHECK_FALSE(within_bounds(settings));

    settings.type_of[11] = outlet_types;
    CHECK_FALSE(encodable(settings));
    settings.type_of[11] = 1;
    settings.profile = ProfileName{bytes_of("caf\xC3\xA9")};
    CHECK_FALSE(encodable(settings));
    settings.profile = ProfileName{bytes_of("tab\tbed")};
    CHECK_FALSE(encodable(settings));
}

TEST_CASE("a part of a list that cannot belong to its list is no command",
          "[protocol][command][unit]")
{
    const auto part = [](std::uint32_t first, std::uint32_t total, std::size_t size) {
        SetCards made{.version = 1,
                      .good_until = samples::morning,
                      .first = first,
                      .total = total,
                      .cards = {}};
        while (made.cards.size() < size)
            made.cards.push_back({.card = 1,
                                  .expires = samples::morning,
                                  .time_limit = Millis{0},
                                  .energy_limit = MilliwattHours{0}});
        auto command = samples::commands()[0];
        command.body = made;
        return encodable(command);
    };

    CHECK(part(0, 0, 0));
    CHECK(part(0, 1, 1));
    CHECK(part(84, 96, 12));
    CHECK_FALSE(part(0, 1, 0));
    CHECK_FALSE(part(0, 0, 1));
    CHECK_FALSE(part(1, 0, 0));
    CHECK_FALSE(part(85, 96, 12));
    CHECK_FALSE(part(84, 97, 12));
    CHECK_FALSE(part(UINT32_MAX, 96, 1));
}

TEST_CASE("no card at all is on no list", "[protocol][command][unit]")
{
    auto command = samples::commands()[6];
    auto& list = std::get<SetCards>(command.body);
    CHECK(encodable(command));

    list.cards[1].card = 0;
    CHECK_FALSE(encodable(command));
    list.cards[1].card = 7;
    list.cards[1].time_limit = Millis{-1};
    CHECK_FALSE(encodable(command));
}

TEST_CASE("only what can make more power possible energises", "[protocol][command][unit]")
{
    CHECK(energises(CommandAction::start));
    CHECK(energises(CommandAction::clear_trip));
    CHECK(energises(CommandAction::set_settings));
    CHECK(energises(CommandAction::test_outlet));
    CHECK(energises(CommandAction::set_cards));
    CHECK_FALSE(energises(CommandAction::stop));
    CHECK_FALSE(energises(CommandAction::silence_sounder));
    CHECK_FALSE(energises(CommandAction::locate));
}
