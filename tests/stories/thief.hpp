#pragma once

#include "firmware/protocol/codec.hpp"
#include "tests/stories/site.hpp"
#include "tests/support/site_broker.hpp"

#include <map>

// Whoever has a copy of the edge's own identity, the worst there is at the broker: he lacks
// nothing but the key that commands are made with.
namespace ks::test {

/// Everything that is said at a site, from now on, byte for byte.
class Eavesdropper {
public:
    explicit Eavesdropper(const Site& site);

    /// Listens until a start of this outlet comes by; the test fails when none does.
    [[nodiscard]] std::vector<std::byte> start_of(int outlet);

private:
    SiteCaller caller_;
    std::size_t heard_{0};
};

[[nodiscard]] std::string topic_at(int post, const std::string& rest);

/// Says them all to a post as if he were the edge, who is held up meanwhile: the broker takes two
/// of one name for one, and the second puts out the first.
void say_as_the_edge(Site& site, const std::string& topic,
                     const std::vector<std::vector<std::byte>>& messages);

/// How many commands the posts have refused for each reason, by their own count in the log.
[[nodiscard]] std::map<protocol::CommandOutcome, std::int64_t> refusals(const Site& site);
[[nodiscard]] std::int64_t refusals(const Site& site, protocol::CommandOutcome outcome);

/// How often a contact of any outlet has closed, by the plant's own account.
[[nodiscard]] std::int64_t closings(const Site& site);

/// Until the outlet has been open for so long that its relay may close again.
void rest(Site& site, int post, int outlet);

}  // namespace ks::test
