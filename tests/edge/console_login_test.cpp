#include "tests/edge/console_shed.hpp"

#include <catch2/catch.hpp>

#include <fstream>

namespace ks::edge {

TEST_CASE("the right password opens a login that lasts until its logout", "[edge][console][login]")
{
    const Shed shed;

    const auto answer = shed.sign_in("manager", Shed::password);

    REQUIRE(answer.status == 200);
    CHECK(answer.json().at("user").as_string() == "manager");
    CHECK(answer.json().at("role").as_string() == "manager");
    const auto cookie = answer.header("Set-Cookie");
    CHECK(cookie.starts_with("ks="));
    CHECK(cookie.find("HttpOnly") != std::string::npos);
    CHECK(cookie.find("SameSite=Strict") != std::string::npos);
    CHECK(cookie.find("; Path=/") != std::string::npos);
    // 256 bits, five to a letter.
    CHECK(cookie.find(';') - cookie.find('=') - 1 == 52);

    auto headers = shed.signed_in_as("manager");
    CHECK(shed.ask({.target = "/api/v1/me", .headers = headers}).status == 200);
    CHECK(shed.ask({.method = "POST", .target = "/api/v1/logout", .headers = headers}).status ==
          200);
    CHECK(shed.ask({.target = "/api/v1/me", .headers = headers}).status == 401);
}

TEST_CASE("a wrong password and an unknown user get the same answer", "[edge][console][login]")
{
    const Shed shed;

    const auto wrong = shed.sign_in("manager", "not the password");
    const auto unknown = shed.sign_in("nobody-here", Shed::password);

    CHECK(wrong.status == 401);
    CHECK(unknown.status == 401);
    CHECK(wrong.json().at("error").at("code") == unknown.json().at("error").at("code"));
    CHECK(wrong.json().at("error").at("message") == unknown.json().at("error").at("message"));
    CHECK(wrong.header("Set-Cookie").empty());
}

TEST_CASE("the sixth guess at one account has to wait, and is told how long",
          "[edge][console][login]")
{
    const Shed shed;
    for (int i = 0; i < 5; ++i)
        REQUIRE(shed.sign_in("manager", "a wrong guess").status == 401);

    const auto sixth = shed.sign_in("manager", Shed::password);

    CHECK(sixth.status == 429);
    CHECK(sixth.header("Retry-After") == "2");
    CHECK(shed.sign_in("staff", Shed::password).status == 200);
}

TEST_CASE("a login takes a new token and ends the one that came with it", "[edge][console][login]")
{
    const Shed shed;
    const auto planted = shed.signed_in_as("staff");

    const auto again = shed.ask(
        {.method = "POST",
         .target = "/api/v1/login",
         .headers = {{"Content-Type", "application/json"}, {"Cookie", planted.at("Cookie")}},
         .body = R"({"user":"admin","password":"a password of some length"})"});

    REQUIRE(again.status == 200);
    CHECK_FALSE(again.header("Set-Cookie").starts_with(planted.at("Cookie")));
    CHECK(shed.ask({.target = "/api/v1/me", .headers = planted}).status == 401);
}

TEST_CASE("nobody is signed out by another site's page", "[edge][console][csrf]")
{
    const Shed shed;
    const auto headers = shed.signed_in_as("admin");
    const auto here = "http://127.0.0.1:" + std::to_string(shed.port());
    struct Forgery {
        std::string name;
        std::string value;
    };
    const Forgery attempts[] = {
        {"X-CSRF-Token", ""},
        {"X-CSRF-Token", "0000000000000000000000000000"},
        {"Origin", "http://evil.example"},
        {"Origin", "null"},
        {"Origin", here + "0"},
        {"Sec-Fetch-Site", "cross-site"},
        {"Sec-Fetch-Site", "same-site"},
    };

    for (const auto& [name, value] : attempts) {
        CAPTURE(name, value);
        auto forged = headers;
        forged[name] = value;
        CHECK(shed.ask({.method = "POST", .target = "/api/v1/logout", .headers = forged}).status ==
              403);
    }
    const auto by_link = shed.ask({.target = "/api/v1/logout", .headers = headers});
    CHECK(by_link.status == 405);
    CHECK(by_link.header("Allow") == "POST");

    CHECK(shed.ask({.target = "/api/v1/me", .headers = headers}).status == 200);
    auto own = headers;
    own["Origin"] = here;
    own["Sec-Fetch-Site"] = "same-origin";
    CHECK(shed.ask({.method = "POST", .target = "/api/v1/logout", .headers = own}).status == 200);
}

TEST_CASE("a form of another site cannot try passwords", "[edge][console][csrf]")
{
    const Shed shed;
    const std::string body = R"({"user":"admin","password":"a password of some length"})";

    const auto as_form = shed.ask({.method = "POST",
                                   .target = "/api/v1/login",
                                   .headers = {{"Content-Type", "text/plain"}},
                                   .body = body});
    const auto as_script = shed.ask(
        {.method = "POST",
         .target = "/api/v1/login",
         .headers = {{"Content-Type", "application/json"}, {"Origin", "https://evil.example"}},
         .body = body});

    CHECK(as_form.status == 415);
    CHECK(as_script.status == 403);
}

TEST_CASE("the first start makes one account, and its password opens it", "[edge][console][login]")
{
    const Shed shed;
    const auto folder = shed.folder() / "fresh";
    std::filesystem::create_directories(folder);
    const UsersFile file{folder};
    REQUIRE_FALSE(file.load().has_value());

    const auto users = file.make_first({.n = 1'024, .r = 1, .p = 1});

    REQUIRE(users.size() == 1);
    CHECK(users.at("admin").role == ConsoleRole::admin);
    std::ifstream told{file.first_login()};
    std::string user;
    std::string word;
    std::getline(told, user);
    std::getline(told, word);
    CHECK(user == "user=admin");
    REQUIRE(word.starts_with("password="));
    CHECK(matches(users.at("admin").hash, word.substr(9)));
    CHECK(word.size() - 9 >= password_shortest);
    const auto mode = std::filesystem::status(file.first_login()).permissions();
    CHECK(mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    REQUIRE(file.load().has_value());
    CHECK(file.load()->value() == users);
}

}  // namespace ks::edge
