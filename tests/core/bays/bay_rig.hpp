#pragma once

#include "firmware/core/bays/bays.hpp"

#include <vector>

namespace ks::core {

/// Bays whose sensors are read every two seconds, as a half-full bus does it; over hours every ten,
/// as a full one at its worst.
struct BayRig {
    Millis poll{2'000};

    explicit BayRig(const BaySettings& chosen) : settings{chosen}, bays{chosen, all_sensors()} {}
    BayRig() : BayRig{four_bays()} {}

    [[nodiscard]] static BaySettings four_bays()
    {
        auto settings = factory_bay_settings;
        settings.bays = 4;
        return settings;
    }
    [[nodiscard]] static SensorPlaces all_sensors()
    {
        using enum hal::SensorKind;
        SensorPlaces sensors;
        for (hal::Place place = 1; place <= 4; ++place)
            for (const auto kind : {bay, tag_reader, zone, barrier, smoke})
                sensors.push_back({.kind = kind, .place = place});
        sensors.push_back({.kind = temperature, .place = 1});
        return sensors;
    }

    /// One poll of every sensor that is not silent, and a turn.
    void step()
    {
        now = now + poll;
        for (const auto& where : all_sensors())
            if (!is_silent(where.kind, where.place)) bays.hear(reading_of(where));
        turn();
    }
    void turn()
    {
        bays.turn(now);
        while (const auto one = bays.take()) {
            if (const auto* changed = std::get_if<BayChanged>(&*one)) changes.push_back(*changed);
            if (const auto* event = std::get_if<BayEvent>(&*one)) events.push_back(*event);
        }
    }
    void run_for(Millis time)
    {
        poll = time < 1_h ? 2_s : 10_s;
        for (const auto until = now + time; now < until;)
            step();
    }

    hal::SensorReading reading_of(SensorPlace where) const
    {
        const auto i = where.place - 1U;
        hal::SensorReading reading{.at = now,
                                   .kind = where.kind,
                                   .place = where.place,
                                   .finding = hal::Finding::quiet,
                                   .distance = {},
                                   .temperature = {},
                                   .tag = 0};
        switch (where.kind) {
        case hal::SensorKind::bay:
            reading.finding = bay[i];
            reading.distance = distance[i];
            break;
        case hal::SensorKind::zone: reading.finding = zone[i]; break;
        case hal::SensorKind::barrier: reading.finding = barrier[i]; break;
        case hal::SensorKind::smoke: reading.finding = smoke[i]; break;
        case hal::SensorKind::tag_reader: reading.tag = tag[i]; break;
        case hal::SensorKind::temperature:
            reading.temperature = heat;
            if (!heat) reading.finding = hal::Finding::faulty;
            break;
        case hal::SensorKind::annunciator: break;
        }
        return reading;
    }
    [[nodiscard]] bool is_silent(hal::SensorKind kind, hal::Place place) const
    {
        for (const auto& where : silent)
            if (where.kind == kind && where.place == place) return true;
        return false;
    }
    [[nodiscard]] std::vector<BayEvent> events_of(BayMatter matter) const
    {
        std::vector<BayEvent> found;
        for (const auto& event : events)
            if (event.matter == matter) found.push_back(event);
        return found;
    }
    /// Of a bay at the outlet of its number.
    [[nodiscard]] static BayChanged change_of(BayNumber number, BayState from, BayState to)
    {
        return {.bay = number,
                .from = from,
                .to = to,
                .tag = 0,
                .outlet = number,
                .card = 0,
                .stayed = std::nullopt};
    }
    /// A bike rolls in and is seen.
    void park(std::size_t index)
    {
        bay[index] = hal::Finding::active;
        run_for(10_s);
    }
    void drive_off(std::size_t index)
    {
        bay[index] = hal::Finding::quiet;
        run_for(14_s);
    }

    using Findings = std::array<hal::Finding, 4>;
    BaySettings settings;
    Bays bays;
    Instant now{};
    Findings bay{};
    Findings zone{};
    Findings barrier{};
    Findings smoke{};
    /// Nothing: the element is broken.
    std::optional<DeciCelsius> heat{DeciCelsius{215}};
    std::array<std::optional<Millimetres>, 4> distance{};
    std::array<TagToken, 4> tag{};
    std::vector<SensorPlace> silent;
    std::vector<BayChanged> changes;
    std::vector<BayEvent> events;
};

}  // namespace ks::core
