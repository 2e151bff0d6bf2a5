#pragma once

#include "sim/fleet/sim_post.hpp"
#include "sim/fleet/site_folder.hpp"
#include "sim/world/alarm_receiver.hpp"
#include "sim/world/auditor.hpp"
#include "sim/world/post_line.hpp"
#include "sim/world/trace.hpp"

#include <filesystem>

namespace ks::sim {

/// The whole chain in one process, on one thread, on virtual time, from one seed: posts of the
/// firmware that ships, lines that break, a broker that loses, and the edge that decides over a
/// real SQLite file. Every tick is held to `PostPromises` and every record, acknowledgement and
/// command to `Auditor`; what is broken is thrown as `BrokenPromise` or `BrokenChain`.
///
/// The line carries MQTT without TLS: nobody is in the middle of it here, and TLS libraries draw
/// random numbers of their own. What happens to a post is done through it; nothing happens by
/// itself.
class World {
public:
    static constexpr Millis tick{5};

    struct Setup {
        std::uint64_t seed;
        /// For the log; empty at the start.
        std::filesystem::path folder;
        std::size_t posts{3};
        std::uint8_t outlets{2};
        Manners manners{};
        WorldEdge::Order order{WorldEdge::Order::commit_then_acknowledge};
    };

    /// Everything has power and runs, and the edge is connected.
    explicit World(const Setup& setup);
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    [[nodiscard]] Instant now() const { return now_; }
    [[nodiscard]] std::size_t posts() const { return places_.size(); }
    [[nodiscard]] SimPost& post(std::size_t index) { return places_.at(index).post; }
    [[nodiscard]] const ModelBroker& broker() const { return broker_; }
    /// None while it is dead.
    [[nodiscard]] WorldEdge* edge() { return edge_.get(); }
    [[nodiscard]] const Auditor& auditor() const { return auditor_; }
    [[nodiscard]] const Trace& trace() const { return trace_; }
    [[nodiscard]] AlarmReceiver& receiver() { return receiver_; }

    void step();
    void run_for(Millis lasts);

    // People.
    void plug(std::size_t post, std::uint8_t outlet, const Bike& bike);
    void unplug(std::size_t post, std::uint8_t outlet);
    void tap_card(std::size_t post, std::uint8_t outlet, protocol::CardToken card);
    /// Somebody at the console; without an edge there is nobody to ask.
    void ask(std::size_t post, const protocol::CommandBody& wish);
    void inject(std::size_t post, std::uint8_t outlet, const Fault& fault);
    void repair(std::size_t post, std::uint8_t outlet);

    // Misfortune. What has a duration ends by itself.
    void kill_broker(Millis back_after);
    void kill_edge(Millis back_after);
    void stall_edge(Millis lasts);
    void slow_store(Millis commits_take, Millis lasts);
    void cut_power(std::size_t post, Millis back_after);
    void tear_next_write(std::size_t post);
    void cut_line(std::size_t post, PostLine::Broker broker);
    void jam_line(std::size_t post, Millis lasts);
    void take_over(std::size_t post);
    void deny(std::size_t post, Millis lasts);
    /// Somebody who may publish to posts says again what the edge once commanded.
    void replay_command(std::uint64_t which);

    /// Ends every misfortune at once and runs until the log has the posts' truth and every alarm
    /// has arrived. Throws `BrokenChain` when that takes longer than `most`.
    void settle(Millis most);

private:
    struct Place {
        std::unique_ptr<ProvisionedPost> who;
        PostLine line;
        SimPost post;
        std::optional<Instant> power_back_at;
        std::optional<Instant> allowed_at;

        Place(const Setup& setup, std::size_t index, ModelBroker& broker);
    };

    [[nodiscard]] edge::Now edge_now() const;
    void note(const std::string& words) { trace_.note(now_, words); }
    void end_what_is_over();
    void collect_truth(Place& place);
    void open_edge();
    void follow_broker();
    void edge_hears();
    void edge_speaks();
    void edge_delivers();
    void heal();
    void judge_gaps();

    Setup setup_;
    Instant now_{};
    Trace trace_;
    Auditor auditor_;
    ModelBroker broker_;
    std::deque<Place> places_;
    AlarmReceiver receiver_;
    Random edge_lives_;
    Random delays_;
    std::unique_ptr<WorldEdge> edge_;
    /// Messages that the edge's client has taken and not acknowledged yet.
    struct Taken {
        Instant acknowledged_at;
        std::uint16_t packet_id;
    };
    std::deque<Taken> taken_;
    std::vector<Mail> commands_said_;
    std::optional<Instant> broker_back_at_;
    std::optional<Instant> edge_back_at_;
    std::optional<Instant> edge_connects_at_;
    Instant stalled_until_{};
    Instant slow_until_{};
    Millis commits_take_;
};

}  // namespace ks::sim
