#pragma once

#include "edge/domain/alarm.hpp"

#include <deque>
#include <variant>

namespace ks::edge {

/// A record that is in the log for good.
struct RecordLogged {
    LogId id{};
    PostNo post{};
    UnixMillis arrived;
    protocol::Record record;
};

using LiveEvent = std::variant<RecordLogged, AlarmChange>;

[[nodiscard]] LogId id_of(const LiveEvent& event);

/// The newest committed facts, for whoever watches live. There is no queue per watcher: each keeps
/// the log id it has seen and asks for what came after, so a slow one costs nothing and a lost
/// connection resumes with the same question. One that fell behind the window reads the log.
class LiveFeed {
public:
    static constexpr std::size_t window = 4'096;

    /// Ids only grow.
    void publish(LiveEvent event);
    /// What was in the log before the daemon started.
    void start_after(LogId id) { newest_ = forgotten_ = id; }

    [[nodiscard]] LogId newest() const { return newest_; }
    /// False: some facts after `seen` are no longer here; read them from the log.
    [[nodiscard]] bool covers(LogId seen) const { return seen >= forgotten_; }
    /// The first fact after `seen`, or none yet. Valid until the next `publish`.
    [[nodiscard]] const LiveEvent* after(LogId seen) const;

private:
    std::deque<LiveEvent> events_;
    LogId newest_{0};
    LogId forgotten_{0};
};

}  // namespace ks::edge
