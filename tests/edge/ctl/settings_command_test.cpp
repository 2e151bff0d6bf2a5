#include "edge/ctl/settings_words.hpp"
#include "edge/ctl/site_folder.hpp"
#include "firmware/crypto/ecdsa.hpp"
#include "firmware/protocol/codec.hpp"
#include "tests/edge/ctl/answer.hpp"
#include "tests/edge/ctl/site_fixture.hpp"
#include "tests/edge/log_file.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace ks;
using namespace ks::edge;
using namespace ks::test;

namespace {

Answer ask(const std::vector<std::string>& words)
{
    return answer_to(add_settings, std::vector<std::string>{words.rbegin(), words.rend()});
}

std::string refusal(const std::vector<std::string>& words)
{
    try {
        return "was done: " + ask(words).out;
    } catch (const SiteFault& fault) {
        return fault.what();
    }
}

const std::string shed = "config/profiles/lead-acid-shed.toml";
const std::string mixed = "config/profiles/mixed-residential.toml";

/// A site with both approvers' keys, and room for files.
struct SignedSite : SiteFixture {
    SignedSite() { static_cast<void>(init()); }

    [[nodiscard]] std::string file(const std::string& name) const
    {
        return (home.path() / name).string();
    }
    [[nodiscard]] std::vector<std::string> sign(const std::string& what, const std::string& out,
                                                const std::vector<std::string>& approvers) const
    {
        std::vector<std::string> words{"settings",      "sign",  what,     "--site",
                                       folder.string(), "--out", file(out)};
        for (const auto& approver : approvers) {
            words.emplace_back("--approver");
            words.push_back(approver);
        }
        return words;
    }
    [[nodiscard]] protocol::SetSettings record(const std::string& name) const
    {
        return protocol::decode_settings_record(bytes_of(read_text(file(name)))).value();
    }
};

}  // namespace

TEST_CASE("every limit has words in both languages, and none is left over",
          "[edge][settings][unit]")
{
    const auto& table = toml::parse_file("config/text/settings.toml");
    std::set<std::string> limits;
    const auto add = [&](const auto& row) {
        limits.insert(std::string{row.name});
        for (const auto* language : {"en", "zh"}) {
            CAPTURE(std::string{row.name}, language);
            CHECK_FALSE(SettingsWords{language}.limit(row.name).empty());
        }
    };
    protocol::each_limit_of<protocol::Limits>(add);
    protocol::each_limit_of<protocol::PostLimits>(add);
    for (const auto& [key, words] : *table["limit"].as_table())
        CHECK(limits.erase(std::string{key.str()}) == 1);
    CHECK(limits.empty());
}

TEST_CASE("settings check says what a profile changes against the factory's, in people's units",
          "[edge][settings][unit]")
{
    const auto answer = ask({"settings", "check", shed});
    CHECK(answer.code == ExitCode::done);
    CHECK(answer.says(shed + ": lead-acid-shed, version 1: good"));
    CHECK(answer.says("standard.hard_overcurrent"));
    CHECK(answer.says("10 A"));
    CHECK(answer.says("→ 8 A"));
    CHECK(answer.says("2 min  → 1 h"));
    CHECK(answer.says("LOOSER"));
    CHECK_FALSE(answer.says("second."));

    const auto chinese = ask({"settings", "check", shed, "--lang", "zh"});
    CHECK(chinese.says("与出厂值相比"));
    CHECK(chinese.says("收紧"));
    CHECK(chinese.says("充满判定持续时间"));

    CHECK(ask({"settings", "check", "config/profiles/factory.toml"})
              .says("everything is as the factory set it"));
}

TEST_CASE("settings check names every fault of every file and ends with 3",
          "[edge][settings][unit]")
{
    const TempDir folder;
    const auto bad = (folder.path() / "bad.toml").string();
    std::ofstream{bad} << "name = \"x\"\nversion = 1\n[standard]\nhard_overcurrent = \"17 A\"\n"
                          "power_mots = 1\n";

    const auto answer = ask({"settings", "check", shed, bad});
    CHECK(answer.code == ExitCode::found);
    CHECK(answer.says(bad + ":4: standard.hard_overcurrent: \"17 A\" is out of range: 1 A to 16 A "
                            "is compiled in"));
    CHECK(answer.says(bad + ":5: standard.power_mots: is not known here"));
    CHECK(answer.says("lead-acid-shed, version 1: good"));

    const auto as_json = ask({"settings", "check", bad, "--json"}).json();
    CHECK_FALSE(as_json.at("good").as_bool());
    CHECK(as_json.at("faults").as_array().size() == 2);
    const auto good = ask({"settings", "check", shed, "--json"}).json();
    CHECK(good.at("good").as_bool());
    CHECK(good.at("kind") == "profile");
    CHECK(good.at("against_factory").as_array().size() == 8);
    CHECK(good.at("settings").as_object().at("gains").as_array().size() == 12);
}

TEST_CASE("settings diff tells whose signatures a change takes", "[edge][settings][unit]")
{
    const auto looser = ask({"settings", "diff", "factory", shed});
    CHECK(looser.says("Loosens 1: both approvers, a and b, must sign"));
    const auto tighter = ask({"settings", "diff", "factory", mixed});
    CHECK(tighter.says("nobody's signature is needed"));
    const auto back = ask({"settings", "diff", mixed, "factory"});
    CHECK(back.says("both approvers"));
    CHECK(back.says("version 0 is not above 1"));
    CHECK(back.says("outlet 7.type"));
    CHECK(ask({"settings", "diff", shed, shed}).says("nothing changes"));

    const auto as_json = ask({"settings", "diff", "factory", shed, "--json"}).json();
    CHECK(as_json.at("needs_both_approvers").as_bool());
    CHECK(as_json.at("newer").as_bool());
    CHECK(as_json.at("changes").as_array().size() == 8);
    CHECK(ask({"settings", "diff", "factory", shed, "--lang", "zh"}).says("两人签名"));
    CHECK(refusal({"settings", "diff", "factory", "no/such"}).find("cannot be read") !=
          std::string::npos);
}

TEST_CASE("two approvers sign one after the other, and a post's own check finds both good",
          "[edge][settings][unit]")
{
    const SignedSite site;
    const auto half = ask(site.sign(shed, "half", {"a"}));
    CHECK(half.says("approved by a\n"));
    CHECK(half.says("Approver b has not signed yet"));
    CHECK_FALSE(site.record("half").approval_b);

    CHECK(ask(site.sign(site.file("half"), "whole", {"b"})).says("approved by a and b"));
    CHECK(ask(site.sign(shed, "at once", {"a", "b"})).says("approved by a and b"));
    CHECK(site.record("whole") == site.record("at once"));

    const auto record = site.record("whole");
    const auto digest = protocol::settings_digest(record.settings);
    const auto keys = read_bytes(site.folder / "posts/POST-0001/settings.pub");
    for (const std::size_t which : {0U, 1U}) {
        crypto::PublicKey key{};
        std::copy_n(keys.begin() + static_cast<std::ptrdiff_t>(which * 65), 65, key.bytes.begin());
        const auto& approval = which == 0 ? record.approval_a : record.approval_b;
        CHECK(crypto::verify(key, digest, crypto::Signature{*approval}));
    }
    CHECK(ask({"settings", "check", site.file("whole")}).says("carries approvals of a and b"));
    CHECK(ask({"settings", "check", site.file("whole"), "--site", site.folder.string()})
              .says("approved by a and b"));
    CHECK(ask({"settings", "diff", shed, site.file("whole")}).says("nothing changes"));
}

TEST_CASE("a record is not signed over somebody's forgery, nor with a key that is not the site's",
          "[edge][settings][unit]")
{
    const SignedSite site;
    static_cast<void>(ask(site.sign(shed, "good", {"a"})));

    auto forged = site.record("good");
    forged.settings.types[0].session_cap = Millis{12 * 3'600'000};
    replace_file(site.file("forged"), protocol::encode(forged).view(), Access::everybody);
    CHECK(refusal(site.sign(site.file("forged"), "out", {"b"}))
              .find("approval a is not by approver a") != std::string::npos);
    const auto checked =
        ask({"settings", "check", site.file("forged"), "--site", site.folder.string()});
    CHECK(checked.code == ExitCode::found);
    CHECK(checked.says("approval a is not by approver a"));

    const auto whole = read_text(site.file("good"));
    replace_file(site.file("torn"), bytes_of(std::string_view{whole}.substr(0, whole.size() - 1)),
                 Access::everybody);
    CHECK(refusal(site.sign(site.file("torn"), "out", {"b"}))
              .find("no settings record that is "
                    "whole (truncated)") != std::string::npos);

    const auto key = site.folder / "approvers/b.key";
    replace_file(key, read_bytes(site.folder / "approvers/a.key"), Access::owner);
    CHECK(refusal(site.sign(shed, "out", {"b"})).find("is not the key of this site's approver b") !=
          std::string::npos);
    replace_file(key, bytes_of("short"), Access::owner);
    CHECK(refusal(site.sign(shed, "out", {"b"})).find("has 5 bytes") != std::string::npos);
    CHECK(refusal(site.sign("factory", "out", {"a"})).find("version 0") == 0);
    CHECK_FALSE(std::filesystem::exists(site.file("out")));
}

TEST_CASE("a record whose limits no post would take is told limit by limit",
          "[edge][settings][unit]")
{
    const TempDir folder;
    const auto file = (folder.path() / "record").string();
    auto settings = protocol::factory_settings;
    settings.version = 2;
    settings.types[1].contact_limit = DeciCelsius{901};
    settings.calibration[10].current = Gain{0};
    replace_file(file,
                 protocol::encode(protocol::SetSettings{
                                      .settings = settings, .approval_a = {}, .approval_b = {}})
                     .view(),
                 Access::everybody);
    const auto answer = ask({"settings", "check", file});
    CHECK(answer.code == ExitCode::found);
    CHECK(answer.says("second.contact_limit is 90.1 °C; 45 °C to 90 °C is compiled in"));
    CHECK(answer.says("meter 11 has gains of 100 % and 0 %"));
}

TEST_CASE("meters are put into a record when it is made", "[edge][settings][calibration][unit]")
{
    const SignedSite site;
    auto calibrate =
        ask({"settings", "calibrate", "--outlet", "3", "--true-voltage", "231.4 V",
             "--read-voltage", "229.8V", "--true-current", "4.02 A", "--read-current", "4.07A"});
    CHECK(calibrate.says("outlet = 3\nvoltage = 10070   # 100.7 %\ncurrent = 9877"));
    std::ofstream{site.file("meters")} << calibrate.out;

    auto words = site.sign(shed, "record", {"a", "b"});
    words.insert(words.end(), {"--meters", site.file("meters")});
    static_cast<void>(ask(words));
    const auto settings = site.record("record").settings;
    CHECK(settings.calibration[2] == protocol::MeterGains{Gain{10'070}, Gain{9'877}});
    CHECK(ask({"settings", "diff", shed, site.file("record")}).says("meter 3.voltage"));

    words = site.sign(site.file("record"), "again", {"a"});
    words.insert(words.end(), {"--meters", site.file("meters")});
    CHECK(refusal(words).find("has its meters in it") != std::string::npos);
}

TEST_CASE("a meter is calibrated from what it showed, and not further than a tenth",
          "[edge][settings][calibration][unit]")
{
    const auto gains = [](const std::vector<std::string>& more) {
        std::vector<std::string> words{"settings", "calibrate", "--outlet", "1", "--json"};
        words.insert(words.end(), more.begin(), more.end());
        return words;
    };
    // With a gain in force the console shows what it has made of the meter's own figure.
    const auto again = ask(gains({"--true-voltage", "230 V", "--read-voltage", "231 V",
                                  "--voltage-gain", "10100"}))
                           .json();
    CHECK(again.at("voltage") == 10'056);
    CHECK(again.at("current") == 10'000);

    CHECK(refusal(gains({"--true-current", "5 A", "--read-current", "4 A"}))
              .find("would take a gain of 12500; 9000 to 11000") != std::string::npos);
    CHECK(refusal(gains({"--true-current", "0.4 A", "--read-current", "0.4 A"}))
              .find("a current from 0.5 A to 16 A") != std::string::npos);
    CHECK(refusal(gains({"--true-voltage", "5 A", "--read-voltage", "4 A"}))
              .find("a mains voltage from 100 V") != std::string::npos);
    CHECK(refusal(gains({})).find("nothing to calibrate by") == 0);
    CHECK_THROWS_AS(ask(gains({"--true-voltage", "230 V"})), CLI::ParseError);
    CHECK_THROWS_AS(ask({"settings", "calibrate", "--outlet", "13"}), CLI::ParseError);
}

TEST_CASE("settings show says by the log which settings a post has, and which file they are of",
          "[edge][settings][unit]")
{
    Log log;
    LogWriter writer{log.path};
    const auto show = [&](const std::vector<std::string>& more) {
        std::vector<std::string> words{"settings", "show",   "--log",
                                       log.path,   "--post", "POST-0001"};
        words.insert(words.end(), more.begin(), more.end());
        return ask(words);
    };
    const SignedSite site;
    static_cast<void>(ask(site.sign(shed, "record", {"a", "b"})));
    const auto settings = site.record("record").settings;
    protocol::SettingsChanged changed{.version = settings.version, .settings = {}, .command = {}};
    const auto digest = protocol::settings_digest(settings);
    std::copy_n(digest.begin(), changed.settings.size(), changed.settings.begin());
    log.tell(protocol::Lane::event, changed);
    log.commit(writer);

    CHECK(show({}).says("POST-0001: settings of version 1 are in force, digest "));
    CHECK(show({mixed, site.file("record")}).says("they are those of " + site.file("record")));
    CHECK(show({mixed}).says("none of the files given has them"));
    CHECK(show({mixed, "--lang", "zh"}).says("正在使用第 1 版设置"));
    const auto as_json = show({"--json", shed}).json();
    CHECK(as_json.at("version") == 1);
    CHECK(as_json.at("file").as_string() == shed);
    CHECK_FALSE(as_json.at("as_factory").as_bool());
    CHECK(refusal({"settings", "show", "--log", log.path, "--post", "POST-0002"})
              .find("knows no post POST-0002") != std::string::npos);
}
