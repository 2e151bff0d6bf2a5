#include "edge/ctl/message_json.hpp"
#include "edge/ctl/noun.hpp"
#include "edge/ctl/settings_file.hpp"
#include "edge/ctl/settings_report.hpp"
#include "edge/ctl/settings_sign.hpp"
#include "edge/ctl/settings_verbs.hpp"
#include "edge/ctl/site_folder.hpp"

#include <boost/json.hpp>

#include <memory>
#include <ostream>

namespace ks::edge {
namespace {

namespace json = boost::json;
using protocol::Settings;

struct Options {
    std::vector<std::string> files;
    std::string site;
    std::vector<std::string> approvers;
    std::string meters;
    std::string out;
    std::string language{"en"};
    bool as_json{false};
};

std::string name_of(const Settings& settings)
{
    return settings.profile.empty() ? "-" : std::string{settings.profile.text()};
}

std::string joined(const std::vector<std::string>& approvers, const SettingsWords& words)
{
    std::string text;
    for (const auto& approver : approvers)
        text += (text.empty() ? "" : words.say("and", {})) + approver;
    return text.empty() ? words.say("nobody", {}) : text;
}

json::object json_of_good(const SettingsFile& file, const SettingsWords& words)
{
    const auto& settings = file.record.settings;
    json::object out;
    out["good"] = true;
    out["kind"] = file.kind == SettingsFile::Kind::record ? "record" : "profile";
    out["profile"] = name_of(settings);
    out["version"] = settings.version;
    out["digest"] = mark_of(settings);
    out["approved_by"] = json::value_from(approvers_of(file.record));
    out["against_factory"] = json_of(changes_between(protocol::factory_settings, settings), words);
    out["settings"] = settings_json(settings);
    return out;
}

void print_good(const std::string& name, const SettingsFile& file, const Options& options,
                std::ostream& out)
{
    const SettingsWords words{options.language};
    const auto& settings = file.record.settings;
    out << words.say("good", {{"file", name},
                              {"name", name_of(settings)},
                              {"version", std::to_string(settings.version)},
                              {"digest", mark_of(settings)}})
        << '\n';
    if (file.kind == SettingsFile::Kind::record)
        out << words.say(options.site.empty() ? "carries" : "approved",
                         {{"by", joined(approvers_of(file.record), words)}})
            << '\n';
    const auto changes = changes_between(protocol::factory_settings, settings);
    out << words.say(changes.empty() ? "as_factory" : "against_factory", {}) << '\n';
    print(changes, words, out);
}

/// «factory» is what a post has before it is commissioned.
SettingsFile need_settings(const std::string& file)
{
    if (file == "factory")
        return {
            .kind = SettingsFile::Kind::profile,
            .record = {.settings = protocol::factory_settings, .approval_a = {}, .approval_b = {}}};
    const auto loading = load_settings(file);
    if (loading.file) return *loading.file;
    const auto more = loading.faults.size() - 1;
    throw SiteFault{loading.faults.front() +
                    (more == 0 ? "" : " (and " + std::to_string(more) + " more: settings check)")};
}

void add_common(CLI::App& verb, const std::shared_ptr<Options>& options)
{
    verb.add_option("--lang", options->language, "en or zh")->check(CLI::IsMember({"en", "zh"}));
    verb.add_flag("--json", options->as_json, "Says it as one line of JSON");
}

/// With a site at hand, its approvers' signatures are part of what must be good.
SettingsLoading examined(const std::string& name, const std::string& site)
{
    auto loading = load_settings(name);
    if (!loading.file || site.empty()) return loading;
    try {
        check_approvals(loading.file->record, site);
    } catch (const SiteFault& fault) {
        return {.file = {}, .faults = {name + ": " + fault.what()}};
    }
    return loading;
}

void check_files(const Options& options, Terminal& terminal)
{
    const SettingsWords words{options.language};
    for (const auto& name : options.files) {
        const auto loading = examined(name, options.site);
        if (!loading.file) terminal.code = ExitCode::found;
        if (options.as_json) {
            auto line = loading.file ? json_of_good(*loading.file, words)
                                     : json::object{{"good", false},
                                                    {"faults", json::value_from(loading.faults)}};
            line["file"] = name;
            terminal.out << json::serialize(line) << '\n';
            continue;
        }
        for (const auto& fault : loading.faults)
            terminal.out << fault << '\n';
        if (loading.file) print_good(name, *loading.file, options, terminal.out);
    }
}

void diff_files(const Options& options, Terminal& terminal)
{
    const SettingsWords words{options.language};
    const auto now = need_settings(options.files.at(0)).record.settings;
    const auto wanted = need_settings(options.files.at(1)).record.settings;
    const auto changes = changes_between(now, wanted);
    if (options.as_json) {
        const json::object line{{"from", options.files[0]},
                                {"to", options.files[1]},
                                {"changes", json_of(changes, words)},
                                {"needs_both_approvers", loosens(wanted, now)},
                                {"newer", wanted.version > now.version}};
        terminal.out << json::serialize(line) << '\n';
        return;
    }
    terminal.out << words.say("from_to", {{"from", options.files[0]}, {"to", options.files[1]}})
                 << '\n';
    print(changes, words, terminal.out);
    for (const auto& sentence : verdict(now, wanted, words))
        terminal.out << sentence << '\n';
}

void sign_file(const Options& options, Terminal& terminal)
{
    const SettingsWords words{options.language};
    auto file = need_settings(options.files.at(0));
    if (!options.meters.empty()) {
        const auto loading = with_meters(file, options.meters);
        if (!loading.file) throw SiteFault{loading.faults.front()};
        file = *loading.file;
    }
    if (file.record.settings.version == 0)
        throw SiteFault{"version 0 is no post's to be given; write a profile with a version"};
    check_approvals(file.record, options.site);
    for (const auto& approver : options.approvers)
        file.record = sign_settings(file.record, options.site, approver);
    replace_file(options.out, protocol::encode(file.record).view(), Access::everybody);

    const auto approvers = approvers_of(file.record);
    if (options.as_json) {
        const json::object line{{"file", options.out},
                                {"profile", name_of(file.record.settings)},
                                {"version", file.record.settings.version},
                                {"digest", mark_of(file.record.settings)},
                                {"approved_by", json::value_from(approvers)}};
        terminal.out << json::serialize(line) << '\n';
        return;
    }
    terminal.out << words.say("signed", {{"file", options.out},
                                         {"name", name_of(file.record.settings)},
                                         {"version", std::to_string(file.record.settings.version)},
                                         {"digest", mark_of(file.record.settings)},
                                         {"by", joined(approvers, words)}})
                 << '\n';
    if (approvers.size() == 1)
        terminal.out << words.say("lacks", {{"who", approvers.front() == "a" ? "b" : "a"}}) << '\n';
}

void add_check(CLI::App& settings, Terminal& terminal)
{
    auto* verb = settings.add_subcommand(
        "check", "Says what is wrong with profiles and settings records, and what good ones change "
                 "against the factory's; 3 if any is wrong");
    const auto options = std::make_shared<Options>();
    verb->add_option("file", options->files, "Profiles or settings records")->required();
    verb->add_option("--site", options->site, "Also checks a record's signatures by this site");
    add_common(*verb, options);
    verb->callback([options, &terminal] { check_files(*options, terminal); });
}

void add_diff(CLI::App& settings, Terminal& terminal)
{
    auto* verb = settings.add_subcommand(
        "diff", "What changes from one to another, and whose signatures that takes");
    const auto options = std::make_shared<Options>();
    verb->add_option("file", options->files,
                     "From and to: profiles, settings records, or the word factory")
        ->required()
        ->expected(2);
    add_common(*verb, options);
    verb->callback([options, &terminal] { diff_files(*options, terminal); });
}

void add_sign(CLI::App& settings, Terminal& terminal)
{
    auto* verb = settings.add_subcommand(
        "sign", "Makes a settings record of a profile, or adds an approval to one");
    const auto options = std::make_shared<Options>();
    verb->add_option("file", options->files, "A profile or a settings record")
        ->required()
        ->expected(1);
    verb->add_option("--site", options->site, "The site's folder, which has the approvers' keys")
        ->required();
    verb->add_option("--approver", options->approvers,
                     "a or b, once each; without any the record only tightens")
        ->check(CLI::IsMember({"a", "b"}))
        ->allow_extra_args(false);
    verb->add_option("--meters", options->meters,
                     "The gains of this post's meters, a file of "
                     "[[meter]] tables");
    verb->add_option("--out", options->out, "The record")->required();
    add_common(*verb, options);
    verb->callback([options, &terminal] { sign_file(*options, terminal); });
}

}  // namespace

void add_settings(CLI::App& app, Terminal& terminal)
{
    auto* settings = app.add_subcommand("settings", "What posts protect by: profiles, their "
                                                    "differences, signatures and meters");
    settings->require_subcommand(1);
    add_check(*settings, terminal);
    add_diff(*settings, terminal);
    add_sign(*settings, terminal);
    add_settings_show(*settings, terminal);
    add_settings_calibrate(*settings, terminal);
}

}  // namespace ks::edge
