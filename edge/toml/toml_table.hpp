#pragma once

#include "firmware/base/quantity.hpp"

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <toml++/toml.h>
#include <vector>

namespace ks::edge {

/// One thing wrong with a file.
struct TomlFault {
    std::uint32_t line;  // from 1; 0 when it concerns the file
    std::string key;     // as in «bike[2].charger»; empty when the text is no TOML
    std::string what;    // and what would be right

    auto operator<=>(const TomlFault&) const = default;
};

/// «file:line: key: what», as a person and an editor read it.
[[nodiscard]] std::string told(const TomlFault& fault, std::string_view file);

// Bounds of what a file may ask for; beyond them it is a slip of the finger.
inline constexpr std::size_t toml_bytes_most = 1U << 20;
inline constexpr std::size_t toml_entries_most = 10'000;
inline constexpr std::size_t toml_faults_most = 100;

/// A text as TOML, or the one reason why it is none.
struct TomlText {
    std::optional<toml::table> table;
    std::vector<TomlFault> faults;
};
[[nodiscard]] TomlText parse_toml(std::string_view text);

/// What a file holds, or why it cannot be read: it is not there, no file, or too long.
struct FileText {
    std::optional<std::string> text;
    std::vector<TomlFault> faults;
};
[[nodiscard]] FileText read_file(const std::filesystem::path& file);

/// Notes faults, a hundred at most: who has made more has mistaken the file.
class FaultList {
public:
    void add(std::uint32_t line, std::string key, std::string what);
    /// Sorted by line.
    [[nodiscard]] std::vector<TomlFault> take();
    [[nodiscard]] bool empty() const { return faults_.empty(); }

private:
    std::vector<TomlFault> faults_;
};

/// Reads one table of a file. Whatever is missing, of the wrong kind or out of range becomes a
/// fault, and reading goes on; `finish` adds one for each key nobody asked for.
class TomlTable {
public:
    enum class Need : std::uint8_t { required, optional };
    struct Whole {
        std::int64_t least;
        std::int64_t most;
    };
    struct Span {
        Millis least;
        Millis most;
    };
    /// A number with a unit: how it is read, its range, and an example for whoever got it wrong.
    struct Measure {
        std::optional<double> (*from)(std::string_view text);
        double least;
        double most;
        std::string_view example;
    };

    /// `table` and `faults` outlive it; `path` is how the table is called in faults.
    TomlTable(const toml::table& table, std::string path, FaultList& faults);

    [[nodiscard]] std::optional<std::int64_t> whole(std::string_view key, Need need, Whole range);
    [[nodiscard]] std::optional<double> number(std::string_view key, double least, double most);
    [[nodiscard]] std::optional<std::string> text(std::string_view key, Need need);
    [[nodiscard]] std::optional<Millis> duration(std::string_view key, Need need, Span range);
    [[nodiscard]] std::optional<double> measure(std::string_view key, Need need,
                                                const Measure& measure);
    [[nodiscard]] std::optional<std::uint64_t> token(std::string_view key);
    [[nodiscard]] std::optional<TomlTable> table(std::string_view key, Need need);
    [[nodiscard]] bool has(std::string_view key) const { return table_->contains(key); }
    /// A list of whole numbers, each once.
    [[nodiscard]] std::optional<std::vector<std::int64_t>> wholes(std::string_view key, Need need,
                                                                  Whole range);
    /// The tables of `[[key]]`; none when there are none.
    [[nodiscard]] std::vector<TomlTable> tables(std::string_view key);
    void finish();

    void refuse(std::string_view key, std::string what);
    /// Something in the file was.
    [[nodiscard]] bool refused() const { return !faults_->empty(); }
    [[nodiscard]] std::uint32_t line_of(std::string_view key) const;
    [[nodiscard]] std::string path_of(std::string_view key) const;

private:
    [[nodiscard]] const toml::node* find(std::string_view key, Need need, std::string_view kind);

    const toml::table* table_;
    std::string path_;
    FaultList* faults_;
    std::set<std::string, std::less<>> known_;
};

}  // namespace ks::edge
