#include "edge/store/newest_table.hpp"

namespace ks::edge {

using namespace protocol;

namespace {

std::int64_t of_outlet(OutletNumber outlet, TripCause cause)
{
    return std::int64_t{outlet} << 8 | static_cast<std::int64_t>(cause);
}

/// What within its kind a record is about; nothing for kinds that no page shows by themselves.
struct About {
    using Matter = std::optional<std::int64_t>;

    Matter operator()(const InputChanged& is) const { return static_cast<std::int64_t>(is.input); }
    Matter operator()(const RelayWear& is) const { return is.outlet; }
    Matter operator()(const BayChanged& is) const { return is.bay; }
    Matter operator()(const BayNoticed& is) const
    {
        // A silent sensor and what stands in the bay are two matters.
        const bool sensor = is.matter == BayMatter::sensor_silent ||
                            is.matter == BayMatter::sensor_faulty ||
                            is.matter == BayMatter::sensor_back;
        return static_cast<std::int64_t>(is.kind) << 16 | std::int64_t{is.place} << 1 |
               (sensor ? 1 : 0);
    }
    Matter operator()(const Tripped& is) const { return of_outlet(is.outlet, is.cause); }
    Matter operator()(const TripCleared& is) const { return of_outlet(is.outlet, is.cause); }
    Matter operator()(const TripTrace& is) const { return of_outlet(is.outlet, is.cause); }
    template <class Other>
    Matter operator()(const Other&) const
    {
        return std::nullopt;
    }
};

}  // namespace

void NewestTable::apply(const Accepted& accepted)
{
    if (!accepted.record) return;
    const auto& body = accepted.record->body;
    if (const auto about = std::visit(About{}, body))
        put_.run(accepted.key.post, kind_of(body), *about, accepted.id);
}

}  // namespace ks::edge
