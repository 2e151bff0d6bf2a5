#pragma once

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <boost/json.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ks::test {

/// A whole site of real programs in a folder of its own: `kickstand site init`, mosquitto with
/// mutual TLS, `kickstand-edge`, `kickstand-sim` and a webhook receiver, on free loopback ports.
/// Everything ends with the object.
class Site {
public:
    struct Setup {
        int posts{1};
        /// TOML; what happens at the posts by itself. Stories mostly use `control`.
        std::string scenario{};
        /// Lines put into the edge's config behind those of the fixture.
        std::string edge_config{};
    };

    explicit Site(const Setup& setup);

    void start_broker();
    void start_edge();
    void start_posts();
    Process& broker() { return *broker_; }
    Process& edge() { return *edge_; }
    Process& posts() { return *posts_; }

    [[nodiscard]] static std::string post(int number);
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
    [[nodiscard]] int broker_port() const { return broker_port_; }

    /// One command to the simulator's control socket; throws with its words when it refuses.
    boost::json::object control(const boost::json::object& command);

    /// The integer that a query over the edge's database gives; 0 when there is no database yet.
    [[nodiscard]] std::int64_t ask_log(const std::string& query) const;
    [[nodiscard]] std::vector<std::vector<std::string>> rows_of_log(const std::string& query) const;
    [[nodiscard]] std::vector<boost::json::object> webhooks() const;
    /// What the simulator wrote down as the posts' own truth.
    [[nodiscard]] std::vector<boost::json::object> truth() const;
    [[nodiscard]] std::string last_words() const;

    /// Runs a program of this build and gives its output; throws when it fails.
    std::string run(const std::vector<std::string>& command) const;

    /// Looks again and again until it holds. Fails the test, with the programs' last words, when
    /// it does not within the limit.
    void until(const std::string& what, std::chrono::milliseconds limit,
               const std::function<bool()>& holds);

private:
    void write_edge_config(const std::string& more) const;

    TempDir folder_;
    Setup setup_;
    int broker_port_;
    int webhook_port_{0};
    std::unique_ptr<Process> broker_;
    std::unique_ptr<Process> receiver_;
    std::unique_ptr<Process> edge_;
    std::unique_ptr<Process> posts_;
};

/// A program of this build.
[[nodiscard]] std::filesystem::path program(const std::string& name);

}  // namespace ks::test
