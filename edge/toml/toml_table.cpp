#include "edge/toml/toml_table.hpp"

#include "edge/toml/measure.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace ks::edge {

namespace {

std::string in_quotes(std::string_view text)
{
    constexpr std::size_t shown_most = 40;
    std::string shown{text.substr(0, shown_most)};
    if (text.size() > shown_most) shown += "…";
    return "\"" + shown + "\"";
}

std::string seconds(Millis millis)
{
    std::ostringstream out;
    out << static_cast<double>(millis.count()) / 1000.0 << "s";
    return out.str();
}

}  // namespace

std::string told(const TomlFault& fault, std::string_view file)
{
    std::string text{file};
    if (fault.line != 0) text += ":" + std::to_string(fault.line);
    text += ": ";
    if (!fault.key.empty()) text += fault.key + ": ";
    text += fault.what;
    // Keys and values come from the file; none of them may talk to the terminal.
    for (auto& c : text)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7F') c = '?';
    return text;
}

TomlText parse_toml(std::string_view text)
{
    if (text.size() > toml_bytes_most)
        return {
            .table = {},
            .faults = {{.line = 0, .key = "", .what = "is longer than 1 MiB, which is a slip"}}};
    try {
        return {.table = toml::parse(text), .faults = {}};
    } catch (const toml::parse_error& error) {
        return {.table = {},
                .faults = {{.line = error.source().begin.line,
                            .key = "",
                            .what = "is no TOML: " + std::string{error.description()}}}};
    }
}

FileText read_file(const std::filesystem::path& file)
{
    std::ifstream in{file, std::ios::binary};
    std::string text(toml_bytes_most + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    std::error_code ignored;
    if (in.bad() || (!in && !in.eof()) || !std::filesystem::is_regular_file(file, ignored))
        return {
            .text = {},
            .faults = {{.line = 0, .key = "", .what = "cannot be read; is it there, and a file?"}}};
    text.resize(static_cast<std::size_t>(in.gcount()));
    return {.text = std::move(text), .faults = {}};
}

void FaultList::add(std::uint32_t line, std::string key, std::string what)
{
    if (faults_.size() < toml_faults_most)
        faults_.push_back({.line = line, .key = std::move(key), .what = std::move(what)});
}

std::vector<TomlFault> FaultList::take()
{
    std::sort(faults_.begin(), faults_.end());
    return std::exchange(faults_, {});
}

TomlTable::TomlTable(const toml::table& table, std::string path, FaultList& faults)
    : table_{&table}, path_{std::move(path)}, faults_{&faults}
{}

std::uint32_t TomlTable::line_of(std::string_view key) const
{
    const auto* node = table_->get(key);
    return node != nullptr ? node->source().begin.line : table_->source().begin.line;
}

std::string TomlTable::path_of(std::string_view key) const
{
    return path_.empty() ? std::string{key} : path_ + "." + std::string{key};
}

void TomlTable::refuse(std::string_view key, std::string what)
{
    faults_->add(line_of(key), path_of(key), std::move(what));
}

const toml::node* TomlTable::find(std::string_view key, Need need, std::string_view kind)
{
    known_.emplace(key);
    const auto* node = table_->get(key);
    if (node == nullptr && need == Need::required)
        refuse(key, "is missing; it is " + std::string{kind});
    return node;
}

std::optional<std::int64_t> TomlTable::whole(std::string_view key, Need need, Whole range)
{
    const auto kind =
        "a whole number from " + std::to_string(range.least) + " to " + std::to_string(range.most);
    const auto* node = find(key, need, kind);
    if (node == nullptr) return std::nullopt;
    const auto value = node->is_integer() ? node->value<std::int64_t>() : std::nullopt;
    if (value && *value >= range.least && *value <= range.most) return value;
    refuse(key, "must be " + kind);
    return std::nullopt;
}

std::optional<double> TomlTable::number(std::string_view key, double least, double most)
{
    const auto* node = find(key, Need::optional, "a number");
    if (node == nullptr) return std::nullopt;
    const auto value = node->is_number() ? node->value<double>() : std::nullopt;
    if (value && *value >= least && *value <= most) return value;
    std::ostringstream out;
    out << "must be a number from " << least << " to " << most;
    refuse(key, out.str());
    return std::nullopt;
}

std::optional<std::string> TomlTable::text(std::string_view key, Need need)
{
    const auto* node = find(key, need, "a text in quotes");
    if (node == nullptr) return std::nullopt;
    if (const auto value = node->value_exact<std::string>()) return *value;
    refuse(key, "must be a text in quotes");
    return std::nullopt;
}

std::optional<Millis> TomlTable::duration(std::string_view key, Need need, Span range)
{
    const auto* node = find(key, need, "a time with its unit, as in \"12s\"");
    if (node == nullptr) return std::nullopt;
    const auto written = node->value_exact<std::string>();
    const auto value = written ? duration_from(*written) : std::nullopt;
    if (!value) {
        refuse(key, (written ? in_quotes(*written) + " is no time; " : std::string{}) +
                        "write a time with its unit in quotes: \"500ms\", \"12s\", \"2min\", "
                        "\"1.5h\"");
        return std::nullopt;
    }
    if (*value >= range.least && *value <= range.most) return value;
    refuse(key, in_quotes(*written) + " is out of range: from " + seconds(range.least) + " to " +
                    seconds(range.most));
    return std::nullopt;
}

std::optional<double> TomlTable::measure(std::string_view key, Need need, const Measure& measure)
{
    const auto example = "as in " + in_quotes(measure.example);
    const auto* node = find(key, need, "a number with its unit, " + example);
    if (node == nullptr) return std::nullopt;
    const auto written = node->value_exact<std::string>();
    const auto value = written ? measure.from(*written) : std::nullopt;
    if (!value) {
        refuse(key, (written ? in_quotes(*written) + " does not say it; " : std::string{}) +
                        "write a number with its unit in quotes, " + example);
        return std::nullopt;
    }
    // The tolerance forgives a range's end that is not a binary fraction, as in «100%».
    constexpr double tolerance = 1e-9;
    if (*value >= measure.least - tolerance && *value <= measure.most + tolerance) return value;
    refuse(key, in_quotes(*written) + " is out of range; " + example);
    return std::nullopt;
}

std::optional<std::uint64_t> TomlTable::token(std::string_view key)
{
    const auto written = text(key, Need::optional);
    if (!written) return std::nullopt;
    const auto token = token_from(*written);
    if (!token)
        refuse(key, in_quotes(*written) +
                        " is no token; write 1 to 16 hexadecimal digits, as in \"0xC0FFEE01\"");
    return token;
}

std::optional<TomlTable> TomlTable::table(std::string_view key, Need need)
{
    const auto* node = find(key, need, "a table");
    if (node == nullptr) return std::nullopt;
    if (const auto* table = node->as_table()) return TomlTable{*table, path_of(key), *faults_};
    refuse(key, "must be a table");
    return std::nullopt;
}

std::optional<std::vector<std::int64_t>> TomlTable::wholes(std::string_view key, Need need,
                                                           Whole range)
{
    const auto kind = "a list of whole numbers from " + std::to_string(range.least) + " to " +
                      std::to_string(range.most) + ", each once, as in [9, 10]";
    const auto* node = find(key, need, kind);
    if (node == nullptr) return std::nullopt;
    std::vector<std::int64_t> numbers;
    const auto* array = node->as_array();
    for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
        const auto value = array->get(i)->value_exact<std::int64_t>();
        const bool good = value && *value >= range.least && *value <= range.most &&
                          std::find(numbers.begin(), numbers.end(), *value) == numbers.end();
        if (!good) break;
        numbers.push_back(*value);
    }
    if (array != nullptr && numbers.size() == array->size()) return numbers;
    refuse(key, "must be " + kind);
    return std::nullopt;
}

std::vector<TomlTable> TomlTable::tables(std::string_view key)
{
    std::vector<TomlTable> all;
    const auto* node = find(key, Need::optional, "a list of tables");
    if (node == nullptr) return all;
    const auto* array = node->as_array();
    if (array == nullptr) {
        refuse(key, "must be a list: write [[" + std::string{key} + "]], in double brackets");
        return all;
    }
    if (array->size() > toml_entries_most) {
        refuse(key, "has " + std::to_string(array->size()) + " entries; at most " +
                        std::to_string(toml_entries_most) + " are read");
        return all;
    }
    for (std::size_t i = 0; i < array->size(); ++i) {
        const auto path = path_of(key) + "[" + std::to_string(i + 1) + "]";
        const auto* table = array->get(i)->as_table();
        if (table != nullptr)
            all.emplace_back(*table, path, *faults_);
        else
            faults_->add(array->get(i)->source().begin.line, path, "must be a table");
    }
    return all;
}

void TomlTable::finish()
{
    for (const auto& [key, node] : *table_) {
        if (known_.contains(key.str())) continue;
        std::string known;
        for (const auto& name : known_)
            known += (known.empty() ? "" : ", ") + name;
        faults_->add(key.source().begin.line, path_of(key.str()),
                     "is not known here; known are " + known);
    }
}

}  // namespace ks::edge
