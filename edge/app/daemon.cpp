#include "edge/app/daemon.hpp"

#include "edge/runtime/log.hpp"
#include "edge/runtime/random.hpp"
#include "firmware/base/check.hpp"
#include "firmware/protocol/topic.hpp"

#include <boost/asio/co_spawn.hpp>

#include <ctime>

namespace ks::edge {

namespace net = boost::asio;
using net::use_awaitable;

namespace {

constexpr auto as_result = net::experimental::as_tuple(net::use_awaitable);

Broker::Setup broker_setup(const Config& config)
{
    const auto& broker = config.broker;
    const std::string scheme = broker.tls ? "ssl://" : "tcp://";
    return {.uri = scheme + broker.host + ":" + std::to_string(broker.port),
            .client_id = "kickstand-edge-" + config.site,
            .filter = "ks/1/" + config.site + "/+/up/#",
            .tls = broker.tls,
            .port = broker.port};
}

Site::Setup site_setup(const Config& config)
{
    const auto id = protocol::SiteId::from(config.site);
    check(id.has_value());
    return {.id = *id, .command_key = config.command_key, .access = config.access};
}

/// Processor time of this thread, which waiting does not add to.
std::int64_t processor_micros()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * 1'000'000LL + time.tv_nsec / 1'000;
}

}  // namespace

Daemon::Daemon(Config config)
    : config_{std::move(config)},
      store_{config_.log.string(), {.reserve = config_.reserve}},
      readers_{config_.log.string()},
      site_{site_setup(config_)},
      broker_{io_.get_executor(), broker_setup(config_)}
{
    if (config_.webhook)
        deliveries_.emplace(io_.get_executor(), *config_.webhook, clock_, site_, readers_);
    restore();
}

Daemon::~Daemon() { readers_.stop(); }

void Daemon::restore()
{
    auto& log = store_.opened();
    const auto restored = std::exchange(log.restored, {});
    const auto now = clock_.read<Now>();
    site_.restore(restored, now);
    feed_.start_after(restored.newest);
    if (deliveries_) deliveries_->restore(restored.next_delivery, std::exchange(log.pending, {}));
    if (log.set_aside) {
        log_error("log.set_aside", {{"kept_as", *log.set_aside}});
        site_.raise_own(AlarmKind::log_set_aside, now);
    }
    if (const auto& why = log.writer.failed_before()) {
        log_error("log.failed_before", {{"error", *why}});
        site_.raise_own(AlarmKind::log_failed, now);
    }
    if (restored.went_back)
        log_error("log.went_back", {{"posts", restored.went_back->posts.size()},
                                    {"records", restored.went_back->records}});
    consider_alarms(clock_.micros());
    log_info("log.opened", {{"file", config_.log.string()},
                            {"posts", restored.posts.size()},
                            {"newest", restored.newest},
                            {"open_alarms", restored.open_alarms.size()}});
}

void Daemon::spawn(net::awaitable<void> task, const char* name)
{
    net::co_spawn(io_, std::move(task), [this, name](std::exception_ptr error) {
        if (!error) return;
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& failure) {
            log_error("task.failed", {{"task", name}, {"error", failure.what()}});
        }
        exit_code_ = 1;
        io_.stop();
    });
}

int Daemon::run()
{
    spawn(listen(), "listen");
    spawn(write(), "write");
    spawn(beat(), "beat");
    spawn(gauge(), "gauge");
    spawn(tend(), "tend");
    if (deliveries_) spawn(deliveries_->run(work_), "deliver");
    signals_.async_wait([this](boost::system::error_code error, int signal) {
        if (error) return;
        log_info("daemon.stopping", {{"signal", signal}});
        spawn(stop(), "stop");
    });
    broker_.start();

    while (!io_.stopped()) {
        const auto before = processor_micros();
        if (io_.run_one() == 0) break;
        figures_.worst_turn_micros =
            std::max(figures_.worst_turn_micros, processor_micros() - before);
    }
    broker_.stop();
    if (!store_failed_) store_.close();
    return exit_code_;
}

void Daemon::hear(std::span<const mqtt::const_message_ptr> messages)
{
    const auto arrived = clock_.micros();
    const auto now = clock_.read<Now>();
    for (const auto& message : messages) {
        ++figures_.messages;
        const auto& payload = message->get_payload_ref();
        site_.hear(
            {.topic = message->get_topic(), .payload = bytes_of({payload.data(), payload.size()})},
            now);
        while (site_.has_tap())
            site_.serve_tap(random_array<16>(), now);
    }
    pump(arrived);
}

net::awaitable<void> Daemon::listen()
{
    Inbox::Taken taken;
    std::uint64_t seen = 0;
    std::uint64_t connections = 0;
    while (!stopping_) {
        seen = co_await broker_.bell().next(seen);
        if (connections == 0 && broker_.connections() > 0) {
            connections = broker_.connections();
            if (on_ready) on_ready();
        }
        // The log is behind: what is not taken stays in the inbox, then in the broker, and in the
        // posts in any case.
        while (site_.pending() >= backlog_limit && !stopping_ && !store_failed_) {
            net::steady_timer pause{io_, std::chrono::milliseconds{gather_for.count()}};
            co_await pause.async_wait(as_result);
        }
        broker_.take(taken);
        // In slices, so that no turn is long; alarms first, also those that come meanwhile.
        std::size_t alarms = 0;
        std::size_t others = 0;
        while (alarms < taken.alarms.size() || others < taken.others.size()) {
            const bool urgent = alarms < taken.alarms.size();
            auto& run = urgent ? taken.alarms : taken.others;
            auto& begin = urgent ? alarms : others;
            const auto size = std::min(slice, run.size() - begin);
            hear(std::span{run}.subspan(begin, size));
            begin += size;
            if (alarms == taken.alarms.size() && others == taken.others.size()) break;
            co_await net::post(io_, use_awaitable);
            if (alarms < taken.alarms.size()) continue;
            broker_.take_alarms(taken.alarms);
            alarms = 0;
        }
    }
}

void Daemon::pump(std::int64_t arrived)
{
    site_.settle(clock_.read<Now>());
    consider_alarms(arrived);
    publish(site_.take_publishes());
    if (site_.has_batch()) work_.ring();
    if (site_.has_urgent() || site_.pending() >= gather_most) gather_.cancel();
}

void Daemon::consider_alarms(std::int64_t arrived)
{
    const auto& batch = site_.batch();
    for (; alarms_considered_ < batch.alarms.size(); ++alarms_considered_)
        if (deliveries_) deliveries_->consider(batch.alarms[alarms_considered_], batch, arrived);
}

void Daemon::publish(Publishes publishes)
{
    if (publishes.empty()) return;
    std::vector<Outgoing> messages;
    messages.reserve(publishes.size());
    for (auto& is : publishes) {
        const auto post = protocol::PostId::from(site_.fleet().post(is.post).id);
        check(post.has_value());
        const auto topic = protocol::topic_of(
            protocol::DownTopic{.site = site_.id(), .post = *post, .what = is.what});
        // Acknowledgements and the time are said again anyway.
        const bool repeated = is.what == protocol::Down::ack || is.what == protocol::Down::time;
        messages.push_back({.topic = std::string{topic.text()},
                            .payload = is.bytes,
                            .quality = repeated ? Outgoing::Quality::at_most_once
                                                : Outgoing::Quality::at_least_once});
    }
    broker_.publish(std::move(messages));
}

net::awaitable<void> Daemon::write()
{
    std::uint64_t seen = 0;
    for (;;) {
        const bool work = site_.has_batch() || (deliveries_ && deliveries_->has_work());
        if (!work) {
            if (stopping_) co_return;
            seen = co_await work_.next(seen);
            continue;
        }
        if (!site_.has_urgent() && site_.pending() < gather_most && !stopping_) {
            gather_.expires_after(std::chrono::milliseconds{gather_for.count()});
            co_await gather_.async_wait(as_result);
        }
        Commit commit;
        commit.batch = site_.take_batch();
        alarms_considered_ = 0;
        if (deliveries_) {
            commit.deliveries = deliveries_->take_new();
            commit.settled = deliveries_->take_settled();
        }
        writing_ = true;
        std::string why;
        try {
            commit = co_await store_.write(std::move(commit));
        } catch (const std::exception& error) {
            why = error.what();
        }
        writing_ = false;
        if (!why.empty()) {
            store_failed(why);
            co_return;
        }
        committed(commit);
    }
}

void Daemon::committed(const Commit& commit)
{
    ++figures_.commits;
    site_.committed(commit.batch);
    publish(site_.take_publishes());
    if (deliveries_ && !commit.deliveries.empty())
        deliveries_->durable(commit.deliveries.back().id);

    // Records and alarm changes share one counter, and each list is in its order.
    auto alarm = commit.batch.alarms.begin();
    const auto alarms_before = [&](LogId id) {
        for (; alarm != commit.batch.alarms.end() && alarm->id < id; ++alarm)
            feed_.publish(*alarm);
    };
    for (const auto& accepted : commit.batch.records) {
        alarms_before(accepted.id);
        if (accepted.record)
            feed_.publish(RecordLogged{.id = accepted.id,
                                       .post = accepted.key.post,
                                       .arrived = accepted.arrived,
                                       .record = *accepted.record});
    }
    alarms_before(~LogId{0});
    published_.ring();
}

// Nothing is acknowledged any more. Alarms that arrive still go out from memory, marked not yet
// durable; then the supervisor starts a daemon that knows only what is on the disk. This one knows
// more than that, in every lane and alarm, and none of it can be taken back.
void Daemon::store_failed(const std::string& why)
{
    log_error("log.failed", {{"error", why}});
    store_failed_ = true;
    exit_code_ = exit_log_failed;
    site_.raise_own(AlarmKind::log_failed, clock_.read<Now>());
    if (deliveries_) deliveries_->nothing_is_durable();
    pump(clock_.micros());
    spawn(stop(), "stop");
}

net::awaitable<void> Daemon::beat()
{
    net::steady_timer timer{io_};
    Instant ticked = clock_.mono();
    while (!stopping_) {
        timer.expires_after(std::chrono::milliseconds{Site::acknowledge_every.count()});
        co_await timer.async_wait(as_result);
        const auto now = clock_.read<Now>();
        if (now.mono - ticked >= Millis{1'000}) {
            ticked = now.mono;
            site_.tick(now);
        }
        pump(clock_.micros());
    }
}

net::awaitable<void> Daemon::gauge()
{
    constexpr std::chrono::milliseconds every{10};
    net::steady_timer timer{io_};
    while (!stopping_) {
        timer.expires_after(every);
        const auto due = clock_.micros() + every.count() * 1'000;
        co_await timer.async_wait(as_result);
        figures_.worst_gap_micros = std::max(figures_.worst_gap_micros, clock_.micros() - due);
    }
}

net::awaitable<void> Daemon::tend()
{
    net::steady_timer timer{io_};
    bool mark_fails = false;
    while (!stopping_ && !store_failed_) {
        auto tended = co_await store_.tend();
        if (mark_fails == tended.mark_failed.empty()) {
            mark_fails = !mark_fails;
            if (mark_fails) log_warning("mark.failed", {{"error", tended.mark_failed}});
        }
        // That the reserve was given up is told all the same.
        if (config_.disk_alarms == Config::DiskAlarms::off) tended.disk.used_permille = 0;
        site_.look_at(tended.disk, clock_.read<Now>());
        pump(clock_.micros());
        timer.expires_after(std::chrono::milliseconds{tend_every.count()});
        co_await timer.async_wait(as_result);
    }
}

// Close the gate, let what is on its way arrive, then the log: each step bounded.
net::awaitable<void> Daemon::stop()
{
    if (stopping_) co_return;
    signals_.cancel();
    const Instant began = clock_.mono();
    net::steady_timer timer{io_};
    const auto pause = [&] {
        timer.expires_after(std::chrono::milliseconds{10});
        return timer.async_wait(as_result);
    };
    if (on_stopping) on_stopping();
    const Millis patience = store_failed_ ? farewell : Millis{3'000};
    const auto wait_over = [&] { return clock_.mono() - began >= patience; };
    while (deliveries_ && !wait_over() &&
           (store_failed_ || !deliveries_->idle() || deliveries_->anything_due()))
        co_await pause();
    while (still_ending && still_ending() && !wait_over())
        co_await pause();
    stopping_ = true;
    broker_.bell().ring();
    work_.ring();
    gather_.cancel();
    if (deliveries_) deliveries_->stop();
    while (!store_failed_ && !wait_over() && (writing_ || site_.has_batch()))
        co_await pause();
    log_info("daemon.stopped", {{"took_ms", (clock_.mono() - began).count()}});
    io_.stop();
}

}  // namespace ks::edge
