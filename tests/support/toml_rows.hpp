#pragma once

#include "edge/toml/written.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace ks::test {

/// A slip in a text, and what is said about it.
struct TomlSlip {
    std::string text;
    std::uint32_t line;
    std::string_view key;
    std::string_view what;
};

/// The reading refused its text, first of all for this key and with these words; the fault itself.
template <class Reading>
const auto& refused(const Reading& reading, std::string_view key, std::string_view what)
{
    REQUIRE_FALSE(reading.ok());
    const auto& fault = reading.faults().front();
    CAPTURE(told(fault, "file"));
    CHECK(fault.key == key);
    CHECK(fault.what.find(what) != std::string::npos);
    return fault;
}

/// A limit as a person writes it: with quotes where TOML wants them.
inline std::string toml_of(std::uint32_t value) { return std::to_string(value); }
template <class T>
std::string toml_of(T value)
{
    return '"' + edge::written(value) + '"';
}

}  // namespace ks::test
