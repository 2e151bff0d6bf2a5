#include "sim/world/auditor.hpp"

#include "edge/domain/names.hpp"
#include "firmware/protocol/codec.hpp"

namespace ks::sim {

namespace {

[[noreturn]] void broken(const std::string& what) { throw BrokenChain{what}; }

std::string about(const std::string& post, protocol::OutletNumber outlet)
{
    return post + " outlet " + std::to_string(outlet) + ": ";
}

}  // namespace

void Auditor::happened(const std::string& post, const protocol::Record& record)
{
    if (const auto* started = std::get_if<protocol::SessionStarted>(&record.body))
        began(post, *started);
    // The beginning of the key under which the edge tells the receiver of it.
    if (const auto* trip = std::get_if<protocol::Tripped>(&record.body))
        trips_.insert(post + '|' + std::to_string(trip->outlet) + '|' +
                      std::string{edge::name_of(edge::kind_of(trip->cause))} + "|raised");
}

void Auditor::began(const std::string& post, const protocol::SessionStarted& started)
{
    ++sessions_;
    const auto place = about(post, started.outlet);
    const bool charged_before = !charged_.insert({post, started.outlet}).second;
    switch (started.means) {
    case protocol::StartMeans::resumed:
        if (!charged_before) broken(place + "a session resumed that never was");
        return;
    case protocol::StartMeans::card:
        broken(place + "a session began by a list of cards that nobody ever signed");
    case protocol::StartMeans::command:
    case protocol::StartMeans::test:
    case protocol::StartMeans::queued: break;
    }
    const auto known = issued_.find(started.command);
    if (known == issued_.end()) broken(place + "a session began that the edge never commanded");
    auto& is = known->second;
    if (is.post != post || is.outlet != started.outlet || !protocol::energises(is.action))
        broken(place + "a session began by a command that was meant otherwise");
    if (is.spent) broken(place + "a second session began by one command");
    is.spent = true;
}

void Auditor::said(const SaidToPost& words)
{
    if (words.what == protocol::Down::command) {
        const auto command = protocol::decode_command(words.bytes.view());
        if (!command) broken(words.post + ": the edge sent a command that nobody can read");
        const auto fresh =
            issued_.emplace(command->id, Issued{.post = words.post,
                                                .action = protocol::action_of(command->body),
                                                .outlet = protocol::outlet_of(command->body),
                                                .spent = false});
        if (!fresh.second) broken(words.post + ": the edge sent one command twice");
    }
    if (words.what != protocol::Down::ack) return;
    const auto ack = protocol::decode_ack(words.bytes.view());
    if (!ack) broken(words.post + ": the edge sent an acknowledgement that nobody can read");
    ++acknowledged_;
    log_.read_on();
    for (const auto lane : protocol::all_lanes) {
        const auto upto = ack->upto[static_cast<std::size_t>(lane)];
        const LaneOf of{.post = words.post, .lane = lane};
        if (upto > log_.upto(of))
            broken(told(of) + ": acknowledged up to " + std::to_string(upto) +
                   ", and the log ends at " + std::to_string(log_.upto(of)));
    }
}

std::string Auditor::missing() const
{
    for (const auto& [lane, records] : truth_.lanes())
        if (log_.upto(lane) != records.size())
            return told(lane) + ": the post has " + std::to_string(records.size()) +
                   " records, the log " + std::to_string(log_.upto(lane));
    return {};
}

std::string Auditor::unheard() const
{
    for (const auto& trip : trips_) {
        const auto at = arrived_.lower_bound(trip);
        if (at == arrived_.end() || !at->starts_with(trip)) return trip;
    }
    return {};
}

}  // namespace ks::sim
