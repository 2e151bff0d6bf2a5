#include "edge/broker/broker.hpp"
#include "edge/ctl/message_json.hpp"
#include "edge/ctl/noun.hpp"
#include "edge/ctl/site_folder.hpp"
#include "edge/ctl/site_manifest.hpp"
#include "edge/runtime/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <iostream>
#include <memory>

namespace ks::edge {
namespace {

namespace net = boost::asio;

struct TailOptions {
    std::string folder;
    std::string host{"localhost"};
    std::uint16_t port{8883};
    std::string post{"+"};
};

Broker::Setup setup_of(const TailOptions& options)
{
    const std::filesystem::path folder{options.folder};
    const auto manifest = read_manifest(folder / "site.toml");
    return {.uri = "ssl://" + options.host + ":" + std::to_string(options.port),
            .client_id = std::string{tail_name},
            .filter = "ks/1/" + manifest.site + "/" + options.post + "/#",
            .tls = Broker::Tls{.authority = (folder / "ca/ca.crt").string(),
                               .certificate = (folder / "edge/tail.crt").string(),
                               .key = (folder / "edge/tail.key").string()},
            .port = options.port,
            .session = Broker::Session::fresh};
}

net::awaitable<void> print_all(Broker& broker, Terminal& terminal)
{
    Inbox::Taken taken;
    std::uint64_t seen = 0;
    for (;;) {
        seen = co_await broker.bell().next(seen);
        broker.take(taken);
        for (const auto* run : {&taken.alarms, &taken.others})
            for (const auto& message : *run) {
                const auto& payload = message->get_payload_ref();
                terminal.out << line_of_message(message->get_topic(),
                                                bytes_of({payload.data(), payload.size()}))
                             << '\n';
            }
        terminal.out.flush();
        // Whoever reads us has gone: `kickstand tail | head`.
        if (!terminal.out) co_return;
    }
}

}  // namespace

void add_tail(CLI::App& app, Terminal& terminal)
{
    auto* tail = app.add_subcommand("tail", "Every message of a site as one line of JSON");
    const auto options = std::make_shared<TailOptions>();
    tail->add_option("--dir", options->folder, "The site's folder")->required();
    tail->add_option("--host", options->host, "Where the broker is (localhost)");
    tail->add_option("--port", options->port, "Its port (8883)");
    tail->add_option("--post", options->post, "Only this post");
    tail->callback([options, &terminal] {
        start_log(LogLevel::warning);
        std::signal(SIGPIPE, SIG_IGN);
        net::io_context io{1};
        Broker broker{io.get_executor(), setup_of(*options)};
        net::signal_set signals{io, SIGINT, SIGTERM};
        signals.async_wait([&](boost::system::error_code, int) { io.stop(); });
        net::co_spawn(io, print_all(broker, terminal), [&](std::exception_ptr error) {
            io.stop();
            if (error) std::rethrow_exception(error);
        });
        broker.start();
        io.run();
        broker.stop();
    });
}

}  // namespace ks::edge
