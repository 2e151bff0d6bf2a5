#pragma once

#include "tests/bench/caller.hpp"
#include "tests/bench/loaded_post.hpp"

#include <deque>
#include <filesystem>
#include <unordered_map>

namespace ks::bench {

/// Many posts and their connections, moved by one thread.
class Shed {
public:
    struct Setup {
        std::string site;
        std::size_t posts;
        int port;
        /// With it every post shows its own certificate of that site; without, plain TCP.
        std::optional<std::filesystem::path> certificates;
        /// One each, as real posts have, or one that carries all, which only a broker without
        /// rules allows.
        enum class Connections : std::uint8_t { each, shared } connections;
    };

    /// Returns when every post is connected and subscribed.
    explicit Shed(const Setup& setup);
    ~Shed();
    Shed(const Shed&) = delete;
    Shed& operator=(const Shed&) = delete;

    [[nodiscard]] std::deque<LoadedPost>& posts() { return posts_; }
    [[nodiscard]] std::size_t connections() const { return callers_.size(); }
    /// Records that had to be sent again, and that is more than none only if something was lost.
    [[nodiscard]] std::uint64_t sent_again() const { return sent_again_; }
    /// The broker has acknowledged all that was published.
    [[nodiscard]] bool idle() const;

    [[nodiscard]] std::size_t room_of(std::size_t post) const { return caller_of(post).room(); }
    void publish(std::size_t post, protocol::Up what, Bytes payload);
    /// Sends at once instead of with the next turn.
    void flush(std::size_t post, Instant now);
    /// Sends what waits and takes what comes within `limit_ms`.
    void turn(Instant now, int limit_ms);

private:
    void connect(const Setup& setup);
    void hear(std::string_view topic, Bytes payload);
    [[nodiscard]] const Caller& caller_of(std::size_t post) const
    {
        return callers_[callers_.size() == 1 ? 0 : post];
    }

    std::deque<LoadedPost> posts_;
    std::unordered_map<std::string_view, std::size_t> numbers_;
    std::deque<Caller> callers_;
    std::vector<std::uint8_t> has_news_;  // by connection: something was published
    std::uint64_t sent_again_{0};
    int poll_;
};

}  // namespace ks::bench
