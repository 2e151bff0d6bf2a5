#pragma once

#include "edge/domain/log_id.hpp"
#include "firmware/base/fixed_bytes.hpp"
#include "firmware/protocol/command.hpp"
#include "firmware/protocol/topic.hpp"

#include <vector>

namespace ks::edge {

/// Something to send to a post.
struct Publish {
    PostNo post;
    protocol::Down what;
    FixedBytes<protocol::command_limit> bytes;
};

using Publishes = std::vector<Publish>;

}  // namespace ks::edge
