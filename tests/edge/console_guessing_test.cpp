#include "edge/console/login_throttle.hpp"
#include "edge/console/logins.hpp"
#include "edge/console/users.hpp"

#include <catch2/catch.hpp>

namespace ks::edge {

using namespace ks::literals;

namespace {

Instant at(Millis time) { return Instant{Millis{3'600'000} + time}; }

void fail(LoginThrottle& throttle, int times, const std::string& account, const std::string& source)
{
    for (int i = 0; i < times; ++i)
        throttle.attempted(account, source, at(0_s));
}

Logins::Secrets secrets(char letter)
{
    return {.token = std::string(52, letter), .csrf = std::string(32, letter)};
}

}  // namespace

TEST_CASE("guessing at one account slows down from the sixth try on", "[edge][console][throttle]")
{
    LoginThrottle throttle;
    fail(throttle, 4, "admin", "one");
    CHECK(throttle.wait_for("admin", "one", at(0_s)) == 0_s);

    fail(throttle, 1, "admin", "one");
    CHECK(throttle.wait_for("admin", "one", at(0_s)) == 2_s);
    CHECK(throttle.wait_for("admin", "another", at(1'999_ms)) == 1_ms);
    CHECK(throttle.wait_for("admin", "another", at(2_s)) == 0_s);
    CHECK(throttle.wait_for("staff", "one", at(0_s)) == 0_s);
}

TEST_CASE("the owner of an account that somebody guesses at waits a minute at most",
          "[edge][console][throttle]")
{
    LoginThrottle throttle;
    fail(throttle, 1'000, "admin", "guesser");

    CHECK(throttle.wait_for("admin", "owner", at(0_s)) == LoginThrottle::account_wait_longest);
    CHECK(throttle.wait_for("staff", "guesser", at(0_s)) == LoginThrottle::source_wait_longest);
    CHECK(throttle.wait_for("admin", "owner", at(15_min)) == 0_s);
}

TEST_CASE("many accounts from one source are one guesser", "[edge][console][throttle]")
{
    LoginThrottle throttle;
    for (int i = 0; i < 20; ++i)
        throttle.attempted(std::to_string(i), "one", at(0_s));

    CHECK(throttle.wait_for("new", "one", at(0_s)) == 2_s);
    CHECK(throttle.wait_for("new", "two", at(0_s)) == 0_s);
}

TEST_CASE("an own account does not pay for guesses at others", "[edge][console][throttle]")
{
    LoginThrottle throttle;
    fail(throttle, 5, "own", "one");
    throttle.succeeded("own", "one");
    CHECK(throttle.wait_for("own", "one", at(0_s)) == 0_s);

    for (int i = 0; i < 20; ++i) {
        throttle.attempted("other" + std::to_string(i), "one", at(0_s));
        throttle.attempted("own", "one", at(0_s));
        throttle.succeeded("own", "one");
    }
    CHECK(throttle.wait_for("own", "one", at(0_s)) > 0_s);
}

TEST_CASE("a million names do not fill the memory", "[edge][console][throttle]")
{
    LoginThrottle throttle;
    for (std::size_t i = 0; i < LoginThrottle::remembered_limit + 10; ++i) {
        const auto name = std::to_string(i);
        throttle.attempted(name, name, at(Millis{static_cast<std::int64_t>(i)}));
    }
    fail(throttle, 5, "admin", "one");
    CHECK(throttle.wait_for("admin", "one", at(0_s)) > 0_s);
}

TEST_CASE("a login ends by idleness and by age", "[edge][console][login]")
{
    struct Row {
        ConsoleRole role;
        Millis idle;
    };
    for (const auto& [role, idle] :
         {Row{ConsoleRole::admin, 15_min}, Row{ConsoleRole::installer, 15_min},
          Row{ConsoleRole::manager, 2_h}}) {
        CAPTURE(name_of(role));
        Logins logins;
        const auto token = secrets('A').token;
        logins.open("someone", role, secrets('A'), at(0_s));
        CHECK(logins.use(token, at(idle - 1_ms)) != nullptr);
        CHECK(logins.find(token, at(idle + idle - 2_ms)) != nullptr);
        CHECK(logins.use(token, at(idle + idle - 1_ms)) == nullptr);
        CHECK(logins.count() == 0);
    }
    Logins logins;
    logins.open("someone", ConsoleRole::staff, secrets('A'), at(0_s));
    for (auto time = 0_s; time < 8_h; time += 1_h)
        CHECK(logins.use(secrets('A').token, at(time)) != nullptr);
    CHECK(logins.use(secrets('A').token, at(8_h)) == nullptr);
}

TEST_CASE("a user's seventeenth login ends the one unused for longest", "[edge][console][login]")
{
    Logins logins;
    for (int i = 0; i < 17; ++i) {
        logins.open("someone", ConsoleRole::staff, secrets(static_cast<char>('A' + i)),
                    at(Millis{i}));
    }
    CHECK(logins.count() == Logins::limit_per_user);
    CHECK(logins.find(secrets('A').token, at(1_s)) == nullptr);
    CHECK(logins.find(secrets('B').token, at(1_s)) != nullptr);
}

TEST_CASE("scrypt works at the costs we ask of it", "[edge][console][password][slow]")
{
    for (const auto cost : {usual_cost, ScryptCost{.n = 131'072, .r = 8, .p = 1}}) {
        CAPTURE(cost.n);
        const auto hash = hash_password("a password of some length", cost);
        CHECK(matches(hash, "a password of some length"));
        CHECK(hash.salt != hash_password("x", {.n = 2, .r = 1, .p = 1}).salt);
    }
}

TEST_CASE("nobody's hash costs as much and opens nothing", "[edge][console][password]")
{
    const auto nobody = nobodys_hash({.n = 16, .r = 1, .p = 1});
    CHECK_FALSE(matches(nobody, ""));
    CHECK_FALSE(matches(nobody, "password"));
    const auto hash = hash_password("a password of some length", {.n = 16, .r = 1, .p = 1});
    CHECK_FALSE(matches(hash, "a password of some lengtH"));
}

TEST_CASE("a users file is taken whole or not at all", "[edge][console][users][bad-input]")
{
    Users users;
    users["chen.wei"] = User{.role = ConsoleRole::manager,
                             .hash = hash_password("a password", {.n = 16, .r = 1, .p = 1})};
    const auto good = text_of(users);
    REQUIRE(users_from(good).ok());
    CHECK(users_from(good).value() == users);

    const auto with = [&](const std::string& what, const std::string& instead) {
        auto text = good;
        const auto place = text.find(what);
        check(place != std::string::npos);
        return text.replace(place, what.size(), instead);
    };
    using enum UsersFault;
    const auto refused = [](const std::string& text, UsersFault fault) {
        CAPTURE(text);
        const auto read = users_from(text);
        REQUIRE_FALSE(read.ok());
        CHECK(read.reason() == fault);
    };
    refused("", not_json);
    refused(good.substr(0, good.size() / 2), not_json);
    refused("[]", wrong_shape);
    refused(R"({"users":[]})", wrong_shape);
    refused(R"({"users":[1]})", wrong_shape);
    refused(with("chen.wei", "Chen"), wrong_name);
    refused(with("chen.wei", ""), wrong_name);
    refused(with("manager", "root"), wrong_name);
    refused(with("\"n\":16", "\"n\":17"), wrong_hash);
    refused(with("\"n\":16", "\"n\":4294967296"), wrong_hash);
    refused(with("\"n\":16", "\"n\":-16"), wrong_hash);
    refused(with("\"key\":\"", "\"key\":\"0"), wrong_hash);
    refused(with("\"salt\":\"", "\"pepper\":\""), wrong_hash);
}

}  // namespace ks::edge
