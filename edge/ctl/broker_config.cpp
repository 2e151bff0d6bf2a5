#include "edge/ctl/broker_config.hpp"

#include "edge/ctl/broker_templates.hpp"
#include "edge/ctl/filled.hpp"
#include "edge/ctl/site_folder.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <sstream>

namespace ks::edge {
namespace {

static_assert(!mosquitto_conf_template.empty(), "config/broker/mosquitto.conf is empty");
static_assert(!acl_template.empty(), "config/broker/acl is empty");

/// Lines that say something, with their blanks made one.
std::vector<std::string> statements(const std::string& text)
{
    std::vector<std::string> found;
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words{line};
        std::string statement;
        for (std::string word; words >> word;)
            statement += (statement.empty() ? "" : " ") + word;
        if (!statement.empty() && statement.front() != '#') found.push_back(statement);
    }
    return found;
}

std::string key_of(const std::string& statement)
{
    return statement.substr(0, statement.find(' '));
}

std::string value_of(const std::string& statement)
{
    const auto blank = statement.find(' ');
    return blank == std::string::npos ? "" : statement.substr(blank + 1);
}

/// The statements of the template that keep strangers out. They must stand as they are.
constexpr std::string_view fixed_keys[] = {
    "require_certificate", "use_identity_as_username", "use_username_as_clientid",
    "allow_anonymous",     "retain_available",
};

std::optional<int> number_in(std::string_view text)
{
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || value < 1 || value > 65'535) return std::nullopt;
    if (end != text.data() + text.size() && *end != ' ') return std::nullopt;
    return value;
}

}  // namespace

std::string broker_config(const BrokerPlace& place)
{
    return filled(std::string{mosquitto_conf_template}, {{"dir", place.site_folder.string()},
                                                         {"user", place.user},
                                                         {"port", std::to_string(place.port)}});
}

std::string broker_acl(const std::string& site)
{
    return filled(
        std::string{acl_template},
        {{"site", site}, {"edge", std::string{edge_name}}, {"tail", std::string{tail_name}}});
}

std::optional<int> listener_port(const std::string& config)
{
    std::optional<int> port;
    for (const auto& statement : statements(config)) {
        if (key_of(statement) != "listener") continue;
        if (port) return std::nullopt;
        port = number_in(value_of(statement));
        if (!port) return std::nullopt;
    }
    return port;
}

std::string moved_to_port(const std::string& config, int port)
{
    std::istringstream lines{config};
    std::string moved;
    for (std::string line; std::getline(lines, line);) {
        if (line.rfind("listener ", 0) == 0) {
            const auto rest = value_of(value_of(line));
            line = "listener " + std::to_string(port) + (rest.empty() ? "" : " " + rest);
        }
        moved += line + '\n';
    }
    return moved;
}

std::vector<std::string> faults_in_config(const std::string& config)
{
    const auto given = statements(config);
    if (given.empty()) return {"says nothing, and mosquitto's own defaults would let anybody in"};

    std::vector<std::string> faults;
    std::map<std::string, std::vector<std::string>> values;
    for (const auto& statement : given)
        values[key_of(statement)].push_back(value_of(statement));
    for (const auto& wanted : statements(std::string{mosquitto_conf_template})) {
        const auto key = key_of(wanted);
        if (std::find(std::begin(fixed_keys), std::end(fixed_keys), key) == std::end(fixed_keys))
            continue;
        if (values[key] != std::vector{value_of(wanted)})
            faults.push_back("must say once: " + wanted);
    }
    for (const auto* key : {"acl_file", "cafile", "certfile", "keyfile"})
        if (values[key].size() != 1 || values[key].front().empty())
            faults.push_back(std::string{"must name one "} + key);
    if (!listener_port(config)) faults.emplace_back("must have one listener with a port");
    const auto& version = values["tls_version"];
    if (version != std::vector<std::string>{"tlsv1.2"} &&
        version != std::vector<std::string>{"tlsv1.3"})
        faults.emplace_back("must say once: tls_version tlsv1.2, or tlsv1.3");
    for (const auto* key : {"include_dir", "password_file", "psk_file", "plugin", "auth_plugin",
                            "per_listener_settings", "connection", "bridge_cafile", "port"})
        if (!values[key].empty())
            faults.push_back(std::string{"must not say "} + key +
                             ", which opens ways in that are not looked at here");
    return faults;
}

std::vector<std::string> faults_in_acl(const std::string& acl, const std::string& site)
{
    const auto given = statements(acl);
    if (given.empty()) return {"says nothing: nobody could speak"};
    // A right hangs on the user line above it, so the whole must be the same, in order.
    if (given == statements(broker_acl(site))) return {};

    const auto wanted_list = statements(broker_acl(site));
    const std::set<std::string> wanted{wanted_list.begin(), wanted_list.end()};
    std::vector<std::string> faults;
    for (const auto& statement : given)
        if (!wanted.contains(statement)) faults.push_back("gives a right of its own: " + statement);
    for (const auto& statement : wanted_list)
        if (std::find(given.begin(), given.end(), statement) == given.end())
            faults.push_back("lacks: " + statement);
    if (faults.empty())
        faults.emplace_back("has its lines in another order, so that other users get the rights");
    return faults;
}

}  // namespace ks::edge
