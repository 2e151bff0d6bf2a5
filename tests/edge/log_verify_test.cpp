#include "edge/ctl/log_lines.hpp"
#include "edge/ctl/message_json.hpp"
#include "edge/store/log_writer.hpp"
#include "edge/store/sqlite.hpp"
#include "tests/edge/edge_site.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace ks;
using namespace ks::edge;
using namespace ks::protocol;
using ks::test::EdgeSite;
using ks::test::ScriptedPost;

namespace {

/// A log of two posts, one of which had to give up records 4 to 6.
struct Night {
    test::TempDir folder;
    std::string path{(folder.path() / "log.db").string()};

    Night()
    {
        EdgeSite edge;
        ScriptedPost a{"POST-000A"};
        ScriptedPost b{"POST-000B"};
        for (int i = 0; i < 9; ++i)
            a.make(Lane::event, test::plugged);
        for (std::uint64_t seq = 1; seq <= 3; ++seq)
            edge.hear(a, Lane::event, a.kept(Lane::event, seq));
        edge.hear(a, a.birth(7));
        for (std::uint64_t seq = 7; seq <= 9; ++seq)
            edge.hear(a, Lane::event, a.kept(Lane::event, seq));
        edge.hear(a, Lane::event,
                  a.make(Lane::event, Gap{.from = 4,
                                          .to = 6,
                                          .before = a.before(Lane::event, 4),
                                          .last = a.before(Lane::event, 7)}));
        for (int i = 0; i < 5; ++i) {
            edge.hear(b, Lane::tele, b.make(Lane::tele, test::quiet_frame(4)));
            edge.hear(b, Lane::alarm, b.make(Lane::alarm, test::overcurrent_on(1)));
        }
        LogWriter writer{path};
        writer.commit({.batch = edge.site.take_batch(), .deliveries = {}, .settled = {}});
    }
    void change(const char* sql) const { Database{path, Database::Mode::write}.run(sql); }
    [[nodiscard]] std::vector<ChainFault> faults() const { return verify_database(path).faults(); }
};

}  // namespace

TEST_CASE("a log that nobody touched is whole, in the database and in its export",
          "[edge][log][store]")
{
    const Night night;
    const auto from_database = verify_database(night.path);
    CHECK(from_database.faults().empty());
    CHECK(from_database.figures().records == 17);
    CHECK(from_database.figures().gaps == 1);

    std::stringstream exported;
    export_log(night.path, exported);
    const auto from_export = verify_export(exported);
    CHECK(from_export.faults().empty());
    CHECK(from_export.figures().records == 17);
}

TEST_CASE("whatever is done to a log is found, with the record's name", "[edge][log][store]")
{
    struct Deed {
        const char* sql;
        std::string post;
        Lane lane;
        std::uint64_t seq;
        ChainFault::What found;
    };
    using What = ChainFault::What;
    const auto deed = GENERATE(
        Deed{"DELETE FROM evidence WHERE post = 1 AND seq = 2", "POST-000A", Lane::event, 3,
             What::missing},
        Deed{"DELETE FROM frame WHERE seq = 5", "POST-000B", Lane::tele, 5, What::cut_short},
        Deed{"DELETE FROM evidence WHERE post = 2 AND seq = 5", "POST-000B", Lane::alarm, 5,
             What::cut_short},
        Deed{"UPDATE frame SET bytes = (SELECT bytes FROM frame WHERE seq = 2) WHERE seq = 3",
             "POST-000B", Lane::tele, 3, What::digest_wrong},
        Deed{"UPDATE evidence SET bytes = x'00' || substr(bytes, 2) WHERE post = 2 AND seq = 3",
             "POST-000B", Lane::alarm, 3, What::digest_wrong},
        Deed{"UPDATE evidence SET seq = 12 WHERE post = 1 AND seq = 10", "POST-000A", Lane::event,
             12, What::mislabelled},
        Deed{"UPDATE gap SET last = x'00000000000000000000000000000000'", "POST-000A", Lane::event,
             7, What::digest_wrong},
        Deed{"DELETE FROM gap", "POST-000A", Lane::event, 7, What::missing});
    CAPTURE(deed.sql);
    const Night night;
    night.change(deed.sql);

    const auto faults = night.faults();
    const bool named = std::any_of(faults.begin(), faults.end(), [&](const ChainFault& fault) {
        return fault.post == deed.post && fault.key.lane == deed.lane &&
               fault.key.seq == deed.seq && fault.what == deed.found;
    });
    CHECK(named);
}

TEST_CASE("a file that is no export is refused with its line", "[edge][log]")
{
    for (
        const std::string bad :
        {"x", "[]", "{}", R"({"type":"record"})",
         R"({"type":"record","post":"POST-000A","epoch":1,"lane":"event","seq":1,"bytes":"0g"})",
         R"({"type":"record","post":"POST-000A","epoch":1,"lane":"night","seq":1,"bytes":""})",
         R"({"type":"record","post":"POST-000A","epoch":-1,"lane":"tele","seq":1,"bytes":""})",
         R"({"type":"gap","post":"POST-000A","epoch":1,"lane":"tele","seq":1,"to":2,"digest":"0"})",
         R"({"type":"lie","post":"POST-000A","epoch":1,"lane":"tele","seq":1,"digest":""})"}) {
        CAPTURE(bad);
        std::stringstream lines{"\n" + bad + "\n"};
        CHECK_THROWS_WITH(verify_export(lines), Catch::StartsWith("line 2: "));
    }
}

TEST_CASE("every message can be read as a line", "[edge][tail]")
{
    ScriptedPost post{"POST-0001"};
    const auto record = post.make(Lane::alarm, test::overcurrent_on(3));
    CHECK(line_of_message("ks/1/SITE-TEST/POST-0001/up/alarm", record) ==
          R"({"topic":"ks/1/SITE-TEST/POST-0001/up/alarm","post":"POST-0001","record":)"
          R"({"kind":"tripped","seq":1,"boot":1,"mono_ms":1000,"outlet":3,)"
          R"("cause":"hard_overcurrent","session":"7","measured":12400,"limit":10000,)"
          R"("held_for_ms":20,"count":1}})");
    const auto ack = encode(Ack{.upto = {1, 2, 3}});
    CHECK(line_of_message("ks/1/SITE-TEST/POST-0001/down/ack", ack.view()) ==
          R"({"topic":"ks/1/SITE-TEST/POST-0001/down/ack","post":"POST-0001","message":)"
          R"({"alarm":1,"event":2,"tele":3}})");
    CHECK_THAT(line_of_message("ks/1/SITE-TEST/POST-0001/up/event", {}),
               Catch::Contains(R"("refused":"truncated","bytes":"")"));
    CHECK_THAT(line_of_message("a/b", record), Catch::Contains("unknown_topic"));
}
