#pragma once

#include "firmware/base/instant.hpp"

#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace ks::edge {

/// Slows down whoever guesses passwords (S-44): after five failures of one account or twenty of
/// one source within 15 min each further attempt has to wait. Nobody is locked out for good, and an
/// account's wait stays short, because whoever guesses also chooses whose account it is.
class LoginThrottle {
public:
    static constexpr std::size_t account_failures = 5;
    static constexpr std::size_t source_failures = 20;
    static constexpr Millis window{15 * 60'000};
    /// Waits double from the first to the longest (our choice).
    static constexpr Millis wait_first{2'000};
    static constexpr Millis account_wait_longest{60'000};
    static constexpr Millis source_wait_longest{15 * 60'000};
    /// Names and addresses remembered of each kind; the oldest is forgotten first (our choice).
    static constexpr std::size_t remembered_limit = 4'096;

    /// How long this attempt has to wait; zero: go on.
    [[nodiscard]] Millis wait_for(std::string_view account, std::string_view source, Instant now);
    /// Counted before the password is looked at, so that parallel attempts count as well.
    void attempted(std::string_view account, std::string_view source, Instant now);
    /// The right password: the account starts afresh. The source only gets this one attempt back:
    /// it may hold one account of its own and guess at others.
    void succeeded(std::string_view account, std::string_view source);

private:
    struct Failures {
        std::deque<Instant> at;
    };
    using Book = std::map<std::string, Failures, std::less<>>;

    static Millis wait(Book& book, std::string_view name, Instant now, std::size_t free,
                       Millis longest);
    static void note(Book& book, std::string_view name, Instant now);

    Book accounts_;
    Book sources_;
};

}  // namespace ks::edge
