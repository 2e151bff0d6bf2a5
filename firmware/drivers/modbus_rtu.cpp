#include "firmware/drivers/modbus_rtu.hpp"

namespace ks::drivers {

namespace {

template <class Counter>
void add_one(Counter& counter)
{
    if (counter != static_cast<Counter>(~Counter{0})) ++counter;
}

bool starts_with(Bytes bytes, Bytes start)
{
    return bytes.size() >= start.size() && equal(bytes.first(start.size()), start);
}

}  // namespace

ModbusRtu::ModbusRtu(const Setup& setup) : setup_{setup}
{
    check(setup.response >= response_least && setup.response <= response_most);
}

Result<Done, ModbusRefusal> ModbusRtu::add(const Poll& poll)
{
    const ModbusQuestion question{
        .slave = poll.slave, .function = poll.function, .first = poll.first, .count = poll.count};
    if (const auto checked = check_question(question); !checked.ok()) return checked;
    if (!is_read(poll.function)) return Failure{ModbusRefusal::not_a_read};
    if (has(poll.slave)) return Failure{ModbusRefusal::reserved_address};
    if (slaves_.full()) return Failure{ModbusRefusal::queue_full};
    slaves_.push_back(Slave{.poll = poll});
    return Done{};
}

Result<Done, ModbusRefusal> ModbusRtu::write(const ModbusQuestion& question)
{
    if (const auto checked = check_question(question); !checked.ok()) return checked;
    if (is_read(question.function)) return Failure{ModbusRefusal::not_a_write};
    if (!has(question.slave)) return Failure{ModbusRefusal::unknown_slave};
    if (!writes_.push(question)) return Failure{ModbusRefusal::queue_full};
    return Done{};
}

bool ModbusRtu::has(SlaveAddress slave) const
{
    return std::any_of(slaves_.begin(), slaves_.end(),
                       [&](const Slave& one) { return one.poll.slave == slave; });
}

const ModbusRtu::Slave& ModbusRtu::of(SlaveAddress slave) const
{
    const auto* const found = std::find_if(
        slaves_.begin(), slaves_.end(), [&](const Slave& one) { return one.poll.slave == slave; });
    check(found != slaves_.end());
    return *found;
}

std::optional<ModbusRtu::Heard> ModbusRtu::take()
{
    const auto taken = news_;
    news_.reset();
    return taken;
}

ModbusRtu::Action ModbusRtu::next(Instant now)
{
    if (slaves_.empty()) return Wait{now + nothing_to_do};
    if (awaiting_ != Awaiting::nothing) {
        if (now < deadline_) return Wait{deadline_};
        give_up(now);
    }
    if (now < quiet_until_) {
        if (!wanted_since_) wanted_since_ = now;
        const auto patience = *wanted_since_ + silence_wait_most;
        if (now < patience) return Wait{std::min(quiet_until_, patience)};
    }
    wanted_since_.reset();

    // A second try of what was asked last goes before everything else.
    if (tried_ == 0) {
        if (write_is_due()) {
            question_ = writes_.front();
            awaiting_ = Awaiting::write;
            wrote_in_round_ = true;
        } else if (const auto chosen = choose(now)) {
            asked_ = static_cast<std::uint8_t>(*chosen);
            const auto& poll = asked().poll;
            question_ = {.slave = poll.slave,
                         .function = poll.function,
                         .first = poll.first,
                         .count = poll.count};
        } else {
            return Wait{next_due(now)};
        }
    }
    return ask(now);
}

bool ModbusRtu::write_is_due() const
{
    return !writes_.empty() && !wrote_in_round_ && echo_ != Echo::unknown;
}

// One round is every slave that is not absent, once, and then one absent slave.
std::optional<std::size_t> ModbusRtu::choose(Instant now)
{
    while (cursor_ < slaves_.size()) {
        const std::size_t i = cursor_++;
        if (slaves_[i].presence != Presence::absent) return i;
    }
    cursor_ = 0;
    wrote_in_round_ = false;
    if (const auto absent = choose_absent(now)) return absent;
    while (cursor_ < slaves_.size()) {
        const std::size_t i = cursor_++;
        if (slaves_[i].presence != Presence::absent) return i;
    }
    return std::nullopt;
}

std::optional<std::size_t> ModbusRtu::choose_absent(Instant now)
{
    for (std::size_t step = 0; step < slaves_.size(); ++step) {
        const auto i = absent_cursor_;
        absent_cursor_ = static_cast<std::uint8_t>((i + 1U) % slaves_.size());
        if (slaves_[i].presence == Presence::absent && now >= slaves_[i].due) return i;
    }
    return std::nullopt;
}

/// Only asked when all are absent and none is due.
Instant ModbusRtu::next_due(Instant now) const
{
    auto due = now + nothing_to_do;
    for (const auto& slave : slaves_)
        due = std::min(due, slave.due);
    return due;
}

ModbusRtu::Send ModbusRtu::ask(Instant now)
{
    if (awaiting_ == Awaiting::nothing)
        awaiting_ = is_read(question_.function) ? Awaiting::poll : Awaiting::write;
    ++tried_;
    heard_.resize(0);
    frame_ = modbus_frame(question_);
    deadline_ = now + wire_time(setup_.baud, frame_.size()) + setup_.response +
                wire_time(setup_.baud, modbus_answer_size(question_)) + owner_slack;
    return Send{frame_.view()};
}

void ModbusRtu::feed(Bytes bytes, Instant now)
{
    if (bytes.empty()) return;
    quiet_until_ = now + silence(setup_.baud);
    const auto size = heard_.size();
    const auto fits =
        awaiting_ == Awaiting::nothing ? 0 : std::min(bytes.size(), heard_most - size);
    std::copy_n(bytes.begin(), fits, heard_.raw().subspan(size).begin());
    heard_.resize(size + fits);
    for (std::size_t i = fits; i < bytes.size(); ++i)
        add_one(stray_bytes_);
    if (fits > 0) hear(now);
}

/// How much of what was heard is our own question.
std::size_t ModbusRtu::echo_size() const
{
    return echo_ != Echo::absent && starts_with(heard_.view(), frame_.view()) ? frame_.size() : 0;
}

// An answer is looked for at every place, so noise before it costs nothing. Only a write's answer
// looks like its question, so where there is an echo, that is found and passed over first.
void ModbusRtu::hear(Instant now)
{
    const auto heard = heard_.view();
    std::size_t from = 0;
    if (awaiting_ == Awaiting::write && echo_ == Echo::present) {
        const auto own = frame_.view();
        const auto at = std::search(heard.begin(), heard.end(), own.begin(), own.end());
        if (at == heard.end()) return;
        from = static_cast<std::size_t>(at - heard.begin()) + own.size();
    }
    const auto size = modbus_answer_size(question_);
    for (; from + modbus_exception_size <= heard.size(); ++from) {
        const auto rest = heard.subspan(from);
        if (rest.size() >= size && try_answer(rest.first(size), now)) return;
        if (try_answer(rest.first(modbus_exception_size), now)) return;
    }
}

bool ModbusRtu::try_answer(Bytes frame, Instant now)
{
    // Most places are ruled out by their first byte, before a CRC is reckoned.
    if (std::to_integer<std::uint8_t>(frame[0]) != question_.slave) return false;
    const auto answer = modbus_answer(frame, question_);
    if (!answer.ok()) return false;
    learn_echo();
    answered(*answer, now);
    return true;
}

// Silence is evidence too: where there is an echo, our own bytes are never not heard.
void ModbusRtu::learn_echo()
{
    if (awaiting_ != Awaiting::poll) return;
    const auto heard = heard_.view();
    const auto answers = [&](std::size_t size) {
        return heard.size() >= size && modbus_answer(heard.first(size), question_).ok();
    };
    if (starts_with(heard, frame_.view()))
        echo_ = Echo::present;
    else if (heard.empty() || answers(modbus_answer_size(question_)) ||
             answers(modbus_exception_size))
        echo_ = Echo::absent;
}

void ModbusRtu::answered(const ModbusAnswer& answer, Instant now)
{
    const auto was = awaiting_;
    awaiting_ = Awaiting::nothing;
    tried_ = 0;
    const auto* const exception = std::get_if<ModbusException>(&answer);
    if (was == Awaiting::write) {
        writes_.pop();
        // A slave that will not has been asked for what it does not have; asking again is idle.
        if (exception != nullptr) add_one(writes_failed_);
        return;
    }
    auto& slave = asked();
    slave.presence = Presence::answering;
    slave.failures = 0;
    slave.doublings = 0;
    if (exception != nullptr) {
        add_one(slave.errors.exceptions);
        slave.errors.last_exception = exception->code;
        return;
    }
    news_ = Heard{.slave = question_.slave, .at = now, .words = *std::get_if<ModbusWords>(&answer)};
}

void ModbusRtu::give_up(Instant now)
{
    learn_echo();
    if (awaiting_ == Awaiting::poll) {
        const auto heard = heard_.view().subspan(echo_size());
        if (heard.empty())
            add_one(asked().errors.unanswered);
        else
            count(modbus_answer(heard, question_).reason());
    }
    const auto was = awaiting_;
    awaiting_ = Awaiting::nothing;
    const bool again = was == Awaiting::write || asked().presence == Presence::answering;
    if (again && tried_ < tries) return;

    tried_ = 0;
    if (was == Awaiting::write) {
        writes_.pop();
        add_one(writes_failed_);
    } else {
        poll_failed(now);
    }
}

void ModbusRtu::poll_failed(Instant now)
{
    auto& slave = asked();
    // One that was never heard has no standing to lose.
    if (slave.presence == Presence::answering && ++slave.failures < failures_most) return;
    slave.presence = Presence::absent;
    const auto rest = Millis{rest_least.count() << slave.doublings};
    slave.due = now + std::min(rest, rest_most);
    if (rest < rest_most) ++slave.doublings;
}

void ModbusRtu::count(ModbusFault fault)
{
    auto& errors = asked().errors;
    switch (fault) {
    case ModbusFault::wrong_length:
    case ModbusFault::wrong_crc: return add_one(errors.mangled);
    case ModbusFault::other_address: return add_one(errors.other_address);
    case ModbusFault::wrong_function: return add_one(errors.wrong_function);
    case ModbusFault::wrong_content: return add_one(errors.wrong_content);
    }
}

}  // namespace ks::drivers
