#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ks::edge {

/// Where a site's broker is and as whom it runs.
struct BrokerPlace {
    std::filesystem::path site_folder;
    std::string user;
    int port;
};

/// `config/broker/mosquitto.conf` for this place; the template is part of the program.
[[nodiscard]] std::string broker_config(const BrokerPlace& place);
/// `config/broker/acl` for this site.
[[nodiscard]] std::string broker_acl(const std::string& site);

/// The port in the one `listener` line of a configuration; nothing unless there is one line.
[[nodiscard]] std::optional<int> listener_port(const std::string& config);
/// The same configuration on another port. Only for one with a `listener_port`.
[[nodiscard]] std::string moved_to_port(const std::string& config, int port);

/// What is wrong with a configuration and its rules, one line each: whatever lets in somebody whom
/// the templates keep out (S-12, S-13, S-15, S-20). Other lines may be changed at will.
[[nodiscard]] std::vector<std::string> faults_in_config(const std::string& config);
[[nodiscard]] std::vector<std::string> faults_in_acl(const std::string& acl,
                                                     const std::string& site);

}  // namespace ks::edge
