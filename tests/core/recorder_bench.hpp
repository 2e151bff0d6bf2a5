#pragma once

#include "firmware/core/recorder/recorder.hpp"
#include "firmware/protocol/codec.hpp"
#include "sim/chips/nor_flash.hpp"

#include <memory>
#include <vector>

namespace ks::test {

inline constexpr hal::NorGeometry recorder_chip{.sector_size = 4'096,
                                                .sectors = 24 + core::Vault::sectors +
                                                           core::CardStore::sectors,
                                                .page_size = 256};

inline protocol::PostId recorder_post() { return *protocol::PostId::from("POST-0001"); }

template <std::uint8_t last>
crypto::PrivateKey test_key()
{
    crypto::PrivateKey key{};
    key.bytes.back() = std::byte{last};
    return key;
}

/// A post's memory and its recorder on a simulated chip. A new bench on the same chip is the next
/// boot after a power loss.
class RecorderBench {
public:
    explicit RecorderBench(sim::NorFlash& chip)
        : journal{chip, core::SectorRange{.first = 0, .count = 24}, index_},
          vault{core::NorAccess{chip}, 24},
          cards{core::NorAccess{chip}, 24 + core::Vault::sectors}
    {
        report = journal.mount();
        recorder = std::make_unique<core::Recorder>(
            core::Recorder::Memory{.journal = journal, .vault = vault, .cards = cards}, setup());
    }

    static core::Recorder::Setup setup()
    {
        return {
            .post = recorder_post(),
            .outlets = 10,
            .firmware = {std::byte{0xAB}},
            .signing_key = test_key<1>(),
            .approvers = {.a = public_key_of(test_key<2>()).value(),
                          .b = public_key_of(test_key<3>()).value()},
        };
    }

    /// Every record of the lane that the journal still holds, decoded.
    std::vector<protocol::Record> records(protocol::Lane lane)
    {
        std::vector<protocol::Record> found;
        std::array<std::byte, protocol::record_limit> room;
        for (auto seq = journal.oldest(lane); seq < journal.next_seq(lane); ++seq) {
            const auto size = journal.read(lane, seq, room);
            if (!size) continue;
            found.push_back(protocol::decode_record(lane, Bytes{room}.first(*size)).value());
        }
        return found;
    }

    template <class Body>
    std::vector<Body> bodies(protocol::Lane lane)
    {
        std::vector<Body> found;
        for (const auto& record : records(lane))
            if (const auto* body = std::get_if<Body>(&record.body)) found.push_back(*body);
        return found;
    }

    core::Moment at(Millis now) const { return {.now = Instant{now}, .wall = std::nullopt}; }

private:
    core::JournalIndex<recorder_chip.sectors> index_{};

public:
    core::Journal journal;
    core::Vault vault;
    core::CardStore cards;
    core::MountReport report;
    std::unique_ptr<core::Recorder> recorder;
};

inline constexpr protocol::StartOutlet start_on_3{.outlet = 3,
                                                  .card = 0xC0FFEE,
                                                  .time_limit = Millis{8 * 3'600'000},
                                                  .energy_limit = MilliwattHours{2'000'000}};

/// A command as the link hands it over.
inline protocol::Command command_of(const protocol::CommandBody& body, std::uint8_t id)
{
    return {
        .post = recorder_post(),
        .id = {std::byte{id}},
        .nonce = std::nullopt,
        .role = protocol::Role::manager,
        .issuer = {},
        .issued = UnixMillis{1},
        .good_for = Millis{30'000},
        .body = body,
    };
}

/// Readings of ten outlets of which one charges for `session`.
inline core::Readings readings_of(Millis at, protocol::OutletNumber outlet,
                                  protocol::SessionId session, MilliwattHours energy,
                                  Milliwatts power)
{
    core::Readings readings{};
    readings.at = Instant{at};
    readings.frame.mains = Millivolts{230'000};
    for (std::uint8_t i = 1; i <= 10; ++i)
        readings.frame.outlets.push_back({
            .state = i == outlet ? protocol::OutletState::charging : protocol::OutletState::idle,
            .current = Milliamps{i == outlet ? 500 : 0},
            .power = i == outlet ? power : Milliwatts{},
            .energy = i == outlet ? energy : MilliwattHours{},
            .contact = DeciCelsius{250},
        });
    readings.sessions[outlet - 1U] = session;
    readings.courses[outlet - 1U] = {.elapsed = at,
                                     .peak = power,
                                     .over = Millis{1'000},
                                     .lowest = power,
                                     .mean = power,
                                     .highest = power};
    return readings;
}

}  // namespace ks::test
