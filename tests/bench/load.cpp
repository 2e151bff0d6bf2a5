// Posts by the hundred for a real broker and a real edge: chained frames, paced or as fast as the
// edge acknowledges them, and trips to be alarmed about. Prints one JSON line.

#include "tests/bench/run.hpp"

#include <boost/json.hpp>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>

namespace {

using namespace ks::bench;
namespace json = boost::json;

struct Options {
    Shed::Setup shed{.site = "", .posts = 100, .port = 0, .certificates = {}, .connections = {}};
    Run::Setup run{.frames = 0, .trips = 0, .rate = 0, .acknowledged = {}, .patience = {}};
    std::int64_t patience{120};
    bool is_shared{false};
    bool is_flood{false};
    std::string certificates;
    std::string trips_file;
    std::vector<std::string> watched;
};

void add_options(CLI::App& app, Options& options)
{
    app.add_option("--site", options.shed.site, "the site's id")->required();
    app.add_option("--port", options.shed.port, "the broker's, on the loopback")->required();
    app.add_option("--posts", options.shed.posts, "posts of ten outlets");
    app.add_flag("--shared", options.is_shared, "one connection carries all posts");
    app.add_option("--certificates", options.certificates, "folder of a site: TLS, one each");
    app.add_option("--frames", options.run.frames, "frames of all posts together")->required();
    app.add_option("--rate", options.run.rate, "frames a second; without: as fast as it goes");
    app.add_option("--trips", options.run.trips, "trips, spread evenly over a paced run");
    app.add_option("--trips-file", options.trips_file, "when each was published, as JSON lines");
    app.add_flag("--flood", options.is_flood, "wait for the broker alone and for no edge");
    app.add_option("--patience", options.patience, "seconds until it gives up");
    app.add_option("--watch", options.watched, "NAME=PID of a process to measure");
}

/// The monotonic clock of this machine, which every process reads alike.
std::int64_t nanos(Clock::time_point at)
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count();
}

void write_trips(const std::string& file, const Run& run, Shed& shed)
{
    std::ofstream out{file};
    for (const auto& trip : run.trips())
        out << json::serialize(
                   json::object{{"post", std::string{shed.posts()[trip.post].id().text()}},
                                {"seq", trip.seq},
                                {"published_ns", nanos(trip.published)}})
            << '\n';
    if (!out) throw std::runtime_error{"cannot write " + file};
}

std::string report(const Options& options, const Run& run, const Shed& shed,
                   const std::vector<Watched>& watched)
{
    const auto& middle = run.middle();
    const double frames = static_cast<double>(middle.frames);
    json::object all{
        {"posts", options.shed.posts},     {"connections", shed.connections()},
        {"frames", options.run.frames},    {"trips", options.run.trips},
        {"seconds", run.seconds()},        {"frames_per_s", frames / middle.seconds},
        {"sent_again", shed.sent_again()}, {"held_back_at_most", run.late_frames_at_most()}};
    for (std::size_t i = 0; i < watched.size(); ++i) {
        const auto seconds = static_cast<double>(middle.used[i].processor_nanos) / 1e9;
        all[watched[i].name()] =
            json::object{{"processor", seconds / middle.seconds},
                         {"processor_s_per_million", seconds * 1e6 / frames},
                         {"resident_mib", static_cast<double>(middle.used[i].resident_kib) / 1024},
                         {"peak_mib", static_cast<double>(watched[i].peak_kib()) / 1024}};
    }
    return json::serialize(all);
}

void load(Options options)
{
    if (options.run.trips > 0 && options.run.rate <= 0)
        throw std::runtime_error{"--trips are spread over a paced run; --rate is missing"};
    if (options.is_shared) options.shed.connections = Shed::Setup::Connections::shared;
    if (options.is_flood) options.run.acknowledged = Run::Setup::Acknowledged::by_broker;
    if (!options.certificates.empty()) options.shed.certificates = options.certificates;
    options.run.patience = std::chrono::seconds{options.patience};
    std::vector<Watched> watched;
    for (const auto& text : options.watched)
        watched.push_back(watched_from(text));

    Shed shed{options.shed};
    Run run{shed, options.run, watched};
    run.carry_out();
    if (!options.trips_file.empty()) write_trips(options.trips_file, run, shed);
    std::cout << report(options, run, shed, watched) << '\n';
}

}  // namespace

int main(int argc, char** argv)
{
    Options options;
    CLI::App app{"Many posts for a benchmark."};
    add_options(app, options);
    try {
        app.parse(argc, argv);
        load(options);
        return 0;
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    } catch (const std::exception& error) {
        std::cerr << "bench_load: " << error.what() << '\n';
        return 1;
    }
}
