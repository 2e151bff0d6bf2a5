#pragma once

#include "sim/fleet/fleet.hpp"

#include <memory>
#include <string>

namespace ks::sim {

template <std::uint8_t last>
crypto::PrivateKey rig_key()
{
    crypto::PrivateKey key{};
    key.bytes.back() = std::byte{last};
    return key;
}

/// A post that was provisioned for a broker nobody can reach: what it does by itself is tested.
inline std::unique_ptr<ProvisionedPost> rig_identity(std::string_view id)
{
    return std::make_unique<ProvisionedPost>(
        ProvisionedPost{.certificate = {},
                        .identity = {.site = *protocol::SiteId::from("TEST-SITE"),
                                     .post = *protocol::PostId::from(id),
                                     .command_key = {},
                                     .signing_key = rig_key<1>(),
                                     .approvers = {.a = public_key_of(rig_key<2>()).value(),
                                                   .b = public_key_of(rig_key<3>()).value()},
                                     .credentials = {},
                                     .broker_name = FixedBytes<64>{bytes_of("localhost")}}});
}

inline Fleet::Identities rig_identities(std::size_t count)
{
    Fleet::Identities all;
    for (std::size_t i = 1; i <= count; ++i)
        all.push_back(rig_identity("POST-000" + std::to_string(i)));
    return all;
}

/// Port 0 refuses every connection, whatever runs on this machine.
inline SimPost::Setup rig_setup()
{
    return {.build = {},
            .broker_address = "127.0.0.1",
            .broker_port = 0,
            .outlets = 10,
            .seed = 1,
            .nor_file = std::nullopt,
            .commissioned = protocol::factory_settings};
}

inline Fleet::Setup rig_fleet_setup()
{
    return {.broker_address = "127.0.0.1",
            .broker_port = 0,
            .build = {},
            .state = std::nullopt,
            .truth = std::nullopt};
}

}  // namespace ks::sim
