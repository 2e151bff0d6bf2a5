#include "edge/ctl/settings_file.hpp"
#include "edge/ctl/settings_sign.hpp"
#include "edge/ctl/site_folder.hpp"
#include "tests/core/guard_rig.hpp"
#include "tests/core/recorder_bench.hpp"
#include "tests/edge/ctl/site_fixture.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::edge;
using namespace ks::test;
using protocol::CommandOutcome;

namespace {

core::Approvers approvers_of_post(const std::filesystem::path& site)
{
    const auto keys = read_bytes(site / "posts/POST-0001/settings.pub");
    core::Approvers approvers{};
    std::copy_n(keys.begin(), 65, approvers.a.bytes.begin());
    std::copy_n(keys.begin() + 65, 65, approvers.b.bytes.begin());
    return approvers;
}

/// A post of that site: its own recorder, which judges signatures, before its own guard.
struct Post {
    explicit Post(const std::filesystem::path& site) : memory{chip}, guard{1}
    {
        auto setup = RecorderBench::setup();
        setup.approvers = approvers_of_post(site);
        recorder = std::make_unique<core::Recorder>(
            core::Recorder::Memory{
                .journal = memory.journal, .vault = memory.vault, .cards = memory.cards},
            setup);
        check(guard.guard().wish(
            recorder->begin(protocol::ResetCause::power_on, memory.at(Millis{0}))));
        guard.run_for(Millis{10'000});
    }

    /// As it comes with the command, all the way.
    CommandOutcome take(const protocol::SetSettings& record)
    {
        const auto command = command_of(record, ++commands_);
        const auto bytes = protocol::encode(command, protocol::CommandKey{});
        const auto answer = recorder->command(protocol::decode_command(bytes.view()).value(),
                                              memory.at(Millis{10'000}));
        if (const auto* refused = std::get_if<CommandOutcome>(&answer)) return *refused;
        const auto& wish = std::get<core::Wish>(answer);
        check(guard.guard().wish(wish));
        const auto outcome = guard.answer_to(std::get<core::WishSettings>(wish).ticket);
        for (const auto& news : guard.all<core::NewsAnswer>())
            recorder->take(news, memory.at(Millis{10'000}));
        guard.news.clear();
        return outcome;
    }

    sim::NorFlash chip{recorder_chip};
    RecorderBench memory;
    std::unique_ptr<core::Recorder> recorder;
    core::GuardRig guard;

private:
    std::uint8_t commands_{0};
};

}  // namespace

TEST_CASE(
    "what kickstand makes of a profile and two approvers' keys is in force at the site's post, "
    "and nowhere else",
    "[edge][settings][chain]")
{
    const SiteFixture site;
    static_cast<void>(site.init());
    const auto profile = load_settings("config/profiles/lead-acid-shed.toml").file.value();
    const auto unsigned_record = profile.record;
    const auto half = sign_settings(unsigned_record, site.folder, "a");
    const auto whole = sign_settings(half, site.folder, "b");

    Post post{site.folder};
    CHECK(post.take(unsigned_record) == CommandOutcome::not_approved);
    CHECK(post.take(half) == CommandOutcome::not_approved);
    CHECK(post.take(whole) == CommandOutcome::done);
    CHECK(post.guard.guard().settings() == profile.record.settings);
    CHECK(post.recorder->settings() == profile.record.settings);
    CHECK(post.take(whole) == CommandOutcome::replayed);

    const SiteFixture elsewhere;
    static_cast<void>(elsewhere.init());
    Post stranger{elsewhere.folder};
    CHECK(stranger.take(whole) == CommandOutcome::not_approved);
    CHECK(stranger.guard.guard().settings() == protocol::factory_settings);
}

TEST_CASE("a profile that only tightens is taken without a signature, while outlets charge",
          "[edge][settings][chain]")
{
    const SiteFixture site;
    static_cast<void>(site.init());
    auto record = load_settings("config/profiles/mixed-residential.toml").file.value().record;
    Post post{site.folder};
    post.guard.socket(1).load = Milliamps{1'000};
    REQUIRE(post.guard.answer_to(post.guard.start(1)) == CommandOutcome::done);

    CHECK(post.take(record) == CommandOutcome::done);
    CHECK(post.guard.closed(1));

    // A gain is neither tighter nor looser: it takes both, and nobody charging.
    record.settings.version = 2;
    record.settings.calibration[0].current = Gain{10'100};
    CHECK(post.take(record) == CommandOutcome::not_approved);
    const auto approved = sign_settings(sign_settings(record, site.folder, "a"), site.folder, "b");
    CHECK(post.take(approved) == CommandOutcome::not_idle);
}
