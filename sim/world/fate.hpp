#pragma once

#include "sim/world/world.hpp"

#include <array>

namespace ks::sim {

/// What one seed has in store for a world: people who come, charge and go, faulty plugs, and
/// misfortunes. Each seed draws a subset of them and how often each comes, so that a rare pair is
/// not drowned by the common ones.
class Fate {
public:
    enum class Misfortune : std::uint8_t {
        broker_killed,
        edge_killed,
        edge_stalled,
        store_slow,
        power_cut,
        write_torn,
        line_cut,
        line_left_waiting,
        line_jammed,
        taken_over,
        denied,
        command_replayed,
        outlet_faulty,
    };
    static constexpr std::size_t misfortunes = 13;

    explicit Fate(std::uint64_t seed);

    /// What kind of broker it is.
    [[nodiscard]] Manners manners();
    /// Does what is due.
    void pass(World& world);

private:
    struct Course {
        Millis every;
        std::optional<Instant> next;
    };
    struct Visitor {
        enum class State : std::uint8_t { away, plugged, charging } state{State::away};
        std::optional<Instant> next;
        protocol::CardToken card{};
    };
    [[nodiscard]] Millis some(Millis from, Millis to);
    [[nodiscard]] std::size_t one_of(std::size_t count) { return random_.next() % count; }
    void strike(Misfortune kind, World& world);
    void break_outlet(World& world, std::size_t post);
    void visit(World& world, std::size_t post, std::uint8_t outlet, Visitor& visitor);
    void begin(World& world, std::size_t post, std::uint8_t outlet, const Visitor& visitor);
    void look_after(World& world, std::size_t post, std::uint8_t outlet);
    [[nodiscard]] Bike some_bike();

    Random random_;
    std::array<std::optional<Course>, misfortunes> courses_;
    std::vector<std::vector<Visitor>> visitors_;
    protocol::CardToken cards_{0};
};

/// One seed's life from the first power-up until the log has caught up.
struct Life {
    std::uint64_t seed;
    Millis lasts;
    std::size_t posts;
    std::uint8_t outlets;
    WorldEdge::Order order{WorldEdge::Order::commit_then_acknowledge};
};

struct LifeFigures {
    crypto::Digest digest;
    std::uint64_t events;
    std::uint64_t records;
    std::uint64_t sessions;
    std::uint64_t trips;
    std::uint64_t acknowledged;
    std::uint64_t dropped;
    Millis lived;
};

/// A life that broke a promise: which, when, and what came before.
class BrokenLife : public std::logic_error {
public:
    BrokenLife(const std::string& what, std::deque<std::string> before)
        : std::logic_error{what}, before_{std::move(before)}
    {}
    [[nodiscard]] const std::deque<std::string>& before() const { return before_; }

private:
    std::deque<std::string> before_;
};

/// For the log; empty at the start. Throws `BrokenLife`.
[[nodiscard]] LifeFigures live(const Life& life, const std::filesystem::path& folder);

}  // namespace ks::sim
