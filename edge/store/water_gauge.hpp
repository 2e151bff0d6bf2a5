#pragma once

#include "edge/store/log_writer.hpp"
#include "edge/store/sqlite.hpp"

#include <unordered_map>

namespace ks::edge {

/// The high-water mark as it grows with each commit. It never sinks, so that what the log lost
/// stays known until it is back.
class WaterGauge {
public:
    WaterGauge(Database& database, std::optional<HighWater> known);

    void note(const Commit& commit);
    [[nodiscard]] const HighWater& water() const { return water_; }

private:
    void note(const PostView& post) { number(post.no, post.id); }
    void note(const LaneMark& mark);
    void number(PostNo no, const std::string& id);

    HighWater water_;
    std::unordered_map<std::string, std::size_t> places_;  // in `water_.posts`
    std::unordered_map<PostNo, std::size_t> numbered_;
};

}  // namespace ks::edge
