#include "edge/runtime/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace ks::edge {

namespace {

void append_value(std::string& line, const std::string& value)
{
    const bool plain = !value.empty() && value.find_first_of(" \"=\n\r\t") == std::string::npos;
    if (plain) {
        line += value;
        return;
    }
    line += '"';
    for (const char c : value) {
        // A line stays a line, whatever a stranger's text holds.
        if (c == '"' || c == '\\') line += '\\';
        line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    line += '"';
}

}  // namespace

std::string line_of(std::string_view event, Fields fields)
{
    std::string line{event};
    for (const auto& field : fields) {
        line += ' ';
        line += field.key();
        line += '=';
        append_value(line, field.value());
    }
    return line;
}

void log_error(std::string_view event, Fields fields) { spdlog::error(line_of(event, fields)); }
void log_warning(std::string_view event, Fields fields) { spdlog::warn(line_of(event, fields)); }
void log_info(std::string_view event, Fields fields) { spdlog::info(line_of(event, fields)); }
void log_debug(std::string_view event, Fields fields)
{
    if (spdlog::should_log(spdlog::level::debug)) spdlog::debug(line_of(event, fields));
}

void start_log(LogLevel least)
{
    spdlog::set_default_logger(spdlog::stderr_logger_mt("kickstand"));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
    spdlog::flush_on(spdlog::level::info);
    switch (least) {
    case LogLevel::debug: spdlog::set_level(spdlog::level::debug); break;
    case LogLevel::info: spdlog::set_level(spdlog::level::info); break;
    case LogLevel::warning: spdlog::set_level(spdlog::level::warn); break;
    case LogLevel::error: spdlog::set_level(spdlog::level::err); break;
    }
}

}  // namespace ks::edge
