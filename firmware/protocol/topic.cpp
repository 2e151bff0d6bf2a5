#include "firmware/protocol/topic.hpp"

namespace ks::protocol {

namespace {

constexpr std::string_view root = "ks/1/";
constexpr std::string_view up = "/up/";
constexpr std::string_view down = "/down/";

constexpr std::array<std::string_view, 6> up_words{"alarm", "event", "tele",
                                                   "birth", "nonce", "will"};
constexpr std::array<std::string_view, 5> down_words{"ack", "time", "range", "command", "nonce"};

static_assert(up_words[static_cast<std::size_t>(Up::will)] == "will");
static_assert(down_words[static_cast<std::size_t>(Down::nonce)] == "nonce");

constexpr std::size_t longest_id = 32;
static_assert(root.size() + longest_id + 1 + longest_id + down.size() +
                  std::string_view{"command"}.size() <=
              topic_limit);

Topic join(const SiteId& site, const PostId& post, std::string_view way, std::string_view last)
{
    Topic topic;
    ByteWriter out{topic.raw()};
    for (const auto part : {root, site.text(), std::string_view{"/"}, post.text(), way, last})
        out.put(bytes_of(part));
    check(out.ok());
    topic.resize(out.size());
    return topic;
}

struct Parts {
    SiteId site;
    PostId post;
    std::size_t word;
};

/// Takes what is before the next slash off the text, which then begins with the slash.
std::string_view level(std::string_view& text)
{
    const auto taken = text.substr(0, text.find('/'));
    text.remove_prefix(taken.size());
    return taken;
}

bool skip(std::string_view& text, std::string_view expected)
{
    if (!text.starts_with(expected)) return false;
    text.remove_prefix(expected.size());
    return true;
}

std::optional<Parts> split(std::string_view text, std::string_view way,
                           std::span<const std::string_view> words)
{
    if (!skip(text, root)) return std::nullopt;
    const auto site = SiteId::from(level(text));
    if (!site || !skip(text, "/")) return std::nullopt;
    const auto post = PostId::from(level(text));
    if (!post || !skip(text, way)) return std::nullopt;

    const auto word = std::find(words.begin(), words.end(), text);
    if (word == words.end()) return std::nullopt;
    return Parts{
        .site = *site, .post = *post, .word = static_cast<std::size_t>(word - words.begin())};
}

}  // namespace

Topic topic_of(const UpTopic& topic)
{
    return join(topic.site, topic.post, up, up_words[static_cast<std::size_t>(topic.what)]);
}

Topic topic_of(const DownTopic& topic)
{
    return join(topic.site, topic.post, down, down_words[static_cast<std::size_t>(topic.what)]);
}

Topic down_filter(const SiteId& site, const PostId& post) { return join(site, post, down, "+"); }

std::optional<UpTopic> parse_up(std::string_view text)
{
    const auto parts = split(text, up, up_words);
    if (!parts) return std::nullopt;
    return UpTopic{.site = parts->site, .post = parts->post, .what = static_cast<Up>(parts->word)};
}

std::optional<DownTopic> parse_down(std::string_view text)
{
    const auto parts = split(text, down, down_words);
    if (!parts) return std::nullopt;
    return DownTopic{
        .site = parts->site, .post = parts->post, .what = static_cast<Down>(parts->word)};
}

}  // namespace ks::protocol
