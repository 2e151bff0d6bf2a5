#include "tests/stories/evening.hpp"

#include <map>
#include <optional>
#include <set>

namespace ks::test {

namespace {

struct Key {
    std::string post;
    std::string lane;
    std::int64_t seq;
    auto operator<=>(const Key&) const = default;
};

std::string text_of(const Key& key)
{
    return key.post + " " + key.lane + " " + std::to_string(key.seq);
}

/// No digest where the post had given the record up before it was looked at.
std::map<Key, std::optional<std::string>> digests_of_truth(const Site& site)
{
    std::map<Key, std::optional<std::string>> digests;
    for (const auto& line : site.truth()) {
        if (line.at("truth").as_string() != "record") continue;
        auto& digest =
            digests[{std::string{line.at("post").as_string()},
                     std::string{line.at("lane").as_string()}, line.at("seq").as_int64()}];
        if (!line.at("digest").is_null()) digest = std::string{line.at("digest").as_string()};
    }
    return digests;
}

/// Every row of the log with its digest, the last sixteen bytes of the record.
std::vector<std::pair<Key, std::string>> rows_of(const Site& site)
{
    std::vector<std::pair<Key, std::string>> rows;
    const auto digest = std::string{"lower(hex(substr(bytes, -16)))"};
    for (const auto& row : site.rows_of_log(
             "SELECT post.id, lane, seq, " + digest +
             " FROM evidence JOIN post ON post.no = evidence.post UNION ALL SELECT post.id, 2, "
             "seq, " +
             digest + " FROM frame JOIN post ON post.no = frame.post")) {
        const auto* lane = row[1] == "0" ? "alarm" : row[1] == "1" ? "event" : "tele";
        rows.push_back({{row[0], lane, std::stoll(row[2])}, row[3]});
    }
    return rows;
}

}  // namespace

std::vector<std::string> differences(const Site& site)
{
    // The log first: what the posts write in the meantime may only make the truth longer.
    const auto rows = rows_of(site);
    const auto truth = digests_of_truth(site);

    std::vector<std::string> found;
    std::set<Key> seen;
    for (const auto& [key, digest] : rows) {
        if (!seen.insert(key).second) found.push_back(text_of(key) + " is in the log twice");
        const auto known = truth.find(key);
        if (known == truth.end())
            found.push_back(text_of(key) + " was written by no post");
        else if (known->second && known->second != digest)
            found.push_back(text_of(key) + " differs from the post's own");
    }
    for (const auto& [key, digest] : truth)
        if (digest && !seen.contains(key)) found.push_back(text_of(key) + " is missing in the log");
    return found;
}

void settle(Site& site, std::chrono::seconds limit)
{
    std::vector<std::string> left;
    const auto deadline = std::chrono::steady_clock::now() + limit;
    do {
        left = differences(site);
    } while (!left.empty() && std::chrono::steady_clock::now() < deadline);
    if (left.empty()) return;
    std::string words;
    for (std::size_t i = 0; i < left.size() && i < 10; ++i)
        words += left[i] + "\n";
    throw std::runtime_error{std::to_string(left.size()) + " differences, such as:\n" + words +
                             site.last_words()};
}

}  // namespace ks::test
