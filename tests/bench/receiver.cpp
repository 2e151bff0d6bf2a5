// A webhook receiver that writes down when each message came, by the clock that the load
// generator uses too. Prints `port N` when it listens; writes its JSON lines when it is ended.

#include "tests/support/http_receiver.hpp"

#include <boost/json.hpp>

#include <csignal>
#include <fstream>
#include <iostream>

namespace json = boost::json;

int main(int argc, char** argv)
{
    if (argc != 2) {
        std::cerr << "bench_receiver: needs the file to write to\n";
        return 2;
    }
    // Before any thread is made, so that none of them takes the signal away.
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    sigprocmask(SIG_BLOCK, &ending, nullptr);

    ks::test::HttpReceiver receiver{
        [](std::size_t) { return ks::test::HttpReceiver::Answer{.status = 204}; }};
    std::cout << "port " << receiver.port() << std::endl;
    int signal = 0;
    sigwait(&ending, &signal);

    std::ofstream out{argv[1]};
    for (const auto& request : receiver.requests())
        out << json::serialize(
                   json::object{{"id", request.id},
                                {"timestamp", request.timestamp},
                                {"signature", request.signature},
                                {"received_ns", request.came.time_since_epoch().count()},
                                {"body", request.body}})
            << '\n';
    return out ? 0 : 1;
}
