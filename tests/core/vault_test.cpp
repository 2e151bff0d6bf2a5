#include "firmware/core/vault/vault.hpp"
#include "sim/chips/nor_flash.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using core::PostState;
using core::Vault;

namespace {

constexpr hal::NorGeometry small_chip{.sector_size = 2'048, .sectors = 10, .page_size = 256};
constexpr std::uint32_t vault_at = 2;
constexpr std::uint32_t slot_size = 1'024;

/// States that differ from each other in every part.
PostState state_number(std::uint32_t n)
{
    auto state = core::factory_state();
    state.settings.version = n;
    state.open[n % state.open.size()] = std::uint64_t{n} << 32 | 1;
    state.latched[n % state.latched.size()] = protocol::TripCause::overload;
    state.relays[n % state.relays.size()] = {.closings = n, .hot_permille = n * 7};
    if (n % 2 == 1) state.whole = state.whole.with(protocol::TripCause::contactor_welded);
    if (n % 3 == 2) state.strikes = {.tests = static_cast<std::uint8_t>(n % 4), .resets = 1};
    return state;
}

Vault vault_on(sim::NorFlash& chip) { return Vault{core::NorAccess{chip}, vault_at}; }

}  // namespace

TEST_CASE("a post that never saved anything has no state to load", "[core][vault][unit]")
{
    sim::NorFlash chip{small_chip};

    CHECK_FALSE(vault_on(chip).load());
}

TEST_CASE("what was saved last is what the next boot finds", "[core][vault][unit]")
{
    sim::NorFlash chip{small_chip};

    for (std::uint32_t boot = 0; boot < 12; ++boot) {
        auto vault = vault_on(chip);
        const auto found = vault.load();
        REQUIRE(found.has_value() == (boot > 0));
        if (boot > 0) CHECK(*found == state_number(boot * 100 + 6));

        for (std::uint32_t i = 0; i < 7; ++i)
            REQUIRE(vault.save(state_number((boot + 1) * 100 + i)) == core::VaultSave::saved);
    }
}

TEST_CASE("a power cut at any write leaves the newest whole state or the one before",
          "[core][vault][sim]")
{
    constexpr std::uint32_t saves = 35;  // twice round all sectors of two slots
    const auto run = [](sim::NorFlash& chip) {
        auto vault = vault_on(chip);
        static_cast<void>(vault.load());
        std::uint32_t saved = 0;
        for (std::uint32_t i = 1; i <= saves && chip.powered(); ++i)
            if (vault.save(state_number(i)) == core::VaultSave::saved) saved = i;
        return saved;
    };
    sim::NorFlash rehearsal{small_chip};
    REQUIRE(run(rehearsal) == saves);

    for (std::uint64_t cut = 0; cut < rehearsal.operations(); ++cut) {
        for (const std::uint64_t seed : {1u, 2u, 3u, 4u}) {
            CAPTURE(cut, seed);
            sim::NorFlash chip{small_chip};
            chip.power_fails_at(cut, seed, sim::TornCells::settled);
            const auto saved = run(chip);
            chip.power_up();

            auto vault = vault_on(chip);
            const auto found = vault.load();

            const bool last = saved > 0 && found == state_number(saved);
            const bool next = found == state_number(saved + 1);
            CHECK((last || next || (saved == 0 && !found)));
            CHECK(vault.save(state_number(77)) == core::VaultSave::saved);
            CHECK(vault_on(chip).load() == state_number(77));
        }
    }
}

TEST_CASE("bad cells cost a slot, never the state", "[core][vault][sim]")
{
    sim::NorFlash chip{small_chip};
    for (const std::uint32_t slot : {1u, 2u, 5u})
        chip.stick(vault_at * small_chip.sector_size + slot * slot_size + 9, std::byte{0x10});

    auto vault = vault_on(chip);
    for (std::uint32_t i = 1; i < 40; ++i) {
        REQUIRE(vault.save(state_number(i)) == core::VaultSave::saved);
        REQUIRE(vault_on(chip).load() == state_number(i));
    }
}

TEST_CASE("a chip that takes nothing is said to have failed, and keeps what it had",
          "[core][vault][sim]")
{
    sim::NorFlash chip{small_chip};
    auto vault = vault_on(chip);
    REQUIRE(vault.save(state_number(1)) == core::VaultSave::saved);

    for (std::uint32_t sector = 0; sector < Vault::sectors; ++sector)
        chip.set_fault(vault_at + sector, sector % 2 == 0 ? sim::NorFault::program_fails
                                                          : sim::NorFault::program_ignored);

    CHECK(vault.save(state_number(2)) == core::VaultSave::failed);
    CHECK(vault_on(chip).load() == state_number(1));
}

TEST_CASE("state with one bit changed is no state", "[core][vault][unit]")
{
    const auto whole = core::encode(state_number(3));
    REQUIRE(core::decode_post_state(whole.view()) == state_number(3));

    CHECK_FALSE(core::decode_post_state({}));
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK_FALSE(core::decode_post_state(whole.view().first(size)));

    // A latch that has no name must not be read as no latch: neither an outlet's nor the post's.
    const auto latches = whole.size() - (1 + 8 + 8) * protocol::outlet_limit;
    auto unknown = whole;
    unknown.raw()[latches] = std::byte{0xEE};
    CHECK_FALSE(core::decode_post_state(unknown.view()));
    unknown = whole;
    unknown.raw()[latches - 8] = std::byte{0x80};
    CHECK_FALSE(core::decode_post_state(unknown.view()));
}

TEST_CASE("F-033, F-046: what a post's failures have come to survives, and older states had none",
          "[core][vault][unit]")
{
    const auto before = state_number(3);
    REQUIRE(before.strikes.none());
    auto state = before;
    for (const core::Strikes strikes :
         {core::Strikes{.tests = 1, .resets = 0}, core::Strikes{.tests = 0, .resets = 3},
          core::Strikes{.tests = 255, .resets = 255}}) {
        state.strikes = strikes;
        const auto bytes = core::encode(state);
        CHECK(core::decode_post_state(bytes.view()) == state);
        // As a firmware wrote it that knew no strikes.
        CHECK(core::decode_post_state(bytes.view().first(bytes.size() - 2)) == before);
        CHECK_FALSE(core::decode_post_state(bytes.view().first(bytes.size() - 1)));
    }
    // Two ways to say «none» would be one too many.
    auto zeros = core::encode(state);
    zeros.raw()[zeros.size() - 1] = zeros.raw()[zeros.size() - 2] = std::byte{0};
    CHECK_FALSE(core::decode_post_state(zeros.view()));
}

TEST_CASE("the longest state fits into a slot of the vault", "[core][vault][unit]")
{
    auto state = state_number(3);
    const auto longest = [](auto& limits) {
        protocol::each_limit_of<std::remove_cvref_t<decltype(limits)>>([&](const auto& row) {
            using Value = typename std::remove_cvref_t<decltype(row)>::Value;
            if constexpr (std::is_integral_v<Value>)
                limits.*row.field = UINT32_MAX;
            else if constexpr (sizeof(Value) == 4)
                limits.*row.field = Value{INT32_MAX};
            else
                limits.*row.field = Value{(std::int64_t{1} << 53) - 1};
        });
    };
    for (auto& limits : state.settings.types)
        longest(limits);
    longest(state.settings.post);
    state.settings.calibration.fill({.voltage = Gain{UINT16_MAX}, .current = Gain{UINT16_MAX}});
    state.settings.version = UINT32_MAX;
    state.settings.profile = protocol::ProfileName{bytes_of("twenty letters, all.")};
    state.strikes = {.tests = 255, .resets = 255};
    CHECK(core::encode(state).size() == core::post_state_limit);

    sim::NorFlash chip{small_chip};
    auto vault = vault_on(chip);
    REQUIRE(vault.save(state) == core::VaultSave::saved);
    CHECK(vault_on(chip).load() == state);
}

TEST_CASE("settings with one bit changed in flash are not taken for settings", "[core][vault][sim]")
{
    for (std::uint32_t byte = 0; byte < slot_size; ++byte) {
        sim::NorFlash chip{small_chip};
        auto vault = vault_on(chip);
        REQUIRE(vault.save(state_number(1)) == core::VaultSave::saved);
        REQUIRE(vault.save(state_number(2)) == core::VaultSave::saved);
        const auto written = 14 + core::encode(state_number(2)).size();

        chip.flip((vault_at * small_chip.sector_size) + slot_size + byte, std::byte{0x04});

        CAPTURE(byte);
        CHECK(vault_on(chip).load() == state_number(byte < written ? 1 : 2));
    }
}
