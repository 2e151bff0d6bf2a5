#include "edge/app/summary.hpp"

#include <boost/json.hpp>

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace ks::edge {

namespace json = boost::json;

namespace {

/// In milliseconds with two decimals; null when nothing was measured.
json::value millis(std::int64_t micros) { return static_cast<double>(micros / 10) / 100.0; }

json::value millis(const Latencies& latencies, std::uint32_t permille)
{
    const auto micros = latencies.at(permille);
    if (!micros) return nullptr;
    return millis(*micros);
}

}  // namespace

std::string summary_of(Daemon& daemon)
{
    const auto& site = daemon.site();
    const auto& figures = site.figures();
    std::uint64_t outlets = 0;
    for (const auto& post : site.fleet().posts())
        outlets += post.outlet_count;
    const Deliveries::Figures none;
    const auto& sent = daemon.deliveries() ? daemon.deliveries()->figures() : none;
    const auto& tripped = sent.from_trip.count() > 0 ? sent.from_trip : sent.from_arrival;
    json::object summary;
    summary["posts"] = site.fleet().posts().size();
    summary["outlets"] = outlets;
    summary["sessions_started"] = figures.sessions_started;
    summary["sessions_ended"] = figures.sessions_ended;
    summary["records"] = figures.records;
    summary["gaps"] = figures.gaps;
    summary["alarms"] = figures.alarms;
    summary["webhooks_delivered"] = sent.raised_delivered;
    summary["webhooks_of_other_events"] = sent.others_delivered;
    summary["webhooks_dead"] = sent.dead;
    summary["trip_to_webhook_ms_p50"] = millis(tripped, 500);
    summary["trip_to_webhook_ms_p99"] = millis(tripped, 990);
    summary["arrival_to_webhook_ms_p50"] = millis(sent.from_arrival, 500);
    summary["arrival_to_webhook_ms_p99"] = millis(sent.from_arrival, 990);
    summary["chain_breaks"] = figures.chain_breaks;
    summary["quarantined"] = figures.quarantined;
    summary["refused_commands"] = figures.refused_commands;
    summary["duplicates"] = figures.duplicates;
    summary["messages"] = daemon.figures().messages;
    summary["messages_refused"] = daemon.messages_refused();
    summary["commits"] = daemon.figures().commits;
    summary["worst_loop_gap_ms"] = millis(daemon.figures().worst_gap_micros);
    summary["worst_turn_ms"] = millis(daemon.figures().worst_turn_micros);
    return json::serialize(summary) + "\n";
}

void write_whole(const std::filesystem::path& file, std::string_view content)
{
    auto draft = file;
    draft += ".new";
    const int descriptor = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    const auto fail = [&](const char* doing) {
        const int why = errno;
        if (descriptor >= 0) ::close(descriptor);
        throw std::system_error{why, std::generic_category(), doing + (" " + draft.string())};
    };
    if (descriptor < 0) fail("cannot open");
    while (!content.empty()) {
        const auto written = ::write(descriptor, content.data(), content.size());
        if (written < 0) fail("cannot write");
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(descriptor) != 0) fail("cannot sync");
    ::close(descriptor);
    std::filesystem::rename(draft, file);
}

}  // namespace ks::edge
