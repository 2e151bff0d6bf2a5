#pragma once

#include "sim/fleet/scenario.hpp"
#include "sim/fleet/site_folder.hpp"
#include "sim/fleet/truth_log.hpp"

#include <memory>
#include <vector>

namespace ks::sim {

/// Why a deed was not done.
enum class DeedRefusal : std::uint8_t {
    no_such_post,
    no_such_outlet,
    taken,  // a bike is plugged in there already
    empty,  // nothing is plugged in there
    no_such_circuit,
    no_such_sensor,
    reader_busy,
    on_already,
    off_already,
};
[[nodiscard]] std::string_view told(DeedRefusal refusal);

/// The posts of one process, what a scenario does to them, and their truth. It has no clock.
class Fleet {
public:
    struct Setup {
        std::string broker_address;  // numeric
        std::uint16_t broker_port;
        app::Build build;
        /// Where the flash images are kept; in RAM without.
        std::optional<std::filesystem::path> state;
        std::optional<std::filesystem::path> truth;
    };

    using Identities = std::vector<std::unique_ptr<ProvisionedPost>>;

    /// One post for each identity, made and off. Throws `Trouble` or `std::system_error`.
    Fleet(Identities identities, const Setup& setup, Scenario scenario);

    [[nodiscard]] std::size_t size() const { return posts_.size(); }
    [[nodiscard]] SimPost& post(std::size_t index) { return *posts_.at(index); }
    /// Its number from 1; nothing when there is no such post.
    [[nodiscard]] std::optional<std::uint16_t> number_of(std::string_view id) const;
    [[nodiscard]] const TruthLog& truth() const { return truth_; }
    [[nodiscard]] std::uint8_t outlets() const { return scenario_.outlets; }

    void power_up_all();

    /// Lets every post pass until then, and does what the scenario has due.
    void pass(Instant now);

    Result<Done, DeedRefusal> carry_out(const Deed& deed);

private:
    void do_what_is_due(Instant now);
    void join_groups();

    Scenario scenario_;
    std::size_t next_deed_{0};
    Identities identities_;
    std::vector<std::unique_ptr<SimPost>> posts_;
    TruthLog truth_;
};

}  // namespace ks::sim
