#pragma once

#include "edge/console/roles.hpp"
#include "firmware/base/instant.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace ks::edge {

/// Somebody who is signed in.
struct Login {
    std::string user;
    ConsoleRole role{};
    std::string csrf;
    Instant opened;
    Instant used;
};

/// Who is signed in, kept here and nowhere else (S-45): the browser holds a random token, we hold
/// only its digest. Bounded; the one unused for longest makes room.
class Logins {
public:
    static constexpr std::size_t limit = 256;
    static constexpr std::size_t limit_per_user = 16;
    /// S-45 sets these two for installer and admin and for everybody.
    static constexpr Millis idle_limit_strict{15 * 60'000};
    static constexpr Millis absolute_limit{8 * 3'600'000};
    /// Others watch a wall screen for a shift (our choice).
    static constexpr Millis idle_limit{2 * 3'600'000};

    /// Random, from outside: 256 bits each, as text.
    struct Secrets {
        std::string token;
        std::string csrf;
    };

    const Login& open(std::string user, ConsoleRole role, const Secrets& secrets, Instant now);
    /// The login a token stands for, and counts as its use. Null when there is none or it is over.
    const Login* use(std::string_view token, Instant now);
    /// The same without being a use: a stream that runs by itself keeps nobody signed in.
    [[nodiscard]] const Login* find(std::string_view token, Instant now) const;
    void close(std::string_view token);
    [[nodiscard]] std::size_t count() const { return logins_.size(); }

private:
    using Digest = std::array<std::byte, 32>;
    static Digest digest_of(std::string_view token);
    static bool over(const Login& login, Instant now);
    void make_room(std::string_view user, Instant now);

    std::map<Digest, Login> logins_;
};

}  // namespace ks::edge
