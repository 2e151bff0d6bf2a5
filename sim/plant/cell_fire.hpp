#pragma once

#include "sim/plant/si.hpp"

namespace ks::sim {

/// A lithium cell that runs away: no meter sees it, heat comes first and smoke minutes later
/// (docs/sources.md, Charging, «silent»).
struct CellFire {
    Seconds heat_after = 60.0;
    Seconds smoke_after = 240.0;
    /// What reaches the post's cabinet once it burns: our choice, a fire beside a post.
    Watts heat = 60.0;
    /// Of the smoke that makes the detector speak, so much comes each second.
    double smoke_per_second = 0.02;
};

/// One such cell from the moment it is past saving.
class CellFireCourse {
public:
    explicit CellFireCourse(CellFire fire) : fire_{fire} {}

    void advance(Seconds lasts) { burns_for_ += lasts; }
    [[nodiscard]] Watts heat() const { return burns_for_ < fire_.heat_after ? 0.0 : fire_.heat; }
    [[nodiscard]] double smoke_per_second() const
    {
        return burns_for_ < fire_.smoke_after ? 0.0 : fire_.smoke_per_second;
    }

private:
    CellFire fire_;
    Seconds burns_for_{0.0};
};

}  // namespace ks::sim
