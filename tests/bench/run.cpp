#include "tests/bench/run.hpp"

#include <algorithm>
#include <stdexcept>

namespace ks::bench {

using protocol::Lane;
using protocol::Up;

namespace {

double seconds_of(Clock::duration duration)
{
    return std::chrono::duration<double>(duration).count();
}

}  // namespace

Run::Run(Shed& shed, const Setup& setup, std::vector<Watched> watched)
    : shed_{shed}, setup_{setup}, watched_{std::move(watched)}
{
    auto& posts = shed_.posts();
    for (std::uint64_t i = 0; i < setup_.frames; ++i)
        posts[i % posts.size()].make_frame();
    for (std::uint64_t i = 0; i < setup_.trips; ++i)
        posts[i % posts.size()].make_trip();
    trips_.reserve(setup_.trips);
    if (setup_.rate > 0) planned_seconds_ = static_cast<double>(setup_.frames) / setup_.rate;
}

void Run::carry_out()
{
    if (setup_.acknowledged == Setup::Acknowledged::by_edge) be_born();
    begin_ = Clock::now();
    while (!done()) {
        const double elapsed = seconds_of(Clock::now() - begin_);
        if (elapsed > static_cast<double>(setup_.patience.count()))
            throw std::runtime_error{std::to_string(setup_.frames + setup_.trips -
                                                    acknowledged(Lane::tele) -
                                                    acknowledged(Lane::alarm)) +
                                     " records were not acknowledged in time"};
        send_trips(elapsed);
        send_frames(elapsed);
        shed_.turn(now(), 1);
        mark(setup_.acknowledged == Setup::Acknowledged::by_edge ? acknowledged(Lane::tele)
                                                                 : sent_);
    }
    seconds_ = seconds_of(Clock::now() - begin_);
}

void Run::be_born()
{
    const auto began = Clock::now();
    auto& posts = shed_.posts();
    for (std::size_t i = 0; i < posts.size(); ++i) {
        while (shed_.room_of(i) == 0)
            shed_.turn(now(), 1);
        shed_.publish(i, Up::birth, posts[i].birth().view());
    }
    while (
        !std::all_of(posts.begin(), posts.end(), [](const auto& post) { return post.known(); })) {
        shed_.turn(now(), 1);
        if (Clock::now() - began > setup_.patience)
            throw std::runtime_error{"the edge does not answer the posts' births"};
    }
}

void Run::send_frames(double elapsed)
{
    auto& posts = shed_.posts();
    const auto count = posts.size();
    const auto offered =
        setup_.rate > 0 ? std::min(setup_.frames, static_cast<std::uint64_t>(elapsed * setup_.rate))
                        : setup_.frames;
    const auto ahead =
        setup_.acknowledged == Setup::Acknowledged::by_edge ? LoadedPost::window : setup_.frames;
    for (std::size_t turn = 0; turn < count; ++turn) {
        const auto i = (next_post_ + turn) % count;
        const auto allowed = offered / count + (i < offered % count ? 1 : 0);
        // One place stays free for an alarm.
        while (posts[i].sent(Lane::tele) < allowed && posts[i].may_send(Lane::tele, ahead) &&
               shed_.room_of(i) > 1) {
            shed_.publish(i, Up::tele, posts[i].send(Lane::tele));
            ++sent_;
        }
    }
    next_post_ = (next_post_ + 1) % count;
    if (setup_.rate > 0 && offered > sent_)
        late_ = std::max(late_, static_cast<double>(offered - sent_));
}

void Run::send_trips(double elapsed)
{
    auto& posts = shed_.posts();
    const auto total = setup_.trips;
    while (trips_.size() < total) {
        // Evenly over the run, never in step with the frames.
        const auto n = trips_.size();
        const double due =
            planned_seconds_ * (static_cast<double>(n) + 0.37) / static_cast<double>(total);
        const auto post = n % posts.size();
        if (elapsed < due || shed_.room_of(post) == 0) return;
        const auto record = posts[post].send(Lane::alarm);
        trips_.push_back(
            {.post = post, .seq = posts[post].sent(Lane::alarm), .published = Clock::now()});
        shed_.publish(post, Up::alarm, record);
        shed_.flush(post, now());
    }
}

void Run::mark(std::uint64_t acknowledged)
{
    const auto begin = setup_.frames / 5;
    const auto end = setup_.frames - setup_.frames / 10;
    if (!middle_began_ && acknowledged >= begin) {
        middle_began_ = Clock::now();
        middle_.frames = acknowledged;
        middle_.used = usage();
    }
    if (middle_over_ || !middle_began_ || acknowledged < end) return;
    middle_over_ = true;
    middle_.seconds = seconds_of(Clock::now() - *middle_began_);
    middle_.frames = acknowledged - middle_.frames;
    const auto used = usage();
    for (std::size_t i = 0; i < used.size(); ++i)
        middle_.used[i] = {.processor_nanos =
                               used[i].processor_nanos - middle_.used[i].processor_nanos,
                           .resident_kib = used[i].resident_kib};
}

std::uint64_t Run::acknowledged(Lane lane) const
{
    std::uint64_t total = 0;
    for (const auto& post : shed_.posts())
        total += post.acknowledged(lane);
    return total;
}

Instant Run::now() const
{
    const auto since = Clock::now() - made_;
    return Instant{Millis{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()}};
}

std::vector<Run::Usage> Run::usage() const
{
    std::vector<Usage> all;
    for (const auto& one : watched_)
        all.push_back(
            {.processor_nanos = one.processor_nanos(), .resident_kib = one.resident_kib()});
    return all;
}

bool Run::done()
{
    if (setup_.acknowledged == Setup::Acknowledged::by_broker)
        return sent_ == setup_.frames && shed_.idle();
    return acknowledged(Lane::tele) == setup_.frames && acknowledged(Lane::alarm) == setup_.trips;
}

}  // namespace ks::bench
