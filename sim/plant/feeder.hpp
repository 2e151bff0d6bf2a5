#pragma once

#include "sim/plant/post.hpp"

#include <span>

namespace ks::sim {

/// Tells each of the posts on one feeder what the others draw, so that the voltage of all sags with
/// the sum. Its impedance is in each post's mains settings. Called about once a mains cycle; what
/// it tells counts from the next cycle on, as the inductance of a real line has it.
inline void share_feeder(std::span<PlantPost* const> posts)
{
    Amps all = 0.0;
    for (const auto* post : posts)
        all += post->total_amps();
    for (auto* post : posts)
        post->draw_elsewhere(all - post->total_amps());
}

}  // namespace ks::sim
