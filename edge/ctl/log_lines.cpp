#include "edge/ctl/log_lines.hpp"

#include "edge/ctl/message_json.hpp"
#include "edge/runtime/hex.hpp"
#include "edge/store/reader.hpp"
#include "firmware/protocol/names.hpp"

#include <boost/json.hpp>

#include <stdexcept>

namespace ks::edge {

namespace json = boost::json;
using namespace protocol;

namespace {

constexpr std::size_t page = 10'000;

template <class Visit>
void each_record(Reader& reader, Visit visit)
{
    for (const auto table : {Reader::Table::evidence, Reader::Table::frames}) {
        LogId after = 0;
        for (;;) {
            const auto rows = reader.chain(table, after, page);
            for (const auto& row : rows)
                visit(row);
            if (rows.size() < page) break;
            after = rows.back().id;
        }
    }
}

json::string text(std::string_view is) { return json::string{is.data(), is.size()}; }

std::vector<std::byte> bytes_from_hex(std::string_view hex)
{
    const auto digit = [](char c) -> unsigned {
        if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
        if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
        throw std::runtime_error{"not hexadecimal"};
    };
    if (hex.size() % 2 != 0) throw std::runtime_error{"half a byte"};
    std::vector<std::byte> bytes;
    bytes.reserve(hex.size() / 2);
    for (std::size_t i = 0; i < hex.size(); i += 2)
        bytes.push_back(static_cast<std::byte>(digit(hex[i]) << 4 | digit(hex[i + 1])));
    return bytes;
}

std::string_view text_at(const json::object& line, const char* key)
{
    const auto& value = line.at(key).as_string();
    return {value.data(), value.size()};
}

RecordKey key_from(const json::object& line)
{
    const auto lane = word_from<Lane>(text_at(line, "lane"));
    if (!lane) throw std::runtime_error{"unknown lane"};
    return {.post = 0,
            .epoch = line.at("epoch").to_number<std::uint32_t>(),
            .lane = *lane,
            .seq = line.at("seq").to_number<std::uint64_t>()};
}

void take_line(ChainVerifier& verifier, const json::object& line)
{
    const std::string post{text_at(line, "post")};
    auto key = key_from(line);
    const auto what = text_at(line, "type");
    if (what == "record") {
        verifier.walk(post, key, bytes_from_hex(text_at(line, "bytes")));
        return;
    }
    const auto bytes = bytes_from_hex(text_at(line, "digest"));
    ChainDigest digest{};
    if (bytes.size() != digest.size()) throw std::runtime_error{"a digest has 16 bytes"};
    std::copy(bytes.begin(), bytes.end(), digest.begin());
    if (what == "gap")
        verifier.declare(post, {.post = 0,
                                .epoch = key.epoch,
                                .lane = key.lane,
                                .from = key.seq,
                                .to = line.at("to").to_number<std::uint64_t>(),
                                .origin = GapOrigin::birth,
                                .last = digest,
                                .at = {}});
    else if (what == "head")
        verifier.end(
            post,
            {.post = 0, .epoch = key.epoch, .lane = key.lane, .next = key.seq, .digest = digest});
    else
        throw std::runtime_error{"unknown type"};
}

}  // namespace

void export_log(const std::string& database, std::ostream& out)
{
    Reader reader{database};
    const auto restored = reader.restore();
    const auto line_for = [&](const char* type, const RecordKey& key) {
        json::object line;
        line["type"] = type;
        line["post"] = restored.posts.at(key.post - 1).id;
        line["epoch"] = key.epoch;
        line["lane"] = text(name_of(key.lane));
        line["seq"] = key.seq;
        return line;
    };
    for (const auto& post : restored.posts)
        for (const auto& gap : reader.gaps(post.no)) {
            auto line = line_for("gap", {post.no, gap.epoch, gap.lane, gap.from});
            line["to"] = gap.to;
            line["digest"] = hex_of(gap.last);
            out << json::serialize(line) << '\n';
        }
    each_record(reader, [&](const ChainedRow& row) {
        auto line = line_for("record", row.key);
        line["arrived_unix_ms"] = row.arrived.count();
        line["bytes"] = hex_of(row.bytes);
        out << json::serialize(line) << '\n';
    });
    for (const auto& mark : restored.marks) {
        auto line = line_for("head", {mark.post, mark.epoch, mark.lane, mark.next});
        line["digest"] = hex_of(mark.digest);
        out << json::serialize(line) << '\n';
    }
}

ChainVerifier verify_database(const std::string& database)
{
    Reader reader{database};
    const auto restored = reader.restore();
    ChainVerifier verifier;
    for (const auto& post : restored.posts)
        for (const auto& gap : reader.gaps(post.no))
            verifier.declare(post.id, gap);
    each_record(reader, [&](const ChainedRow& row) {
        verifier.walk(restored.posts.at(row.key.post - 1).id, row.key, row.bytes);
    });
    for (const auto& mark : restored.marks)
        verifier.end(restored.posts.at(mark.post - 1).id, mark);
    return verifier;
}

ChainVerifier verify_export(std::istream& in)
{
    ChainVerifier verifier;
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        if (line.empty()) continue;
        try {
            take_line(verifier, json::parse(line).as_object());
        } catch (const std::exception& error) {
            throw std::runtime_error{"line " + std::to_string(number) + ": " + error.what()};
        }
    }
    return verifier;
}

}  // namespace ks::edge
