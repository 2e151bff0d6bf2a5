#include "sim/fleet/loop.hpp"

#include "firmware/app/guard_side.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

namespace ks::sim {

namespace {

// D16: the guard runs every 5 ms.
constexpr long tick_nanoseconds = 5'000'000;
constexpr int events_most = 32;

std::int64_t clock_us()
{
    using namespace std::chrono;
    return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

Descriptor opened(int number, const char* what)
{
    if (number < 0) throw Trouble{std::string{what} + ": " + std::strerror(errno)};
    return Descriptor{number};
}

Descriptor signals_that_end()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    return opened(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC), "signalfd");
}

Descriptor ticking_timer()
{
    auto timer = opened(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd");
    const itimerspec every{.it_interval = {.tv_sec = 0, .tv_nsec = tick_nanoseconds},
                           .it_value = {.tv_sec = 0, .tv_nsec = tick_nanoseconds}};
    if (::timerfd_settime(timer.number(), 0, &every, nullptr) != 0)
        throw Trouble{std::string{"timerfd: "} + std::strerror(errno)};
    return timer;
}

}  // namespace

Loop::Loop(Fleet& fleet, ControlServer* control)
    : fleet_{&fleet},
      control_{control},
      epoll_{opened(::epoll_create1(EPOLL_CLOEXEC), "epoll")},
      timer_{ticking_timer()},
      signals_{signals_that_end()},
      passed_us_{clock_us()},
      started_us_{passed_us_}
{
    watch(timer_.number());
    watch(signals_.number());
    if (control_ != nullptr) watch(control_->descriptor());
}

void Loop::watch(int descriptor)
{
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    if (::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, descriptor, &event) != 0)
        throw Trouble{std::string{"epoll: "} + std::strerror(errno)};
}

Loop::Figures Loop::run(std::optional<Millis> lasts)
{
    fleet_->power_up_all();
    passed_us_ = clock_us();
    while (turn() == Going::on)
        if (lasts && clock_us() - started_us_ >= lasts->count() * 1000) break;
    const auto ran_us = std::max<std::int64_t>(clock_us() - started_us_, 1);
    figures_.busy_share = static_cast<double>(busy_us_) / static_cast<double>(ran_us);
    return figures_;
}

Loop::Going Loop::turn()
{
    std::array<epoll_event, events_most> events;
    const int count = ::epoll_wait(epoll_.number(), events.data(), events_most, -1);
    if (count < 0 && errno != EINTR) throw Trouble{std::string{"epoll: "} + std::strerror(errno)};
    for (int i = 0; i < count; ++i) {
        const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
        if (descriptor == signals_.number()) return Going::ended;
        if (descriptor == timer_.number()) {
            pass();
        } else if (control_ != nullptr && descriptor == control_->descriptor()) {
            if (const int peer = control_->accept(); peer >= 0) watch(peer);
        } else if (control_ != nullptr) {
            control_->serve(descriptor, *fleet_);
        }
    }
    return Going::on;
}

void Loop::pass()
{
    // A tick missed is a tick missed: a late guard looks at the world as it is now.
    std::uint64_t expirations = 0;
    static_cast<void>(::read(timer_.number(), &expirations, sizeof expirations));
    const auto began_us = clock_us();
    const Millis gap{(began_us - passed_us_) / 1000};
    if (gap <= Millis{}) return;
    passed_us_ += gap.count() * 1000;
    const auto step = std::min(gap, step_most);
    figures_.pass_gap_most = std::max(figures_.pass_gap_most, gap);
    figures_.clock_lost += gap - step;
    now_ = now_ + step;
    fleet_->pass(now_);
    ++figures_.passes;
    busy_us_ += clock_us() - began_us;
}

}  // namespace ks::sim
