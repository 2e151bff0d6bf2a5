#include "sim/fleet/truth_log.hpp"

#include "firmware/protocol/names.hpp"
#include "sim/fleet/site_folder.hpp"

#include <boost/algorithm/hex.hpp>
#include <boost/json.hpp>

#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <iterator>
#include <unistd.h>

namespace ks::sim {

namespace {

namespace json = boost::json;

std::string hex(Bytes bytes)
{
    std::string text;
    const auto* begin = reinterpret_cast<const unsigned char*>(bytes.data());
    boost::algorithm::hex_lower(begin, begin + bytes.size(), std::back_inserter(text));
    return text;
}

json::object line_of(std::string_view post, const DurableRecord& record)
{
    return {{"truth", "record"},
            {"post", post},
            {"lane", protocol::name_of(record.lane)},
            {"seq", record.seq},
            {"digest", record.digest ? json::value(hex(*record.digest)) : json::value(nullptr)},
            {"boot", record.boot}};
}

json::object line_of(std::string_view post, const PlantEvent& event)
{
    json::object line{{"truth", "plant"},
                      {"post", post},
                      {"event", name_of(event.kind)},
                      {"at_ms", event.at.since_boot().count()}};
    if (event.outlet != 0) line["outlet"] = event.outlet;
    line["milliamps"] = std::llround(event.amps * 1000.0);
    return line;
}

json::object line_of(std::string_view post, const LifeEvent& event)
{
    return {{"truth", "life"},
            {"post", post},
            {"event", name_of(event.kind)},
            {"at_ms", event.at.since_boot().count()},
            {"boot", event.boot}};
}

}  // namespace

TruthLog::TruthLog(const std::optional<std::filesystem::path>& file)
{
    if (!file) return;
    path_ = file->string();
    constexpr mode_t readable = 0644;
    file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, readable);
    if (file_ < 0) throw Trouble{path_ + ": " + std::strerror(errno)};
}

TruthLog::~TruthLog()
{
    if (file_ >= 0) ::close(file_);
}

void TruthLog::take(SimPost& post)
{
    const auto add = [&](const json::object& line) {
        if (file_ >= 0) waiting_ += json::serialize(line) + '\n';
    };
    for (const auto& event : post.plant().take_events())
        add(line_of(post.id(), event));
    for (const auto& event : post.take_life()) {
        boots_ += event.kind == LifeEvent::Kind::booted ? 1 : 0;
        add(line_of(post.id(), event));
    }
    for (const auto& record : post.take_records()) {
        ++records_[static_cast<std::size_t>(record.lane)];
        add(line_of(post.id(), record));
    }
}

void TruthLog::write()
{
    std::string_view left = waiting_;
    while (!left.empty()) {
        const auto written = ::write(file_, left.data(), left.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) throw Trouble{path_ + ": " + std::strerror(errno)};
        left.remove_prefix(static_cast<std::size_t>(written));
    }
    waiting_.clear();
}

}  // namespace ks::sim
