#include "tests/edge/edge_site.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <random>

using namespace ks;
using namespace ks::edge;
using namespace ks::protocol;
using ks::test::EdgeSite;
using ks::test::ScriptedPost;

namespace {

/// What a disk has: whole batches and nothing between them.
class Disk {
public:
    void write(const Batch& batch)
    {
        for (const auto& record : batch.records) {
            CHECK(record.standing == Standing::chained);
            CHECK(record.id > restored_.newest);
            restored_.newest = record.id;
            ++rows_[{record.key.post, record.key.lane}][record.key.seq];
        }
        for (const auto& post : batch.posts)
            put(restored_.posts, post, [&](const auto& known) { return known.no == post.no; });
        for (const auto& mark : batch.marks)
            put(restored_.marks, mark, [&](const auto& known) {
                return known.post == mark.post && known.lane == mark.lane;
            });
        for (const auto& change : batch.alarms) {
            restored_.newest = std::max(restored_.newest, change.id);
            restored_.next_alarm = std::max(restored_.next_alarm, change.alarm.id + 1);
            std::erase_if(restored_.open_alarms,
                          [&](const auto& known) { return known.id == change.alarm.id; });
            restored_.open_alarms.push_back(change.alarm);
            alarms_of_[{change.alarm.post, change.alarm.outlet}].insert(change.alarm.id);
        }
    }
    [[nodiscard]] const Restored& restored() const { return restored_; }
    [[nodiscard]] const std::map<std::uint64_t, int>& rows(PostNo post, Lane lane)
    {
        return rows_[{post, lane}];
    }
    [[nodiscard]] std::size_t alarms_of(PostNo post, OutletNumber outlet)
    {
        return alarms_of_[{post, outlet}].size();
    }
    [[nodiscard]] bool has_all_upto(PostNo post, Lane lane, std::uint64_t seq)
    {
        const auto& have = rows(post, lane);
        return seq == 0 || (have.size() >= seq && have.begin()->first == 1);
    }

private:
    template <class Row, class IsSame>
    static void put(std::vector<Row>& rows, const Row& row, IsSame is_same)
    {
        const auto known = std::find_if(rows.begin(), rows.end(), is_same);
        if (known == rows.end())
            rows.push_back(row);
        else
            *known = row;
    }

    Restored restored_;
    std::map<std::pair<PostNo, Lane>, std::map<std::uint64_t, int>> rows_;
    std::map<std::pair<PostNo, OutletNumber>, std::set<AlarmId>> alarms_of_;
};

/// A site whose edge dies at any moment, and whose posts forget what was acknowledged.
class MortalShed {
public:
    explicit MortalShed(std::uint32_t seed) : random_{seed}
    {
        for (const auto* id : {"POST-0001", "POST-0002", "POST-0003"})
            posts_.push_back({ScriptedPost{id}, {}, {}});
        connect();
    }

    void live()
    {
        happen();
        switch (random_() % 10) {
        case 0:
        case 1: commit(); break;
        case 2: die(); break;
        case 3: edge_->wait(Ingest::quiet_limit); break;
        default: break;
        }
        // What comes between a commit and its acknowledgement must not be in it.
        happen();
        send();
        listen();
    }
    void end_in_peace()
    {
        for (int round = 0; round < 60; ++round) {
            send();
            commit();
            listen();
        }
    }
    void judge()
    {
        for (std::size_t i = 0; i < posts_.size(); ++i) {
            const auto no = number_of(i);
            for (const auto lane : all_lanes) {
                const auto& rows = disk_.rows(no, lane);
                CHECK(rows.size() == posts_[i].script.next(lane) - 1);
                for (const auto& [seq, times] : rows)
                    CHECK(times == 1);
            }
            CHECK(disk_.alarms_of(no, 1) == (posts_[i].script.next(Lane::alarm) > 1 ? 1 : 0));
        }
        CHECK(edge_->site.figures().gaps == 0);
        CHECK(deaths > 0);
    }

    int deaths{0};

private:
    struct Member {
        ScriptedPost script;
        std::array<std::uint64_t, lane_count> acked;
        std::array<std::uint64_t, lane_count> sent;
    };
    static constexpr std::uint64_t window = 8;

    [[nodiscard]] PostNo number_of(std::size_t member) const
    {
        for (const auto& post : edge_->site.fleet().posts())
            if (post.id == posts_[member].script.id().text()) return post.no;
        return 0;
    }
    void connect()
    {
        edge_ = std::make_unique<EdgeSite>();
        edge_->wait(Millis{100'000 * (deaths + 1)});
        edge_->site.restore(disk_.restored(), edge_->now);
        for (auto& post : posts_) {
            post.sent = post.acked;
            post.script.mono = post.script.mono + Millis{1};
            edge_->hear(post.script, post.script.birth(1));
        }
    }
    void happen()
    {
        auto& post = posts_[random_() % posts_.size()].script;
        switch (random_() % 4) {
        case 0: post.make(Lane::alarm, test::overcurrent_on(1)); break;
        case 1: post.make(Lane::tele, test::quiet_frame(2)); break;
        default: post.make(Lane::event, test::plugged);
        }
    }
    void send()
    {
        for (auto& post : posts_)
            for (const auto lane : all_lanes) {
                auto& sent = post.sent[static_cast<std::size_t>(lane)];
                const auto& acked = post.acked[static_cast<std::size_t>(lane)];
                while (sent + 1 < post.script.next(lane) && sent < acked + window)
                    edge_->hear(post.script, lane, post.script.kept(lane, ++sent));
            }
    }
    void commit()
    {
        const auto batch = edge_->site.take_batch();
        disk_.write(batch);
        edge_->site.committed(batch);
    }
    /// In the middle of a commit that had just succeeded, or was lost whole.
    void die()
    {
        const auto batch = edge_->site.take_batch();
        if (random_() % 2 == 0) disk_.write(batch);
        ++deaths;
        connect();
    }
    void listen()
    {
        for (const auto& publish : edge_->told()) {
            const auto& view = edge_->site.fleet().post(publish.post);
            for (auto& post : posts_)
                if (view.id == post.script.id().text()) hear(post, publish);
        }
    }
    void hear(Member& post, const Publish& publish)
    {
        if (publish.what == Down::range) {
            const auto range = decode_range_request(publish.bytes.view()).value();
            post.sent[static_cast<std::size_t>(range.lane)] = range.from - 1;
        }
        if (publish.what != Down::ack) return;
        const auto ack = decode_ack(publish.bytes.view()).value();
        for (const auto lane : all_lanes) {
            const auto upto = ack.upto[static_cast<std::size_t>(lane)];
            // The promise: what a post is told to forget is on the disk.
            CHECK(disk_.has_all_upto(publish.post, lane, upto));
            auto& acked = post.acked[static_cast<std::size_t>(lane)];
            acked = std::max(acked, upto);
        }
    }

    std::mt19937 random_;
    Disk disk_;
    std::vector<Member> posts_;
    std::unique_ptr<EdgeSite> edge_;
};

}  // namespace

TEST_CASE("an edge that dies between any two of its steps has every record once, every alarm once, "
          "and acknowledged nothing that it lost",
          "[edge][ingest][property]")
{
    const auto seed = GENERATE(range(1u, 61u));
    CAPTURE(seed);
    MortalShed shed{seed};
    for (int step = 0; step < 250; ++step)
        shed.live();
    shed.end_in_peace();
    shed.judge();
}
