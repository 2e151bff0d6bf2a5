#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace ks::edge {

/// One `key=value` of a log line. Text with spaces or quotes is quoted when written.
class Field {
public:
    Field(std::string_view key, std::string_view value) : key_{key}, value_{value} {}
    Field(std::string_view key, const char* value) : Field{key, std::string_view{value}} {}
    template <std::integral Number>
    Field(std::string_view key, Number value) : key_{key}, value_{std::to_string(value)}
    {}

    [[nodiscard]] std::string_view key() const { return key_; }
    [[nodiscard]] const std::string& value() const { return value_; }

private:
    std::string_view key_;
    std::string value_;
};

using Fields = std::initializer_list<Field>;

/// A person must act.
void log_error(std::string_view event, Fields fields);
/// Handled, but not twice.
void log_warning(std::string_view event, Fields fields);
/// A shift would want to know.
void log_info(std::string_view event, Fields fields);
/// For us.
void log_debug(std::string_view event, Fields fields);

enum class LogLevel : std::uint8_t { debug, info, warning, error };

/// Lines go to standard error, `event key=value`, one per fact, with time and level before.
void start_log(LogLevel least);

/// The fields as they appear in a line.
[[nodiscard]] std::string line_of(std::string_view event, Fields fields);

}  // namespace ks::edge
