#include "edge/toml/profile.hpp"
#include "sim/fleet/scenario.hpp"
#include "tests/core/guard_rig.hpp"
#include "tests/core/recorder_bench.hpp"
#include "tests/support/toml_rows.hpp"

#include <catch2/catch.hpp>

#include <functional>

// S-27: what is compiled in, nobody gets past, whichever way he comes.

using namespace ks;
using core::GuardRig;
using protocol::CommandOutcome;
using protocol::Settings;

namespace {

/// One limit one step outside its bounds: as settings, and as a person would write it.
struct Beyond {
    Settings settings;
    std::string table;  // of a profile: standard, second or post
    std::string key;
    std::string written;  // with quotes where TOML wants them
};

template <class Owner, class Pick>
void add_rows(std::string_view table, Pick pick, std::vector<Beyond>& all)
{
    protocol::each_limit_of<Owner>([&](const auto& row) {
        using Value = typename std::remove_cvref_t<decltype(row)>::Value;
        const auto add = [&](Value value) {
            auto settings = protocol::factory_settings;
            settings.version = 1;
            pick(settings).*row.field = value;
            all.push_back({.settings = settings,
                           .table = std::string{table},
                           .key = std::string{row.name},
                           .written = test::toml_of(value)});
        };
        add(row.most + Value{1});
        if (row.least > Value{}) add(row.least - Value{1});
    });
}

const std::vector<Beyond>& all_beyond()
{
    static const auto rows = [] {
        std::vector<Beyond> all;
        using protocol::Limits;
        using protocol::PostLimits;
        add_rows<Limits>(
            "standard", [](Settings& s) -> Limits& { return s.types[0]; }, all);
        add_rows<Limits>(
            "second", [](Settings& s) -> Limits& { return s.types[1]; }, all);
        add_rows<PostLimits>(
            "post", [](Settings& s) -> PostLimits& { return s.post; }, all);
        return all;
    }();
    return rows;
}

/// And the gains of each meter.
std::vector<Settings> beyond_in_gains()
{
    std::vector<Settings> all;
    for (std::size_t outlet = 0; outlet < protocol::outlet_limit; ++outlet)
        for (const auto part : {&protocol::MeterGains::voltage, &protocol::MeterGains::current})
            for (const auto gain : std::initializer_list<std::uint16_t>{0, 8'999, 11'001, 65'535}) {
                auto settings = protocol::factory_settings;
                settings.version = 1;
                settings.calibration[outlet].*part = Gain{gain};
                all.push_back(settings);
            }
    return all;
}

void each_beyond(const std::function<void(const Settings&)>& visit)
{
    for (const auto& row : all_beyond()) {
        CAPTURE(row.table, row.key, row.written);
        visit(row.settings);
    }
    for (const auto& settings : beyond_in_gains())
        visit(settings);
}

}  // namespace

TEST_CASE("S-27: a limit beyond what is compiled in is refused in a profile, with its bounds",
          "[sim][settings][limits]")
{
    REQUIRE(all_beyond().size() > 2 * 44);
    for (const auto& row : all_beyond()) {
        CAPTURE(row.table, row.key, row.written);
        const auto reading = edge::read_profile("name = \"x\"\nversion = 1\n[" + row.table + "]\n" +
                                                (row.table == "second" ? "outlets = [1]\n" : "\n") +
                                                row.key + " = " + row.written);
        REQUIRE_FALSE(reading.ok());
        REQUIRE(reading.faults().size() == 1);
        const auto& fault = reading.faults().front();
        CHECK(fault.line == 5);
        CHECK(fault.key == row.table + "." + row.key);
        CHECK((fault.what.find("is compiled in") != std::string::npos ||
               fault.what.find("must be a whole number from") == 0));
    }
    for (const auto* gain : {"0", "8999", "11001", "65536", "\"100 %\""})
        for (const auto* part : {"voltage", "current"}) {
            CAPTURE(gain, part);
            const auto reading =
                edge::read_profile("name = \"x\"\nversion = 1\n[[meter]]\noutlet = 12\n" +
                                   std::string{part} + " = " + gain);
            REQUIRE_FALSE(reading.ok());
            CHECK(reading.faults().front().what == "must be a whole number from 9000 to 11000");
        }
}

TEST_CASE("S-27: a limit beyond what is compiled in is refused in a scenario",
          "[sim][settings][limits]")
{
    for (const auto& row : all_beyond()) {
        if (row.table == "second") continue;  // a scenario speaks of every outlet alike
        CAPTURE(row.key, row.written);
        const auto reading = sim::read_scenario("[commissioned]\n" + row.key + " = " + row.written);
        REQUIRE_FALSE(reading.ok());
        REQUIRE(reading.faults().size() == 1);
        CHECK(reading.faults().front().key == "commissioned." + row.key);
    }
}

TEST_CASE("S-27: a limit beyond what is compiled in is refused in a command, whoever signed it",
          "[sim][settings][limits]")
{
    auto rig = GuardRig::ready(1, protocol::factory_settings);
    each_beyond([&](const Settings& beyond) {
        // As it comes over the air, or in a record.
        const auto record = protocol::decode_settings_record(
            protocol::encode(
                protocol::SetSettings{.settings = beyond, .approval_a = {}, .approval_b = {}})
                .view());
        REQUIRE(record.ok());
        for (const auto approval : {core::Approval::none, core::Approval::both_approvers})
            CHECK(rig.answer_to(rig.change(record->settings, approval)) ==
                  CommandOutcome::above_limit);
    });
    CHECK(rig.guard().settings() == protocol::factory_settings);
}

TEST_CASE(
    "S-27, F-027: a limit beyond what is compiled in, or a gain of nothing, in the post's own "
    "flash is damage, and nothing starts",
    "[sim][settings][limits][calibration]")
{
    each_beyond([&](const Settings& beyond) {
        sim::NorFlash chip{test::recorder_chip};
        auto state = core::factory_state();
        state.settings = beyond;
        core::Vault vault{core::NorAccess{chip}, 24};
        REQUIRE(vault.save(state) == core::VaultSave::saved);
        core::Vault next_boot{core::NorAccess{chip}, 24};
        const auto found = next_boot.load();
        REQUIRE(found.has_value());

        // The guard does not rely on the recorder's word for it.
        GuardRig rig{1};
        rig.restore(found->settings);
        rig.run_for(Millis{6'000});
        CHECK(rig.guard().settings() == protocol::factory_settings);
        CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::not_calibrated);
    });
}

TEST_CASE("settings of the flash that nobody could have approved are told to the guard as lost",
          "[sim][settings][limits]")
{
    auto state = core::factory_state();
    state.settings.version = 1;
    state.settings.calibration[4].current = Gain{0};
    sim::NorFlash chip{test::recorder_chip};
    {
        core::Vault vault{core::NorAccess{chip}, 24};
        REQUIRE(vault.save(state) == core::VaultSave::saved);
    }
    test::RecorderBench bench{chip};
    const auto restore = bench.recorder->begin(protocol::ResetCause::power_on, bench.at(Millis{0}));
    CHECK(restore.memory == core::WishRestore::Memory::lost);
    CHECK(restore.settings == protocol::factory_settings);
}
