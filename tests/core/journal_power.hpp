#pragma once

#include "tests/core/journal_fixture.hpp"

// Lives that power cuts may interrupt anywhere.
namespace ks::test {

/// The least that turns over, so that a short life meets every kind of operation.
inline constexpr hal::NorGeometry chip{.sector_size = 1'024, .sectors = 10, .page_size = 128};

/// Appends in all lanes, acknowledgements that lag, telemetry and events that have to go: a post
/// whose edge answers now and then. Stops where power fails.
inline void live_through(sim::NorFlash& flash, Boot& boot, Truth& truth, std::uint64_t seed,
                         int steps)
{
    std::mt19937_64 random{seed};
    for (int step = 0; step < steps && flash.powered(); ++step) {
        const auto dice = random() % 100;
        const auto size = 30 + random() % 150;
        const auto lag = random() % 6;
        const auto lane = dice < 8 ? Lane::alarm : dice < 40 ? Lane::event : Lane::tele;
        if (dice < 88) {
            static_cast<void>(truth.append(boot.journal, lane, size));
        } else if (dice < 96) {
            for (const auto each : {Lane::alarm, lane})
                if (truth.last(each) > lag)
                    truth.acknowledge(boot.journal, each, truth.last(each) - lag);
        } else {
            static_cast<void>(boot.journal.tidy());
        }
    }
}

}  // namespace ks::test
