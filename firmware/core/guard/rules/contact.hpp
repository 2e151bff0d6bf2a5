#pragma once

#include "firmware/core/guard/rules/cut.hpp"
#include "firmware/core/guard/rules/since.hpp"
#include "firmware/hal/sample.hpp"

namespace ks::core {

/// A contact that is too hot, or whose sensor says nothing: both open the outlet within the second
/// that F-019 allows, whatever the outlet's state. A sensor that is open or shorted is a fault and
/// never cold.
class Contact {
public:
    /// Half of the budget, so that no single disturbed conversion of the ADC opens an outlet: a
    /// vendor switched these trips off because of false alarms (docs/sources.md, Posts in the
    /// field).
    static constexpr Millis hold{500};
    static constexpr Millis budget{1'000};

    /// A trip is not cleared before the contact is this much below the limit: our choice, for at
    /// the limit it would trip again at once.
    static constexpr DeciCelsius hysteresis{100};

    [[nodiscard]] constexpr std::optional<Cut> observe(Instant now, hal::Temperature contact,
                                                       DeciCelsius limit)
    {
        missing_.follow(when(!contact), now);
        hot_.follow(when(contact && *contact >= limit), now);

        if (hot_.for_as_long_as(hold, now))
            return Cut{.cause = protocol::TripCause::contact_overheated,
                       .measured = contact->count(),
                       .limit = limit.count(),
                       .held_for = hot_.time(now)};
        if (missing_.for_as_long_as(hold, now))
            return Cut{.cause = protocol::TripCause::sensor_failed,
                       .measured = 0,
                       .limit = 0,
                       .held_for = missing_.time(now)};
        return std::nullopt;
    }

    [[nodiscard]] static constexpr bool cooled(hal::Temperature contact, DeciCelsius limit)
    {
        return contact && *contact <= limit - hysteresis;
    }
    /// Good enough to close onto: known, and below the limit.
    [[nodiscard]] static constexpr bool good(hal::Temperature contact, DeciCelsius limit)
    {
        return contact && *contact < limit;
    }

private:
    Since hot_;
    Since missing_;
};

static_assert(Contact::hold < Contact::budget);
static_assert([] {
    constexpr DeciCelsius limit{700};
    const auto cause_after = [&](hal::Temperature contact, std::int64_t ms) {
        Contact rule;
        static_cast<void>(rule.observe(Instant{}, contact, limit));
        const auto cut = rule.observe(Instant{Millis{ms}}, contact, limit);
        return cut ? static_cast<int>(cut->cause) : 0;
    };
    using enum protocol::TripCause;
    return cause_after(DeciCelsius{699}, 60'000) == 0 && cause_after(DeciCelsius{700}, 499) == 0 &&
           cause_after(DeciCelsius{700}, 500) == static_cast<int>(contact_overheated) &&
           cause_after(std::nullopt, 499) == 0 &&
           cause_after(std::nullopt, 500) == static_cast<int>(sensor_failed);
}());
static_assert(Contact::cooled(DeciCelsius{600}, DeciCelsius{700}) &&
              !Contact::cooled(DeciCelsius{601}, DeciCelsius{700}) &&
              !Contact::cooled(std::nullopt, DeciCelsius{700}));

}  // namespace ks::core
