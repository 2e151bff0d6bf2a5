#pragma once

#include "firmware/base/quantity.hpp"
#include "sim/fleet/scenario.hpp"

#include <optional>
#include <set>
#include <string>
#include <toml++/toml.h>

namespace ks::sim {

/// Notes faults, a hundred at most: who has made more has mistaken the file.
class FaultList {
public:
    void add(std::uint32_t line, std::string key, std::string what);
    /// Sorted by line.
    [[nodiscard]] std::vector<ScenarioFault> take();
    [[nodiscard]] bool empty() const { return faults_.empty(); }

private:
    std::vector<ScenarioFault> faults_;
};

/// Reads one table of a scenario. Whatever is missing, of the wrong kind or out of range becomes a
/// fault, and reading goes on; `finish` adds one for each key nobody asked for.
class ScenarioTable {
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
    ScenarioTable(const toml::table& table, std::string path, FaultList& faults);

    [[nodiscard]] std::optional<std::int64_t> whole(std::string_view key, Need need, Whole range);
    [[nodiscard]] std::optional<double> number(std::string_view key, double least, double most);
    [[nodiscard]] std::optional<std::string> text(std::string_view key, Need need);
    [[nodiscard]] std::optional<Millis> duration(std::string_view key, Need need, Span range);
    [[nodiscard]] std::optional<double> measure(std::string_view key, Need need,
                                                const Measure& measure);
    [[nodiscard]] std::optional<std::uint64_t> token(std::string_view key);
    [[nodiscard]] std::optional<ScenarioTable> table(std::string_view key, Need need);
    /// The tables of `[[key]]`; none when there are none.
    [[nodiscard]] std::vector<ScenarioTable> tables(std::string_view key);
    void finish();

    void refuse(std::string_view key, std::string what);
    [[nodiscard]] std::uint32_t line_of(std::string_view key) const;
    [[nodiscard]] std::string path_of(std::string_view key) const;

private:
    [[nodiscard]] const toml::node* find(std::string_view key, Need need, std::string_view kind);

    const toml::table* table_;
    std::string path_;
    FaultList* faults_;
    std::set<std::string, std::less<>> known_;
};

}  // namespace ks::sim
