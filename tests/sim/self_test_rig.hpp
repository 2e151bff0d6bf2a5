#pragma once

#include "tests/sim/fleet_rig.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <vector>

namespace ks::sim {

/// One whole post in virtual time, commanded at its own shell, and everything it wrote down.
class SelfTestRig {
public:
    explicit SelfTestRig(SimPost::Setup setup)
        : post{std::make_unique<SimPost>(who_->identity, std::move(setup))}
    {
        post->power_up(protocol::ResetCause::power_on);
    }
    SelfTestRig() : SelfTestRig{rig_setup()} {}

    void run(Millis lasts)
    {
        for (const auto until = now + lasts; now < until;)
            step();
    }
    template <class Done>
    Millis run_until(Millis most, Done done)
    {
        const auto from = now;
        while (!done() && now - from < most)
            step();
        return now - from;
    }
    void step()
    {
        now = now + Millis{5};
        post->pass(now);
        for (const auto& event : post->take_life())
            life.push_back(event);
        for (const auto& durable : post->take_records())
            if (post->powered())
                if (auto record = post->record(durable.lane, durable.seq))
                    records.push_back(std::move(*record));
    }

    void command(const protocol::CommandBody& body, protocol::Role role)
    {
        post->command_here({.post = who_->identity.post,
                            .id = {std::byte{++commands_}},
                            .nonce = std::nullopt,
                            .role = role,
                            .issuer = {},
                            .issued = UnixMillis{1},
                            .good_for = Millis{30'000},
                            .body = body});
    }
    /// What became of it.
    protocol::CommandOutcome outcome_of(const protocol::CommandBody& body, protocol::Role role)
    {
        const auto before = all<protocol::CommandResult>().size();
        command(body, role);
        run_until(Millis{5'000}, [&] { return all<protocol::CommandResult>().size() > before; });
        REQUIRE(all<protocol::CommandResult>().size() > before);
        return all<protocol::CommandResult>().back().outcome;
    }
    protocol::CommandOutcome start(std::uint8_t outlet)
    {
        return outcome_of(protocol::StartOutlet{.outlet = outlet,
                                                .card = 0,
                                                .time_limit = Millis{3'600'000},
                                                .energy_limit = MilliwattHours{500'000}},
                          protocol::Role::installer);
    }
    protocol::CommandOutcome clear_as(protocol::Role role)
    {
        return outcome_of(protocol::ClearTrip{.outlet = protocol::whole_post,
                                              .cause = protocol::TripCause::self_test_failed},
                          role);
    }
    void plug(std::uint8_t outlet)
    {
        const auto charger = charger_profile("pb-48v-20ah").value();
        post->plant().plug(
            outlet,
            {.battery = {.chemistry = charger.chemistry, .capacity_wh = 200.0, .charge = 0.2},
             .charger = charger});
    }
    /// A bike charges there.
    void charge(std::uint8_t outlet)
    {
        plug(outlet);
        run(Millis{7'000});  // a relay rests 5 s after a boot
        REQUIRE(start(outlet) == protocol::CommandOutcome::done);
        run(Millis{3'000});
        REQUIRE(conducts(outlet));
    }
    [[nodiscard]] bool conducts(std::uint8_t outlet)
    {
        return post->plant().outlet(outlet).truth().amps > 0.0;
    }
    [[nodiscard]] bool any_contact_closed()
    {
        for (std::uint8_t outlet = 1; outlet <= post->plant().outlets(); ++outlet)
            if (post->plant().outlet(outlet).truth().contact_closed) return true;
        return post->plant().contactor().closed();
    }
    void inject(ProcessorFault fault) { post->processor().inject(fault); }

    /// Breaks that while a bike charges at outlet 3: for how long it goes on.
    Millis goes_on_after(ProcessorFault fault)
    {
        charge(3);
        inject(fault);
        return run_until(Millis{70'000}, [&] { return !conducts(3); });
    }

    template <class Body>
    [[nodiscard]] std::vector<Body> all() const
    {
        std::vector<Body> found;
        for (const auto& record : records)
            if (const auto* body = std::get_if<Body>(&record.body)) found.push_back(*body);
        return found;
    }
    [[nodiscard]] int times(LifeEvent::Kind kind) const
    {
        return static_cast<int>(
            std::count_if(life.begin(), life.end(), [&](const auto& e) { return e.kind == kind; }));
    }
    [[nodiscard]] bool tripped(protocol::TripCause cause) const
    {
        for (const auto& trip : all<protocol::Tripped>())
            if (trip.cause == cause) return true;
        return false;
    }
    [[nodiscard]] std::vector<protocol::SelfTest> failed() const
    {
        std::vector<protocol::SelfTest> tests;
        for (const auto& failure : all<protocol::SelfTestFailed>())
            tests.push_back(failure.test);
        return tests;
    }

private:
    std::unique_ptr<ProvisionedPost> who_ = rig_identity("POST-0001");
    std::uint8_t commands_{0};

public:
    std::unique_ptr<SimPost> post;
    Instant now{};
    std::vector<protocol::Record> records;
    std::vector<LifeEvent> life;
};

}  // namespace ks::sim
