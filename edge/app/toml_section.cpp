#include "edge/app/toml_section.hpp"

#include <algorithm>
#include <charconv>

namespace ks::edge {

namespace {

std::string in_quotes(std::string_view text) { return '"' + std::string{text} + '"'; }

std::optional<protocol::CardToken> token_from(std::string_view text)
{
    protocol::CardToken token = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), token, 16);
    if (error != std::errc{} || end != text.data() + text.size() || token == 0) return {};
    return token;
}

}  // namespace

TomlSection::TomlSection(const toml::table& root, std::string name, std::string file,
                         std::vector<ConfigFault>& faults)
    : table_{root[name].as_table()}, name_{std::move(name)}, file_{std::move(file)}, faults_{faults}
{
    if (const auto* node = root.get(name_); node != nullptr && table_ == nullptr)
        faults_.push_back({.file = file_,
                           .line = node->source().begin.line,
                           .key = name_,
                           .what = "must be a section, written [" + name_ + "]"});
}

TomlSection::~TomlSection()
{
    if (table_ == nullptr) return;
    for (const auto& [key, node] : *table_) {
        const std::string text{key.str()};
        if (std::find(asked_.begin(), asked_.end(), text) != asked_.end()) continue;
        std::string known;
        for (const auto& name : asked_)
            known += (known.empty() ? "" : ", ") + name;
        faults_.push_back({.file = file_,
                           .line = key.source().begin.line,
                           .key = name_ + "." + text,
                           .what = "is not known; known here: " + known});
    }
}

bool TomlSection::has(std::string_view key) const
{
    return table_ != nullptr && table_->contains(key);
}

const toml::node* TomlSection::take(std::string_view key)
{
    asked_.emplace_back(key);
    return table_ == nullptr ? nullptr : table_->get(key);
}

void TomlSection::fault(std::string_view key, std::string what)
{
    const auto* node = table_ == nullptr ? nullptr : table_->get(key);
    faults_.push_back({.file = file_,
                       .line = node == nullptr ? 0 : node->source().begin.line,
                       .key = name_ + "." + std::string{key},
                       .what = std::move(what)});
}

std::string TomlSection::text(std::string_view key, std::string fallback)
{
    const auto* node = take(key);
    if (node == nullptr) return fallback;
    if (const auto value = node->value_exact<std::string>()) return *value;
    fault(key, "must be text in quotes");
    return fallback;
}

std::string TomlSection::required_text(std::string_view key)
{
    auto value = text(key, "");
    if (value.empty() && (table_ == nullptr || table_->get(key) == nullptr))
        fault(key, "is missing");
    else if (value.empty() && table_->get(key)->is_string())
        fault(key, "must not be empty");
    return value;
}

std::string TomlSection::word(std::string_view key, std::initializer_list<std::string_view> allowed)
{
    auto value = text(key, std::string{*allowed.begin()});
    if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return value;
    std::string list;
    for (const auto& name : allowed)
        list += (list.empty() ? "" : ", ") + in_quotes(name);
    fault(key, in_quotes(value) + " is none of " + list);
    return std::string{*allowed.begin()};
}

std::int64_t TomlSection::integer(std::string_view key, std::int64_t fallback, Range range)
{
    const auto* node = take(key);
    if (node == nullptr) return fallback;
    const auto value = node->value_exact<std::int64_t>();
    if (!value) {
        fault(key, "must be a whole number without quotes");
        return fallback;
    }
    if (*value >= range.least && *value <= range.most) return *value;
    fault(key, std::to_string(*value) + " is not from " + std::to_string(range.least) + " to " +
                   std::to_string(range.most));
    return fallback;
}

std::optional<std::int64_t> TomlSection::measure(std::string_view key,
                                                 std::initializer_list<Unit> units,
                                                 std::string_view right)
{
    const auto* node = take(key);
    if (node == nullptr) return std::nullopt;
    const auto value = node->value_exact<std::string>();
    const std::string wanted = "write a whole number and a unit, as in " + in_quotes(right);
    if (!value) {
        fault(key, "has no unit; " + wanted);
        return std::nullopt;
    }
    std::int64_t number = 0;
    const auto* last = value->data() + value->size();
    auto [end, error] = std::from_chars(value->data(), last, number);
    while (end != last && *end == ' ')
        ++end;
    const std::string_view unit{end, static_cast<std::size_t>(last - end)};
    for (const auto& known : units) {
        if (error != std::errc{} || unit != known.name) continue;
        std::int64_t product = 0;
        if (!__builtin_mul_overflow(number, known.factor, &product)) return product;
    }
    fault(key, in_quotes(*value) + " cannot be read; " + wanted);
    return std::nullopt;
}

Millis TomlSection::time(std::string_view key, Millis fallback, Range range)
{
    const auto value =
        measure(key, {{"ms", 1}, {"s", 1'000}, {"min", 60'000}, {"h", 3'600'000}}, "10 s");
    if (!value) return fallback;
    if (*value >= range.least * 1'000 && *value <= range.most * 1'000) return Millis{*value};
    fault(key, "is not from " + std::to_string(range.least) + " s to " +
                   std::to_string(range.most) + " s");
    return fallback;
}

MilliwattHours TomlSection::energy(std::string_view key, MilliwattHours fallback, Range range)
{
    const auto value = measure(key, {{"Wh", 1'000}, {"kWh", 1'000'000}}, "6 kWh");
    if (!value) return fallback;
    if (*value >= range.least * 1'000 && *value <= range.most * 1'000)
        return MilliwattHours{*value};
    fault(key, "is not from " + std::to_string(range.least) + " Wh to " +
                   std::to_string(range.most) + " Wh");
    return fallback;
}

std::vector<std::string> TomlSection::texts(std::string_view key, std::vector<std::string> fallback)
{
    const auto* node = take(key);
    if (node == nullptr) return fallback;
    const auto* list = node->as_array();
    std::vector<std::string> values;
    if (list != nullptr)
        for (const auto& item : *list)
            if (const auto value = item.value_exact<std::string>()) values.push_back(*value);
    if (list != nullptr && values.size() == list->size()) return values;
    fault(key, "must be a list of texts in quotes");
    return fallback;
}

AccessPolicy TomlSection::cards(std::string_view key)
{
    AccessPolicy policy;
    const auto* node = table_ == nullptr ? nullptr : table_->get(key);
    if (node != nullptr && node->is_string()) {
        (void)word(key, {"any"});
        return policy;
    }
    if (node == nullptr) {
        asked_.emplace_back(key);
        fault(key, R"(is missing; write "any" or a list of card tokens)");
        return policy;
    }
    std::set<protocol::CardToken> tokens;
    for (const auto& item : texts(key, {})) {
        const auto token = token_from(item);
        if (token)
            tokens.insert(*token);
        else
            fault(key, in_quotes(item) + " is no card token; write 1 to 16 hexadecimal digits");
    }
    policy.cards = std::move(tokens);
    return policy;
}

}  // namespace ks::edge
