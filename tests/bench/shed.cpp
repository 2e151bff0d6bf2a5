#include "tests/bench/shed.hpp"

#include "tests/support/site_broker.hpp"

#include <algorithm>
#include <chrono>
#include <sys/epoll.h>
#include <unistd.h>

namespace ks::bench {

using namespace protocol;

namespace {

std::string id_of(std::size_t number)
{
    const auto digits = std::to_string(number);
    return "POST-" + std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
}

UnixMillis wall_now()
{
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return UnixMillis{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

}  // namespace

Shed::Shed(const Setup& setup) : poll_{::epoll_create1(EPOLL_CLOEXEC)}
{
    const auto site = SiteId::from(setup.site);
    check(site.has_value());
    for (std::size_t number = 1; number <= setup.posts; ++number) {
        posts_.emplace_back(*site, *PostId::from(id_of(number)));
        numbers_.emplace(posts_.back().id().text(), number - 1);
    }
    connect(setup);
    has_news_.resize(callers_.size());
}

Shed::~Shed() { ::close(poll_); }

void Shed::connect(const Setup& setup)
{
    const auto heard = [this](std::string_view topic, Bytes payload) { hear(topic, payload); };
    const auto add = [&](Wire wire, std::string id, std::string filter) {
        callers_.emplace_back(std::move(wire),
                              Caller::Setup{.client_id = id, .user_name = id, .filter = filter},
                              heard);
        epoll_event event{.events = EPOLLIN, .data = {.u64 = callers_.size() - 1}};
        check(::epoll_ctl(poll_, EPOLL_CTL_ADD, callers_.back().descriptor(), &event) == 0);
        callers_.back().write(Instant{});
        // An unpaced storm of connects would wait in the broker's backlog.
        while (!callers_.back().ready())
            turn(Instant{}, 1);
    };
    if (setup.connections == Setup::Connections::shared)
        return add(Wire{setup.port}, "LOAD-0001", "ks/1/" + setup.site + "/+/down/+");
    for (const auto& post : posts_) {
        const std::string id{post.id().text()};
        const auto filter = "ks/1/" + setup.site + "/" + id + "/down/+";
        if (!setup.certificates) {
            add(Wire{setup.port}, id, filter);
            continue;
        }
        const auto identity = test::post_identity(*setup.certificates, id);
        add(Wire{setup.port, identity->credentials, wall_now()}, id, filter);
    }
}

bool Shed::idle() const
{
    return std::all_of(callers_.begin(), callers_.end(),
                       [](const Caller& caller) { return caller.idle(); });
}

void Shed::publish(std::size_t post, Up what, Bytes payload)
{
    const std::size_t number = callers_.size() == 1 ? 0 : post;
    callers_[number].publish(posts_[post].topic(what), payload);
    has_news_[number] = 1;
}

void Shed::flush(std::size_t post, Instant now)
{
    callers_[callers_.size() == 1 ? 0 : post].write(now);
}

void Shed::turn(Instant now, int limit_ms)
{
    for (std::size_t i = 0; i < has_news_.size(); ++i)
        if (std::exchange(has_news_[i], std::uint8_t{0}) != 0) callers_[i].write(now);

    std::array<epoll_event, 256> events{};
    const int count = ::epoll_wait(poll_, events.data(), events.size(), limit_ms);
    for (int i = 0; i < count; ++i)
        callers_[events[static_cast<std::size_t>(i)].data.u64].read(now);
}

void Shed::hear(std::string_view topic, Bytes payload)
{
    const auto to = parse_down(topic);
    check(to.has_value());
    auto& post = posts_[numbers_.at(to->post.text())];
    if (to->what == Down::ack) {
        if (const auto ack = decode_ack(payload); ack.ok()) post.hear(*ack);
    } else if (to->what == Down::range) {
        if (const auto range = decode_range_request(payload); range.ok())
            sent_again_ += post.hear(*range);
    }
}

}  // namespace ks::bench
