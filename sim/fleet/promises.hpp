#pragma once

#include "firmware/protocol/record.hpp"
#include "firmware/protocol/settings.hpp"
#include "sim/fleet/post_world.hpp"

#include <map>
#include <set>
#include <stdexcept>
#include <string>

namespace ks::sim {

/// A post did what no sequence of events may make it do (docs/demands.md, Invariants).
class BrokenPromise : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

enum class Holds : bool { no, yes };

/// For how long something has been so without a break. A simulator that comes late with its ticks
/// must not be taken for firmware that is slow: so many ticks must have passed as well.
class Held {
public:
    void see(Holds holds, Instant now)
    {
        if (holds == Holds::no) {
            since_.reset();
            return;
        }
        if (!since_) {
            since_ = now;
            ticks_ = 0;
        } else {
            ++ticks_;
        }
    }
    [[nodiscard]] bool lasted(Millis budget, Instant now) const
    {
        return since_ && now - *since_ >= budget && ticks_ >= budget.count() / tick_ms;
    }

private:
    static constexpr std::int64_t tick_ms = 5;
    std::optional<Instant> since_;
    std::int64_t ticks_{0};
};

/// Somebody who stands beside a post with meters of his own: he sees what is true in the world,
/// what the post senses and drives, and what it writes down, and holds it to its promises at every
/// tick. He shares no code with the guard. What he finds is thrown as `BrokenPromise`.
class PostPromises {
public:
    PostPromises(std::string post, std::uint8_t outlets);

    void powered_up(std::uint32_t boot, const PlantPost& plant);
    void powered_down(const PlantPost& plant);
    /// Without power nothing pulls.
    void watch_dark(const PlantPost& plant) const;
    /// With what the board senses at this tick, before the post has looked at it.
    void before_tick(const PlantPost& plant, const SimBoard& board,
                     const protocol::Settings& settings);
    /// With what the post drives since this tick, after all its durable records were `take`n.
    void after_tick(const PlantPost& plant, const SimBoard& board,
                    const protocol::Settings& settings);
    /// The rest has had its turn: what is to be written down could have been.
    void after_turn(const PlantPost& plant);
    /// Each record that is durable from now on, lane by lane in its order.
    void take(const protocol::Record& record, const PlantPost& plant, const SimBoard& board);
    /// After a boot: a record the post had called durable reads otherwise or not at all.
    void lost(protocol::Lane lane, std::uint64_t seq) const;

private:
    struct Session {
        protocol::SessionId id;
        Millis time_limit;
        MilliwattHours energy_limit;
        Joules began_with;
        MilliwattHours told;
        std::uint32_t meter_resets;
        std::uint32_t pulses_added;
        enum class Meter : std::uint8_t { sound, doubtful } meter;
    };
    struct Book {
        hal::Relay relay{hal::Relay::open};
        std::set<protocol::TripCause> latched;
        std::optional<Instant> opened_at;
        Instant closed_at{};
        Joules closed_with{0.0};
        std::vector<Instant> closings;
        /// A closing whose session is not written down yet.
        bool unexplained{false};
        Held waits_for_session;
        std::optional<Session> session;
        Held pin, strong, hot, leaking, dead, conducts, conducting_still;
    };
    struct LaneBook {
        std::uint64_t seq{0};
        std::uint32_t boot{0};
    };

    void must(Holds holds, const char* promise) const;
    void must(Holds holds, const char* promise, protocol::OutletNumber outlet) const;
    [[nodiscard]] Book& book(protocol::OutletNumber outlet) { return books_.at(outlet - 1U); }
    void note_conditions(const PlantPost& plant, const SimBoard& board,
                         const protocol::Settings& settings, protocol::OutletNumber outlet);
    void watch_closing(const PlantPost& plant, const SimBoard& board,
                       const protocol::Settings& settings, protocol::OutletNumber outlet);
    void watch_closed(const PlantPost& plant, const protocol::Settings& settings,
                      protocol::OutletNumber outlet);
    void watch_open(const SimBoard& board, protocol::OutletNumber outlet);
    void watch_post(const SimBoard& board);

    // promises_in_records.cpp
    void watch_head(const protocol::RecordHead& head);
    void told(const protocol::Tripped& trip);
    void told(const protocol::TripCleared& cleared);
    void told(const protocol::SessionStarted& started, const PlantPost& plant,
              std::uint32_t in_boot);
    void told(const protocol::SessionProgressed& step);
    void told(const protocol::SessionEnded& ended, const PlantPost& plant);
    void told(const protocol::CommandResult& result, const SimBoard& board);

    std::string post_;
    std::vector<Book> books_;
    std::set<protocol::TripCause> whole_;
    std::set<protocol::SessionId> sessions_;
    std::array<LaneBook, protocol::lane_count> lanes_{};
    std::map<hal::PostInput, Held> inputs_;
    /// In this boot.
    std::set<protocol::CommandId> stops_answered_;
    std::optional<Instant> closed_last_;
    std::uint32_t boot_{0};
    /// The first boot that was watched: the flash may hold what came before.
    std::uint32_t watched_from_{0};
    Instant powered_at_{};
    Instant now_{};
};

}  // namespace ks::sim
