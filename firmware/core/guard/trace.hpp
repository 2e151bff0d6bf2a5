#pragma once

#include "firmware/hal/sample.hpp"
#include "firmware/protocol/record.hpp"

namespace ks::core {

/// The last readings of one outlet, so that a trip can show the curve around it: the newest
/// readings one by one, and before them one every half a minute.
class Trace {
public:
    static constexpr std::size_t fine = 12;
    static constexpr std::size_t coarse = protocol::trace_limit - fine;
    static constexpr Millis coarse_every{30'000};

    void add(const hal::Sample& sample, hal::Temperature contact)
    {
        const Point point{
            .at = sample.at, .current = sample.current, .power = sample.power, .contact = contact};
        if (coarse_.empty() || sample.at - coarse_last_ >= coarse_every) {
            coarse_last_ = sample.at;
            push(coarse_, point);
        }
        push(fine_, point);
    }
    [[nodiscard]] FixedVector<protocol::TracePoint, protocol::trace_limit> before(Instant cut) const
    {
        FixedVector<protocol::TracePoint, protocol::trace_limit> points;
        const auto add = [&](const Point& point) {
            // A meter that was silent for days has told nothing of this trip.
            if (cut - point.at > protocol::trace_span_most) return;
            points.push_back({.before = cut - point.at,
                              .current = point.current,
                              .power = point.power,
                              .contact = point.contact});
        };
        for (const auto& point : coarse_)
            if (point.at < fine_[0].at) add(point);
        for (const auto& point : fine_)
            add(point);
        return points;
    }

private:
    struct Point {
        Instant at;
        Milliamps current;
        Milliwatts power;
        hal::Temperature contact;
    };
    template <std::size_t room>
    static void push(FixedVector<Point, room>& points, const Point& point)
    {
        if (points.full()) points.erase_at(0);
        points.push_back(point);
    }

    FixedVector<Point, fine> fine_;
    FixedVector<Point, coarse> coarse_;
    Instant coarse_last_{};
};

}  // namespace ks::core
