#include "edge/console/router.hpp"
#include "edge/console/wire.hpp"

#include <boost/asio/buffer.hpp>

#include <cstdint>
#include <string_view>

// Z-11: what a peer may send, through the very parser and router of the console, as every role and
// as nobody. The first byte chooses who asks.
namespace {

using namespace ks::edge;

constexpr ks::Instant now{ks::Millis{1'000'000}};

struct Console {
    Site site{{.id = *ks::protocol::SiteId::from("SITE-0001"), .command_key = {}, .access = {}}};
    LiveFeed feed;
    Assets assets;
};

std::string token_of(ConsoleRole role)
{
    return std::string(52, static_cast<char>('A' + static_cast<int>(role)));
}

void open_all(Logins& logins)
{
    using enum ConsoleRole;
    for (const auto role : {resident, staff, manager, installer, auditor, admin}) {
        const Logins::Secrets secrets{.token = token_of(role), .csrf = std::string(32, 'C')};
        logins.open(std::string{name_of(role)}, role, secrets, now);
    }
}

void judge(const Request& request, const Plan& plan, const Logins& logins)
{
    // Nothing but a POST changes who is signed in.
    ks::check(request.method == Method::post || logins.count() == 6);
    const auto* answer = std::get_if<Answer>(&plan);
    if (!answer) {
        const bool signs_in = std::holds_alternative<CheckPassword>(plan);
        ks::check(signs_in || !request.cookie.empty());
        return;
    }
    ks::check(answer->status >= 200 && answer->status < 500);
    ks::check(answer->body.size() < 65'536);
    for (const auto& [name, value] : headers_of(*answer, request.channel))
        ks::check(value.find_first_of("\r\n") == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const Console console;
    if (size == 0) return 0;
    Parser parser;
    set_limits(parser);
    parser.eager(true);
    boost::system::error_code error;
    auto left = boost::asio::buffer(data + 1, size - 1);
    while (left.size() > 0 && !error && !parser.is_done()) {
        const auto taken = parser.put(left, error);
        if (taken == 0 && !error) break;
        left += taken;
    }
    if (error) {
        // Every reading error has an answer that is no fault of ours, or none.
        if (const auto fault = fault_of(error)) ks::check(status_of(*fault) < 500);
        return 0;
    }
    if (!parser.is_done()) return 0;

    const auto channel = data[0] & 8 ? Channel::tls : Channel::plain;
    auto request = request_from(parser.release(), channel);
    if (!request) return 0;
    Logins logins;
    open_all(logins);
    const auto who = data[0] & 7;
    if (who < 6) {
        const auto* name = channel == Channel::tls ? "__Host-ks=" : "ks=";
        request->cookie = name + token_of(static_cast<ConsoleRole>(who));
    }
    const Sight sight{.site = console.site, .feed = console.feed, .assets = console.assets};
    judge(*request, plan(*request, sight, logins, {.mono = now, .wall = {}}), logins);
    return 0;
}
