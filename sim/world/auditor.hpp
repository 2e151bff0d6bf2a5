#pragma once

#include "sim/world/log_book.hpp"
#include "sim/world/world_edge.hpp"

#include <set>

namespace ks::sim {

/// Stands between posts, edge and the receiver of alarms, hears everything, and holds the whole
/// chain to its promises: what a post is told to forget is in the log (I-13), the log is the posts'
/// truth (I-12, I-14), no session began without a command that was meant (I-19, I-21), alarms
/// arrive. Throws `BrokenChain`.
class Auditor {
public:
    Auditor() : log_{truth_} {}
    Auditor(const Auditor&) = delete;  // the log book looks at the truth
    Auditor& operator=(const Auditor&) = delete;

    [[nodiscard]] TruthBook& truth() { return truth_; }
    [[nodiscard]] const TruthBook& truth() const { return truth_; }
    [[nodiscard]] LogBook& log() { return log_; }
    [[nodiscard]] const LogBook& log() const { return log_; }

    /// The record became durable at its post.
    void happened(const std::string& post, const protocol::Record& record);
    /// The edge is about to say this to a post.
    void said(const SaidToPost& words);
    /// The receiver of alarms has got it.
    void arrived(const std::string& key) { arrived_.insert(key); }

    /// What is not in the log yet although its post has it, in words; empty when nothing is
    /// missing.
    [[nodiscard]] std::string missing() const;
    /// The first alarm that never arrived; empty when all did.
    [[nodiscard]] std::string unheard() const;
    [[nodiscard]] std::uint64_t sessions() const { return sessions_; }
    [[nodiscard]] std::uint64_t trips() const { return trips_.size(); }
    [[nodiscard]] std::uint64_t acknowledged() const { return acknowledged_; }

private:
    struct Issued {
        std::string post;
        protocol::CommandAction action;
        protocol::OutletNumber outlet;
        bool spent;
    };
    void began(const std::string& post, const protocol::SessionStarted& started);

    TruthBook truth_;
    LogBook log_;
    std::map<protocol::CommandId, Issued> issued_;
    std::set<std::pair<std::string, protocol::OutletNumber>> charged_;
    std::set<std::string> trips_;
    std::set<std::string> arrived_;
    std::uint64_t sessions_{0};
    std::uint64_t acknowledged_{0};
};

}  // namespace ks::sim
