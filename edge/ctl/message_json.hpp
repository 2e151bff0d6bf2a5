#pragma once

#include "firmware/protocol/message.hpp"
#include "firmware/protocol/settings.hpp"
#include "firmware/protocol/topic.hpp"

#include <boost/json/fwd.hpp>

#include <string>

namespace ks::edge {

/// A record as people read it. Numbers keep the unit they have on the wire, named in the key.
[[nodiscard]] boost::json::object json_of(const protocol::Record& record);

/// Settings with every limit by its name.
[[nodiscard]] boost::json::object settings_json(const protocol::Settings& settings);

/// Any message of the contract as one JSON line. What no decoder accepts is shown as bytes with
/// the reason; nothing is left out.
[[nodiscard]] std::string line_of_message(std::string_view topic, Bytes payload);

}  // namespace ks::edge
