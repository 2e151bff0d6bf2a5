#pragma once

#include "edge/store/log_writer.hpp"
#include "tests/edge/edge_site.hpp"
#include "tests/support/temp_dir.hpp"

namespace ks::test {

/// A log in a folder of its own, the site behind it and one post that speaks.
struct Log {
    TempDir folder;
    std::string path{(folder.path() / "log.db").string()};
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};

    void tell(protocol::Lane lane, const protocol::RecordBody& body)
    {
        edge.hear(post, lane, post.make(lane, body));
    }
    void commit(ks::edge::LogWriter& writer)
    {
        ks::edge::Commit commit;
        commit.batch = edge.site.take_batch();
        writer.commit(commit);
        edge.site.committed(commit.batch);
    }
};

inline protocol::SessionStarted started(protocol::SessionId session, protocol::OutletNumber outlet)
{
    return {.session = session,
            .outlet = outlet,
            .means = protocol::StartMeans::command,
            .card = 5,
            .command = {},
            .time_limit = Millis{1},
            .energy_limit = MilliwattHours{1}};
}

}  // namespace ks::test
