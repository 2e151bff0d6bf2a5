#include "tests/protocol/bad_rows.hpp"

#include "tests/protocol/peer.hpp"

#include <catch2/catch.hpp>

namespace ks::protocol {

namespace {

const samples::Example& example(std::string_view name)
{
    static const auto all = samples::examples();
    for (const auto& one : all)
        if (one.name == name) return one;
    FAIL("no example is called " << name);
    return all.front();
}

}  // namespace

Row row(std::string_view field, std::string_view becomes, std::optional<Refusal> reason)
{
    return {.field = field, .becomes = becomes, .reason = reason};
}

void check_rows(std::string_view name, std::initializer_list<Row> rows)
{
    const auto& [_, subject, bytes] = example(name);
    const auto notation = *peer::notation_of_bytes(bytes.view());
    for (const auto& [field, becomes, reason] : rows) {
        CAPTURE(name, field, becomes);
        auto changed = notation;
        const auto at = changed.find(field);
        REQUIRE(at != std::string::npos);
        changed.replace(at, field.size(), becomes);
        CHECK(refusal_of(subject, *peer::bytes_of_notation(changed)) == reason);
    }
}

}  // namespace ks::protocol
