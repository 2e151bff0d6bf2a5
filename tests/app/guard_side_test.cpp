#include "firmware/app/guard_side.hpp"
#include "firmware/boards/host/host_board.hpp"
#include "sim/chips/nor_flash.hpp"
#include "tests/support/sound_post.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::literals;

namespace {

using Board = host::HostBoard<sim::NorFlash>;
static_assert(hal::Board<Board>);

constexpr hal::NorGeometry any_chip{.sector_size = 4'096, .sectors = 4, .page_size = 256};

}  // namespace

TEST_CASE("a post whose meters say nothing refuses to start and keeps every relay open",
          "[app][guard][unit]")
{
    sim::NorFlash chip{any_chip};
    Board board{chip, "127.0.0.1", 1};
    board.contacts.fill(DeciCelsius{250});
    board.inputs = test::sound_post;
    app::GuardSide<Board> side{board, 10, 0};
    REQUIRE(side.guard().wish(core::WishRestore{.settings = protocol::factory_settings,
                                                .latched = {},
                                                .whole = {},
                                                .memory = core::WishRestore::Memory::good}));

    std::optional<protocol::CommandOutcome> outcome;
    for (int ms = 0; ms < 3'000; ms += 5) {
        board.set_now(Instant{Millis{ms}});
        side.guard().still_here(board.now());
        if (ms == 1'500)
            REQUIRE(side.guard().wish(core::WishStart{.ticket = 1,
                                                      .outlet = 2,
                                                      .session = 1,
                                                      .means = protocol::StartMeans::command,
                                                      .time_limit = 1_h,
                                                      .energy_limit = 100_Wh,
                                                      .expected = {}}));
        side.tick();
        board.inputs.contactor_coil = board.contactor;
        while (const auto news = side.guard().news())
            if (const auto* answer = std::get_if<core::NewsAnswer>(&*news))
                outcome = answer->outcome;
        for (const auto relay : board.relays)
            CHECK(relay == hal::Relay::open);
    }

    CHECK(outcome == protocol::CommandOutcome::meter_silent);
}

TEST_CASE("the watchdog starves when the rest of the post has fallen silent", "[app][guard][unit]")
{
    sim::NorFlash chip{any_chip};
    Board board{chip, "127.0.0.1", 1};
    app::GuardSide<Board> side{board, 10, 0};

    for (int ms = 0; ms < 4'000; ms += 5) {
        board.set_now(Instant{Millis{ms}});
        if (ms < 1'000) side.guard().still_here(board.now());
        side.tick();
    }

    CHECK(board.watchdog_fed_at >= Instant{2'900_ms});
    CHECK(board.watchdog_fed_at <= Instant{3'100_ms});
}

TEST_CASE("chips on a bus are told the working rate before anything is asked of them",
          "[app][meter][unit]")
{
    sim::NorFlash chip{any_chip};
    Board board{chip, "127.0.0.1", 1};
    app::GuardSide<Board> side{board, 5, 0};

    for (int ms = 0; ms < 400; ms += 5) {
        board.set_now(Instant{Millis{ms}});
        side.tick();
        if (board.wires[0].rate == hal::MeterRate::working) break;
    }

    // Two write frames of six bytes for each of four chips.
    CHECK(board.wires[0].from_post.size() == 48);
    CHECK(board.wires[1].rate == hal::MeterRate::working);
    CHECK(board.wires[2].from_post.empty());
}
