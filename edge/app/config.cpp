#include "edge/app/config.hpp"

#include "edge/app/toml_section.hpp"
#include "edge/uplinks/signature.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace ks::edge {

namespace {

constexpr std::string_view sections[] = {"site",   "log",     "broker",     "console",
                                         "access", "webhook", "diagnostics"};

std::optional<std::string> content_of(const std::filesystem::path& file)
{
    std::ifstream in{file, std::ios::binary};
    if (!in) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

/// A file that must be readable now, because finding out later means an outage at night.
std::string readable(TomlSection& section, std::string_view key, std::string path)
{
    if (path.empty()) return path;
    if (!content_of(path)) section.fault(key, "cannot read \"" + path + '"');
    return path;
}

void read_site(TomlSection section, Config& config)
{
    config.site = section.required_text("id");
    if (!config.site.empty() && !protocol::is_id(config.site))
        section.fault("id", '"' + config.site + "\" is no id; write 8 to 32 of A-Z, 0-9 and -");
    const auto file = section.required_text("command_key_file");
    if (file.empty()) return;
    const auto key = content_of(file);
    if (!key)
        section.fault("command_key_file", "cannot read \"" + file + '"');
    else if (key->size() != config.command_key.size())
        section.fault("command_key_file", '"' + file + "\" must hold exactly 32 bytes");
    else
        std::copy_n(bytes_of(*key).begin(), config.command_key.size(), config.command_key.begin());
}

void read_log(TomlSection section, Config& config)
{
    constexpr std::int64_t mebibyte = 1 << 20;
    config.log = section.required_text("file");
    // 24 hours of evidence of twenty posts whose two hundred outlets charge all day, a record a
    // minute each: 28 MB (measured: 95 bytes a record, index and all). Beside it the write-ahead
    // log's 16 MiB, and a third to spare.
    config.reserve = section.integer("reserve_mib", 64, {.least = 8, .most = 65'536}) * mebibyte;
    if (section.word("disk_alarms", {"on", "off"}) == "off")
        config.disk_alarms = Config::DiskAlarms::off;
}

void read_broker(TomlSection section, Config& config)
{
    config.broker.host = section.text("host", "localhost");
    config.broker.port =
        static_cast<std::uint16_t>(section.integer("port", 8883, {.least = 1, .most = 65'535}));
    const auto wanted = section.word("security", {"tls", "none"});
    Broker::Tls tls{
        .authority = readable(section, "authority_file", section.text("authority_file", "")),
        .certificate = readable(section, "certificate_file", section.text("certificate_file", "")),
        .key = readable(section, "key_file", section.text("key_file", ""))};
    const bool loopback = config.broker.host == "localhost" || config.broker.host == "127.0.0.1" ||
                          config.broker.host == "::1";
    if (wanted == "none") {
        if (!loopback)
            section.fault("security", R"("none" is for a broker on this machine; write "tls")");
        return;
    }
    if (tls.authority.empty()) section.fault("authority_file", "is missing, and security is tls");
    if (tls.certificate.empty())
        section.fault("certificate_file", "is missing, and security is tls");
    if (tls.key.empty()) section.fault("key_file", "is missing, and security is tls");
    config.broker.tls = tls;
}

void read_console(TomlSection section, Config& config)
{
    if (!section.present()) return;
    Config::ConsolePart part{.address = section.text("address", "127.0.0.1"),
                             .port = static_cast<std::uint16_t>(
                                 section.integer("port", 8443, {.least = 0, .most = 65'535})),
                             .certificate = {},
                             .key = {},
                             .web = section.required_text("web_folder"),
                             .state = section.required_text("state_folder")};
    const auto certificate =
        readable(section, "certificate_file", section.text("certificate_file", ""));
    const auto key = readable(section, "key_file", section.text("key_file", ""));
    if (certificate.empty() != key.empty())
        section.fault(certificate.empty() ? "certificate_file" : "key_file",
                      "is missing; certificate and key come together");
    if (!certificate.empty()) {
        part.certificate = certificate;
        part.key = key;
    }
    config.console = std::move(part);
}

void read_access(TomlSection section, Config& config)
{
    config.access = section.cards("cards");
    config.access.time_limit =
        section.time("time_limit", Millis{10 * 3'600'000}, {.least = 60, .most = 12 * 3'600});
    config.access.energy_limit =
        section.energy("energy_limit", MilliwattHours{6'000'000}, {.least = 1, .most = 10'000});
}

void read_webhook(TomlSection section, Config& config)
{
    if (!section.present()) return;
    Config::WebhookPart part{
        .url = section.required_text("url"),
        .key = {},
        .authority = {},
        .events = {},
        .deadline = section.time("deadline", Millis{10'000}, {.least = 1, .most = 60})};
    if (!part.url.empty() && !part.url.starts_with("https://") && !part.url.starts_with("http://"))
        section.fault("url", '"' + part.url + "\" must begin with https:// or http://");
    part.authority = readable(section, "authority_file", section.text("authority_file", ""));
    const auto file = section.required_text("secret_file");
    if (!file.empty()) {
        const auto secret = content_of(file);
        const auto key = secret ? webhook_key(*secret) : std::nullopt;
        if (!secret)
            section.fault("secret_file", "cannot read \"" + file + '"');
        else if (!key)
            section.fault("secret_file",
                          '"' + file + "\" must hold whsec_ and the base64 of 24 to 64 bytes");
        else
            part.key = *key;
    }
    for (const auto& event : section.texts("events", {"alarm.raised", "alarm.cleared"})) {
        if (event == "alarm.raised" || event == "alarm.cleared" || event == "alarm.acknowledged")
            part.events.insert(event);
        else
            section.fault("events", '"' + event +
                                        "\" is none of \"alarm.raised\", \"alarm.cleared\", "
                                        "\"alarm.acknowledged\"");
    }
    config.webhook = std::move(part);
}

void read_diagnostics(TomlSection section, Config& config)
{
    const auto level = section.word("level", {"info", "debug", "warning", "error"});
    if (level == "debug") config.level = LogLevel::debug;
    if (level == "warning") config.level = LogLevel::warning;
    if (level == "error") config.level = LogLevel::error;
}

}  // namespace

std::string text_of(const ConfigFault& fault)
{
    std::string text = fault.file + ':';
    if (fault.line != 0) text += std::to_string(fault.line) + ':';
    text += ' ';
    if (!fault.key.empty()) text += fault.key + ": ";
    return text + fault.what;
}

ConfigResult read_config(const std::filesystem::path& file)
{
    const auto name = file.string();
    ConfigResult result;
    const auto content = content_of(file);
    if (!content) {
        result.faults.push_back({.file = name, .line = 0, .key = {}, .what = "cannot be read"});
        return result;
    }
    toml::table root;
    try {
        root = toml::parse(*content, name);
    } catch (const toml::parse_error& error) {
        result.faults.push_back({.file = name,
                                 .line = error.source().begin.line,
                                 .key = {},
                                 .what = std::string{error.description()}});
        return result;
    }
    Config config;
    auto& faults = result.faults;
    for (const auto& [key, node] : root) {
        if (std::find(std::begin(sections), std::end(sections), key.str()) != std::end(sections))
            continue;
        faults.push_back({.file = name,
                          .line = key.source().begin.line,
                          .key = std::string{key.str()},
                          .what = "is not known; sections are site, log, broker, console, access, "
                                  "webhook and diagnostics"});
    }
    read_site({root, "site", name, faults}, config);
    read_log({root, "log", name, faults}, config);
    read_broker({root, "broker", name, faults}, config);
    read_console({root, "console", name, faults}, config);
    read_access({root, "access", name, faults}, config);
    read_webhook({root, "webhook", name, faults}, config);
    read_diagnostics({root, "diagnostics", name, faults}, config);
    std::stable_sort(faults.begin(), faults.end(),
                     [](const auto& a, const auto& b) { return a.line < b.line; });
    if (faults.empty()) result.config = std::move(config);
    return result;
}

}  // namespace ks::edge
