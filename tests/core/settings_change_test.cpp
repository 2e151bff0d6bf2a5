#include "tests/core/recorder_bench.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::literals;
using core::WishRestore;
using protocol::CommandOutcome;
using protocol::Lane;
using protocol::Settings;
using test::RecorderBench;

namespace {

constexpr std::uint32_t vault_at = 24 * test::recorder_chip.sector_size;
constexpr std::uint32_t slot_size = 1'024;
constexpr std::uint32_t slots_in_all =
    core::Vault::sectors * test::recorder_chip.sector_size / slot_size;

/// Settings that differ in every part from those of any other version.
Settings settings_of(std::uint32_t version)
{
    auto made = protocol::factory_settings;
    made.version = version;
    const std::string name = "version " + std::to_string(version);
    made.profile = protocol::ProfileName{bytes_of(name)};
    const auto step = static_cast<std::int32_t>(version) * 100;
    for (auto& limits : made.types)
        limits.hard_overcurrent = Milliamps{10'000 - step};
    made.type_of[version % made.type_of.size()] = 1;
    made.post.current_budget = Milliamps{16'000 - step};
    made.calibration[version % made.calibration.size()].current =
        Gain{static_cast<std::uint16_t>(10'000 + version)};
    return made;
}

/// As both approvers would have it, and the guard found it good.
void change_to(RecorderBench& bench, const Settings& settings)
{
    const auto digest = protocol::settings_digest(settings);
    const auto wish = bench.recorder->command(
        test::command_of(
            protocol::SetSettings{.settings = settings,
                                  .approval_a = crypto::sign(test::test_key<2>(), digest)->bytes,
                                  .approval_b = crypto::sign(test::test_key<3>(), digest)->bytes},
            static_cast<std::uint8_t>(settings.version)),
        bench.at(1_s));
    const auto& asked = std::get<core::WishSettings>(std::get<core::Wish>(wish));
    REQUIRE(asked.approval == core::Approval::both_approvers);
    bench.recorder->take(
        core::News{core::NewsAnswer{Instant{1_s}, asked.ticket, CommandOutcome::done}},
        bench.at(1_s));
}

WishRestore boot(RecorderBench& bench)
{
    return bench.recorder->begin(protocol::ResetCause::power_on, bench.at(0_ms));
}

/// A chip with version 1 in force.
std::vector<std::byte> commissioned_chip()
{
    sim::NorFlash chip{test::recorder_chip};
    RecorderBench bench{chip};
    static_cast<void>(boot(bench));
    change_to(bench, settings_of(1));
    return chip.image();
}

/// Addresses of the vault's copies, the newest first.
std::vector<std::uint32_t> copies_on(sim::NorFlash& chip)
{
    std::vector<std::pair<std::uint32_t, std::uint32_t>> found;
    for (std::uint32_t slot = 0; slot < slots_in_all; ++slot) {
        std::array<std::byte, 8> head;
        REQUIRE(chip.read(vault_at + slot * slot_size, head) == hal::NorResult::ok);
        ByteReader reader{head};
        if (reader.u32_be() == 0xFFFF'FFFF) continue;
        found.emplace_back(reader.u32_be(), vault_at + slot * slot_size);
    }
    std::sort(found.rbegin(), found.rend());
    std::vector<std::uint32_t> copies;
    for (const auto& [serial, address] : found)
        copies.push_back(address);
    return copies;
}

void damage(sim::NorFlash& chip, std::uint32_t copy) { chip.flip(copy + 40, std::byte{0x08}); }

}  // namespace

TEST_CASE("F-059: a power cut at any flash operation of a settings change leaves the old settings "
          "or the new ones, whole, and the record tells of none that are not in force",
          "[core][recorder][settings][sim]")
{
    const auto before = commissioned_chip();
    const auto operations_of_change = [&] {
        sim::NorFlash chip{test::recorder_chip};
        chip.load(before);
        RecorderBench bench{chip};
        static_cast<void>(boot(bench));
        const auto from = chip.operations();
        change_to(bench, settings_of(2));
        return chip.operations() - from;
    }();
    REQUIRE(operations_of_change > 8);  // two copies of four pages, an erase and a record

    std::array<std::size_t, 3> left{};
    for (std::uint64_t cut = 0; cut < operations_of_change; ++cut)
        for (const auto cells : {sim::TornCells::settled, sim::TornCells::unstable})
            for (const std::uint64_t seed : {1U, 2U, 3U}) {
                CAPTURE(cut, seed);
                sim::NorFlash chip{test::recorder_chip};
                chip.load(before);
                {
                    RecorderBench bench{chip};
                    static_cast<void>(boot(bench));
                    chip.power_fails_at(chip.operations() + cut, seed, cells);
                    change_to(bench, settings_of(2));
                }
                chip.power_up();
                RecorderBench bench{chip};
                const auto found = boot(bench);

                const bool is_new = found.settings == settings_of(2);
                CHECK((is_new || found.settings == settings_of(1)));
                CHECK(found.memory == WishRestore::Memory::good);
                for (const auto& told : bench.bodies<protocol::SettingsChanged>(Lane::event))
                    if (told.version == 2) CHECK(is_new);
                ++left[found.settings.version];
            }
    CHECK(left[1] > 0);
    CHECK(left[2] > 0);
}

TEST_CASE("F-059: of two damaged copies the other serves, of both the last good one",
          "[core][recorder][settings][sim]")
{
    sim::NorFlash chip{test::recorder_chip};
    chip.load(commissioned_chip());
    {
        RecorderBench bench{chip};
        static_cast<void>(boot(bench));
        change_to(bench, settings_of(2));
    }
    const auto image = chip.image();
    const auto copies = copies_on(chip);
    REQUIRE(copies.size() == 4);
    CHECK(copies[0] / test::recorder_chip.sector_size !=
          copies[1] / test::recorder_chip.sector_size);

    for (const auto only : {0U, 1U}) {
        CAPTURE(only);
        chip.load(image);
        damage(chip, copies[only]);
        RecorderBench bench{chip};
        CHECK(boot(bench).settings == settings_of(2));
    }
    chip.load(image);
    damage(chip, copies[0]);
    damage(chip, copies[1]);
    RecorderBench bench{chip};
    const auto found = boot(bench);
    CHECK(found.settings == settings_of(1));
    CHECK(found.memory == WishRestore::Memory::good);
}

TEST_CASE("F-027, F-059: when no copy is left whole the settings are lost, and stay lost whatever "
          "is saved, until both approvers give new ones",
          "[core][recorder][settings][calibration][sim]")
{
    sim::NorFlash chip{test::recorder_chip};
    chip.load(commissioned_chip());
    for (const auto copy : copies_on(chip))
        damage(chip, copy);

    for (int boots = 0; boots < 3; ++boots) {
        CAPTURE(boots);
        RecorderBench bench{chip};
        const auto found = boot(bench);
        CHECK(found.memory == WishRestore::Memory::lost);
        CHECK(found.settings.calibration == protocol::factory_calibration);
        // A trip is saved, and with it everything else that the post knows.
        core::NewsTripped tripped{};
        tripped.at = Instant{1_s};
        tripped.trip = {.outlet = 3,
                        .cause = protocol::TripCause::overload,
                        .session = 0,
                        .measured = 7'000,
                        .limit = 6'000,
                        .held_for = 1_s,
                        .count = 1};
        bench.recorder->take(core::News{tripped}, bench.at(1_s));
    }
    {
        RecorderBench bench{chip};
        const auto found = boot(bench);
        CHECK(found.latched[2] == protocol::TripCause::overload);
        CHECK(found.memory == WishRestore::Memory::lost);
        change_to(bench, settings_of(7));
    }
    RecorderBench bench{chip};
    const auto found = boot(bench);
    CHECK(found.memory == WishRestore::Memory::good);
    CHECK(found.settings == settings_of(7));
    CHECK(found.latched[2] == protocol::TripCause::overload);
}

TEST_CASE("F-027: every bit of a gain in flash that flips costs its copy, and starts when there is "
          "no other",
          "[core][recorder][settings][calibration][sim]")
{
    auto state = core::factory_state();
    state.settings = settings_of(3);
    const auto encoded = core::encode(state);
    // The calibration lies at the end of the settings.
    const auto settings_end = 2 + protocol::encode(state.settings).size();
    constexpr std::uint32_t header = 10;
    constexpr std::size_t calibration_size = 1 + 12 * 7;
    for (auto at = settings_end - calibration_size; at < settings_end; ++at)
        for (unsigned bit = 0; bit < 8; ++bit) {
            CAPTURE(at, bit);
            sim::NorFlash chip{test::recorder_chip};
            core::Vault vault{core::NorAccess{chip}, 24};
            static_cast<void>(vault.load());
            REQUIRE(vault.save(state) == core::VaultSave::saved);
            const auto copy = copies_on(chip).front();
            chip.flip(copy + header + static_cast<std::uint32_t>(at),
                      static_cast<std::byte>(1U << bit));

            core::Vault again{core::NorAccess{chip}, 24};
            CHECK_FALSE(again.load());
            CHECK_FALSE(again.blank());
        }
    CHECK(encoded.size() > settings_end);
}
