#include "sim/fleet/control_server.hpp"
#include "tests/sim/fleet_rig.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

using namespace ks;
using namespace ks::sim;

namespace {

struct Bench {
    test::TempDir folder;
    Fleet fleet{rig_identities(1), rig_fleet_setup(), read_scenario("").scenario()};
    std::filesystem::path path = folder.path() / "control.sock";
    ControlServer server{path};

    [[nodiscard]] Descriptor call() const
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.c_str(), path.string().size());
        Descriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
        REQUIRE(::connect(socket.number(), reinterpret_cast<const sockaddr*>(&address),
                          sizeof address) == 0);
        return socket;
    }
    static void say(const Descriptor& socket, std::string_view text)
    {
        REQUIRE(::send(socket.number(), text.data(), text.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(text.size()));
    }
    /// What is there to read; «closed» when the server has hung up.
    static std::string hear(const Descriptor& socket)
    {
        std::array<char, 8192> room;
        const auto got = ::recv(socket.number(), room.data(), room.size(), 0);
        if (got == 0) return "closed";
        return got < 0 ? "" : std::string{room.data(), static_cast<std::size_t>(got)};
    }
};

}  // namespace

TEST_CASE("lines may come in pieces or several at once, and each has its answer",
          "[sim][control][unit]")
{
    Bench bench;
    const auto socket = bench.call();
    const int peer = bench.server.accept();
    Bench::say(socket, "{\"do\":");
    bench.server.serve(peer, bench.fleet);
    CHECK(Bench::hear(socket).empty());
    Bench::say(socket, "\"fleet\"}\nnonsense\n");
    bench.server.serve(peer, bench.fleet);
    CHECK(Bench::hear(socket) ==
          "{\"ok\":true,\"posts\":[{\"post\":\"POST-0001\",\"powered\":false,\"linked\":false}]}\n"
          "{\"error\":\"a line must be one JSON object\"}\n");
}

TEST_CASE("a peer that talks without end or hangs up is dropped, and others are served",
          "[sim][control][unit]")
{
    Bench bench;
    const auto endless = bench.call();
    const int first = bench.server.accept();
    Bench::say(endless, std::string(control_line_most + 1, 'x'));
    bench.server.serve(first, bench.fleet);
    bench.server.serve(first, bench.fleet);
    CHECK(Bench::hear(endless) == "closed");

    {
        const auto gone = bench.call();
        const int second = bench.server.accept();
        Bench::say(gone, "{\"do\":");
        bench.server.serve(second, bench.fleet);
    }
    const auto third = bench.call();
    const int peer = bench.server.accept();
    Bench::say(third, "{}\n");
    bench.server.serve(peer, bench.fleet);
    CHECK(Bench::hear(third) == "{\"error\":\"do is missing\"}\n");
}

TEST_CASE("a seventeenth peer is turned away", "[sim][control][unit]")
{
    Bench bench;
    std::vector<Descriptor> sockets;
    for (std::size_t i = 0; i < ControlServer::peers_most; ++i) {
        sockets.push_back(bench.call());
        REQUIRE(bench.server.accept() >= 0);
    }
    const auto more = bench.call();
    CHECK(bench.server.accept() == -1);
    CHECK(Bench::hear(more) == "closed");
}

TEST_CASE("only our own user may break posts, and the socket goes with the server",
          "[sim][control][unit]")
{
    const test::TempDir folder;
    const auto path = folder.path() / "control.sock";
    {
        const ControlServer server{path};
        struct stat status {};
        REQUIRE(::stat(path.c_str(), &status) == 0);
        CHECK((status.st_mode & 0777U) == 0700U);
    }
    CHECK_FALSE(std::filesystem::exists(path));
    CHECK_THROWS_AS(ControlServer{folder.path() / std::string(120, 'x')}, Trouble);
    CHECK_THROWS_AS(ControlServer{folder.path() / "no" / "such" / "folder"}, Trouble);
}
