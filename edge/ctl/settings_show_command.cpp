#include "edge/ctl/settings_file.hpp"
#include "edge/ctl/settings_report.hpp"
#include "edge/ctl/settings_verbs.hpp"
#include "edge/ctl/site_folder.hpp"
#include "edge/runtime/hex.hpp"
#include "edge/store/reader.hpp"

#include <boost/json.hpp>

#include <memory>
#include <ostream>

namespace ks::edge {
namespace {

namespace json = boost::json;

struct ShowOptions {
    std::string log;
    std::string post;
    std::vector<std::string> files;
    std::string language{"en"};
    bool as_json{false};
};

PostView post_in(const std::string& log, const std::string& id)
{
    const auto restored = Reader{log}.restore();
    for (const auto& post : restored.posts)
        if (post.id == id) return post;
    throw SiteFault{log + ": knows no post " + id};
}

/// The file whose settings the post has; empty when none of them.
std::string file_with(const std::vector<std::string>& files, const std::string& mark)
{
    for (const auto& name : files) {
        const auto loading = load_settings(name);
        if (!loading.file) throw SiteFault{loading.faults.front()};
        if (mark_of(loading.file->record.settings) == mark) return name;
    }
    return {};
}

void show(const ShowOptions& options, Terminal& terminal)
{
    const SettingsWords words{options.language};
    const auto post = post_in(options.log, options.post);
    const auto mark = hex_of(post.settings);
    const auto file = file_with(options.files, mark);
    if (options.as_json) {
        json::object line{{"post", post.id},
                          {"version", post.settings_version},
                          {"digest", mark},
                          {"as_factory", mark == mark_of(protocol::factory_settings)}};
        if (!options.files.empty()) line["file"] = file.empty() ? json::value{} : json::value(file);
        terminal.out << json::serialize(line) << '\n';
        return;
    }
    terminal.out << words.say(post.settings_version == 0 ? "never_set" : "in_force",
                              {{"post", post.id},
                               {"version", std::to_string(post.settings_version)},
                               {"digest", mark}})
                 << '\n';
    if (options.files.empty()) return;
    terminal.out << (file.empty() ? words.say("is_no_file", {})
                                  : words.say("is_file", {{"file", file}}))
                 << '\n';
}

}  // namespace

void add_settings_show(CLI::App& settings, Terminal& terminal)
{
    auto* verb = settings.add_subcommand("show", "Which settings a post has in force, by the log");
    const auto options = std::make_shared<ShowOptions>();
    verb->add_option("--log", options->log, "The log's database")->required();
    verb->add_option("--post", options->post, "The post's id")->required();
    verb->add_option("file", options->files,
                     "Profiles or settings records, to say which of them it has");
    verb->add_option("--lang", options->language, "en or zh")->check(CLI::IsMember({"en", "zh"}));
    verb->add_flag("--json", options->as_json, "Says it as one line of JSON");
    verb->callback([options, &terminal] { show(*options, terminal); });
}

}  // namespace ks::edge
