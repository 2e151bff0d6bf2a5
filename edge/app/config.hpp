#pragma once

#include "edge/broker/broker.hpp"
#include "edge/domain/access.hpp"
#include "edge/runtime/log.hpp"
#include "firmware/protocol/codec.hpp"

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ks::edge {

/// Everything the daemon is told, checked. Paths are absolute or relative to where it was started.
struct Config {
    struct BrokerPart {
        std::string host;
        std::uint16_t port;
        std::optional<Broker::Tls> tls;
    };
    struct ConsolePart {
        std::string address;
        std::uint16_t port;
        /// None: plain HTTP, which is for loopback only.
        std::optional<std::filesystem::path> certificate;
        std::optional<std::filesystem::path> key;
        std::filesystem::path web;
        std::filesystem::path state;
    };
    struct WebhookPart {
        std::string url;
        std::vector<std::byte> key;
        std::string authority;
        std::set<std::string> events;
        Millis deadline;
    };

    std::string site;
    protocol::CommandKey command_key{};
    std::filesystem::path log;
    /// Bytes kept free beside the log for when the disk is full.
    std::int64_t reserve{};
    /// Whether the site tells how full its disk is; one that it shares may be watched by others.
    enum class DiskAlarms : std::uint8_t { on, off } disk_alarms{DiskAlarms::on};
    BrokerPart broker;
    std::optional<ConsolePart> console;
    std::optional<WebhookPart> webhook;
    AccessPolicy access;
    LogLevel level{LogLevel::info};
};

/// One thing that is wrong, and what would be right.
struct ConfigFault {
    std::string file;
    std::uint32_t line;  // 0: of no line in particular
    std::string key;
    std::string what;
};

[[nodiscard]] std::string text_of(const ConfigFault& fault);

/// Either a whole config or every fault at once; never both.
struct ConfigResult {
    std::optional<Config> config;
    std::vector<ConfigFault> faults;
};

[[nodiscard]] ConfigResult read_config(const std::filesystem::path& file);

}  // namespace ks::edge
