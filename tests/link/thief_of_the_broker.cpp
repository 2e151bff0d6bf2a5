#include "tests/link/thief_of_the_broker.hpp"

#include "tests/link/rig.hpp"

namespace ks::test {

using namespace protocol;
using hal::Relay;

ThiefOfTheBroker::ThiefOfTheBroker(std::uint32_t seed, const Stock& stock)
    : dice_{seed}, stock_{&stock}, post_{stock.approvers}
{
    post_.load.fill(Milliamps{1'000});
    post_.come_up();
    vault_may_hold_ = {post_.guard().settings()};
}

bool ThiefOfTheBroker::used_up() const
{
    constexpr std::uint64_t sequences_of_a_life = 50;
    return broken_ || sequences_ >= sequences_of_a_life ||
           post_.guard().settings().version >= stock_->by_version.size();
}

void ThiefOfTheBroker::must(bool holds, const char* rule)
{
    if (!holds && !broken_) broken_ = rule;
}

void ThiefOfTheBroker::play_sequence()
{
    ++sequences_;
    for (auto messages = 1 + roll(8); messages > 0 && !broken_; --messages)
        play();
}

void ThiefOfTheBroker::play()
{
    switch (roll(16)) {
    case 0:
    case 1: return make_start();
    case 2: return make_clear();
    case 3:
    case 4: return make_settings();
    case 5: return make_approved();
    case 6:
    case 7: return forge();
    case 8:
    case 9:
    case 10: return say_old();
    case 11:
    case 12:
    case 13: return say_altered();
    default: return disturb();
    }
}

Command ThiefOfTheBroker::command_of(const CommandBody& body)
{
    CommandId id{};
    ByteWriter{id}.u64_be(++ids_);
    std::optional<Nonce> nonce;
    if (!post_.edge.nonces.empty()) nonce = post_.edge.nonces.back().nonce;
    return {.post = rig_post,
            .id = id,
            .nonce = nonce,
            .role = Role::manager,
            .issuer = {},
            .issued = post_.wall().value_or(post_.edge.wall),
            .good_for = Millis{30'000},
            .body = body};
}

EdgePeer::Odd ThiefOfTheBroker::own_way() const
{
    return {.topic = post_.edge.topic(Down::command)};
}

void ThiefOfTheBroker::make(const CommandBody& body, Made::Approval approval)
{
    const auto command = command_of(body);
    const auto bytes = encode(command, rig_key);
    const Buffer buffer{bytes.view().begin(), bytes.view().end()};
    made_.insert_or_assign(buffer, Made{.command = command, .approval = approval});
    overheard_.push_back(buffer);
    if (roll(4) != 0) say(own_way(), buffer);  // else he holds it back
}

void ThiefOfTheBroker::make_start()
{
    if (roll(8) == 0)
        return make(TestOutlet{.outlet = static_cast<OutletNumber>(1 + roll(3)),
                               .duration = Millis{1'000 + roll(90'000)}},
                    Made::Approval::none);
    make(StartOutlet{.outlet = static_cast<OutletNumber>(1 + roll(3)),
                     .card = roll(5) + 1,
                     .time_limit = Millis{1'000 + roll(20'000'000)},
                     .energy_limit = MilliwattHours{1'000 + roll(3'000'000)}},
         Made::Approval::none);
}

void ThiefOfTheBroker::make_clear()
{
    make(ClearTrip{.outlet = static_cast<OutletNumber>(roll(3)),
                   .cause = roll(3) == 0 ? TripCause::overload : TripCause::hard_overcurrent},
         Made::Approval::none);
}

// The edge's own key is not enough to loosen anything.
void ThiefOfTheBroker::make_settings()
{
    auto settings = post_.guard().settings();
    settings.version += roll(4);
    shift(settings, roll(settings_fields), -static_cast<int>(roll(20)));
    if (roll(2) == 0) shift(settings, roll(settings_fields), static_cast<int>(1 + roll(1'000)));
    SetSettings wanted{.settings = settings, .approval_a = {}, .approval_b = {}};
    const auto& other =
        stock_->by_version[roll(static_cast<std::uint32_t>(stock_->by_version.size()))];
    switch (roll(8)) {
    case 0: wanted = {other.settings, other.by_a, std::nullopt}; break;
    case 1: wanted = {other.settings, std::nullopt, other.by_b}; break;
    case 2: wanted = {other.settings, other.by_a, other.by_a}; break;
    case 3: wanted = {other.settings, other.by_b, other.by_a}; break;
    case 4: wanted = {other.settings, other.by_a, other.by_nobody}; break;
    case 5: wanted = {settings, other.by_a, other.by_b}; break;  // of other settings
    default: break;
    }
    if (encodable(wanted.settings)) make(wanted, Made::Approval::none);
}

void ThiefOfTheBroker::make_approved()
{
    // Mostly the next one, now and then an older one or one from long after.
    const auto next = post_.guard().settings().version + (roll(4) == 0 ? roll(3) : 0);
    const auto last = static_cast<std::uint32_t>(stock_->by_version.size() - 1);
    const auto& chosen = stock_->by_version[std::min(roll(8) == 0 ? roll(last) : next, last)];
    make(SetSettings{.settings = chosen.settings,
                     .approval_a = chosen.by_a,
                     .approval_b = chosen.by_b},
         Made::Approval::genuine);
}

// Whole commands that the edge never made: under another key, bare, or meant for another post.
void ThiefOfTheBroker::forge()
{
    const auto& approved =
        stock_->by_version[roll(static_cast<std::uint32_t>(stock_->by_version.size()))];
    const CommandBody bodies[] = {
        StartOutlet{.outlet = 1, .card = 9, .time_limit = 60_s, .energy_limit = 10_Wh},
        ClearTrip{.outlet = 1, .cause = TripCause::hard_overcurrent},
        SetSettings{.settings = loosest_settings(), .approval_a = {}, .approval_b = {}},
        SetSettings{.settings = approved.settings,
                    .approval_a = approved.by_a,
                    .approval_b = approved.by_b},
        StopOutlet{.outlet = static_cast<OutletNumber>(roll(3))},
    };
    auto command = command_of(bodies[roll(5)]);
    auto key = rig_key;
    switch (roll(4)) {
    case 0: command.post = *PostId::from("POST-0002"); break;
    case 1: key[roll(32)] ^= static_cast<std::byte>(1 + roll(255)); break;
    case 2: key = {}; break;
    default: {
        const auto bare = encode_bare(command);
        return say(own_way(), {bare.view().begin(), bare.view().end()});
    }
    }
    const auto bytes = encode(command, key);
    const Buffer buffer{bytes.view().begin(), bytes.view().end()};
    overheard_.push_back(buffer);
    say(own_way(), buffer);
}

void ThiefOfTheBroker::say_old()
{
    if (overheard_.empty()) return;
    const auto& bytes = overheard_[roll(static_cast<std::uint32_t>(overheard_.size()))];
    auto how = own_way();
    switch (roll(5)) {
    case 0: how.flags = 0x03; break;  // retained
    case 1: how.flags = 0x0A; break;  // marked as a repetition
    case 2: how.topic = "ks/1/SITE-0001/POST-0002/down/command"; break;
    default: break;
    }
    say(how, bytes);
}

void ThiefOfTheBroker::say_altered()
{
    if (overheard_.empty()) return;
    const auto count = static_cast<std::uint32_t>(overheard_.size());
    // Mostly the newest, whose nonce still counts.
    auto bytes = overheard_[roll(2) == 0 ? count - 1 : roll(count)];
    const auto& other = overheard_[roll(count)];
    const auto size = static_cast<std::uint32_t>(bytes.size());
    switch (roll(4)) {
    case 0: bytes.resize(roll(size)); break;
    case 1: {
        const auto at = roll(static_cast<std::uint32_t>(std::min(bytes.size(), other.size())));
        bytes.resize(at);
        bytes.insert(bytes.end(), other.begin() + at, other.end());
        break;
    }
    default:
        for (auto changes = 1 + roll(3); changes > 0; --changes)
            bytes[roll(size)] ^= static_cast<std::byte>(1u << roll(8));
    }
    say(own_way(), bytes);
}

// What is no command at all.
void ThiefOfTheBroker::disturb()
{
    const auto before = stand();
    const auto& offers = post_.edge.nonces;
    switch (roll(24)) {
    case 0: post_.pass(Millis{31'000}); break;
    case 1: post_.pass(Millis{61'000 + roll(60'000)}); break;
    case 2: return reboot();
    case 3:
        post_.lose_line();
        post_.come_up();
        break;
    case 4: post_.load[roll(2)] = Milliamps{30'000}; break;  // trips what is closed
    case 5:
    case 6: post_.load.fill(Milliamps{1'000}); break;
    case 7:
    case 8:
        // A clock that is wrong by up to a day; the nonce must be enough.
        if (!offers.empty())
            post_.edge.say(Down::time,
                           encode(TimeNotice{.echo = offers.back().mono,
                                             .now = post_.edge.wall + Millis{roll(86'400'000)}})
                               .view());
        break;
    case 9:
    case 10:
    case 11: post_.edge.say(Down::nonce, encode(NonceRequest{}).view()); break;
    default: post_.pass(Millis{roll(6'000)}); break;
    }
    post_.turn();
    judge(before, nullptr);
    vault_may_hold_ = {post_.guard().settings()};
}

void ThiefOfTheBroker::reboot()
{
    const auto before = stand();
    post_.reboot();
    ++seen_.reboots;
    const auto after = stand();
    must(std::find(vault_may_hold_.begin(), vault_may_hold_.end(), after.settings) !=
             vault_may_hold_.end(),
         "a reboot brings back the settings that were in force, and no others");
    for (std::size_t i = 0; i < PlainPost::outlets; ++i) {
        must(after.relays[i] == Relay::open, "I-03: no reboot closes a relay");
        must(before.states[i] != OutletState::locked_out || vault_may_hold_.size() > 1 ||
                 after.states[i] == OutletState::locked_out,
             "I-03: no reboot clears a trip");
    }
    vault_may_hold_ = {after.settings};
    judged_ = post_.accepted.size();
    grants_.clear();
    post_.come_up();
    judge(after, nullptr);
}

ThiefOfTheBroker::Stand ThiefOfTheBroker::stand() const
{
    return {.settings = post_.guard().settings(),
            .relays = {post_.guard().relay(1), post_.guard().relay(2)},
            .states = {post_.state(1), post_.state(2)}};
}

// The one message that this may be: made by the edge, whole, live, on the post's own way down,
// under the newest nonce, which is younger than 30 s and was not used before.
const ThiefOfTheBroker::Made* ThiefOfTheBroker::may_act(const EdgePeer::Odd& how,
                                                        const Buffer& bytes) const
{
    constexpr unsigned retain = 0x01;
    if ((how.flags & retain) != 0 || how.topic != post_.edge.topic(Down::command)) return nullptr;
    const auto found = made_.find(bytes);
    if (found == made_.end() || post_.edge.nonces.empty()) return nullptr;
    const auto& offer = post_.edge.nonces.back();
    const auto& nonce = found->second.command.nonce;
    if (!nonce || *nonce != offer.nonce || spent_.contains(*nonce)) return nullptr;
    return post_.now() - offer.mono < nonce_life ? &found->second : nullptr;
}

void ThiefOfTheBroker::say(const EdgePeer::Odd& how, const Buffer& bytes)
{
    ++seen_.messages;
    const auto before = stand();
    const auto* const cause = may_act(how, bytes);
    const auto refused = post_.refused;
    constexpr std::uint64_t never = UINT64_MAX / 2;
    if (roll(50) == 0) post_.let_power_fail(roll(8));
    post_.edge.say(how, bytes);
    post_.turn();
    post_.let_power_fail(never);
    seen_.refused += post_.refused - refused;
    judge(before, cause);
    vault_may_hold_ = {post_.guard().settings()};
    if (post_.powered()) return;
    ++seen_.cut_in_the_middle;
    if (!(before.settings == post_.guard().settings()))
        vault_may_hold_.push_back(before.settings);
    else
        vault_may_hold_.push_back(vault_may_hold_.front());
    reboot();
}

void ThiefOfTheBroker::judge(const Stand& before, const Made* cause)
{
    judge_grants(cause);
    const auto after = stand();
    for (std::size_t i = 0; i < PlainPost::outlets; ++i)
        judge_outlet(i, before, after, cause);
    judge_settings(before, cause);
    for (; answers_judged_ < post_.answered.size(); ++answers_judged_) {
        const auto& answer = post_.answered[answers_judged_];
        if (answer.outcome != CommandOutcome::done && answer.outcome != CommandOutcome::queued)
            grants_.erase(answer.command);
    }
}

void ThiefOfTheBroker::judge_grants(const Made* cause)
{
    for (; judged_ < post_.accepted.size(); ++judged_) {
        const auto& command = post_.accepted[judged_];
        if (const auto* stop = std::get_if<StopOutlet>(&command.body))
            std::erase_if(grants_, [&](const auto& grant) {
                return stop->outlet == whole_post || stop->outlet == grant.second;
            });
        if (!energises(action_of(command.body))) continue;
        must(cause != nullptr && command == cause->command,
             "S-23: what energises was made by the edge and is fresh");
        must(command.nonce && spent_.insert(*command.nonce).second, "S-23: a nonce is good once");
        if (const auto* start = std::get_if<StartOutlet>(&command.body))
            grants_.insert({command.id, start->outlet});
        if (const auto* test = std::get_if<TestOutlet>(&command.body))
            grants_.insert({command.id, test->outlet});
    }
}

void ThiefOfTheBroker::judge_outlet(std::size_t index, const Stand& before, const Stand& after,
                                    const Made* cause)
{
    const auto outlet = static_cast<OutletNumber>(index + 1);
    if (before.relays[index] == Relay::open && after.relays[index] == Relay::closed) {
        const auto grant = std::find_if(grants_.begin(), grants_.end(),
                                        [&](const auto& each) { return each.second == outlet; });
        must(grant != grants_.end(), "I-04: a relay closes by one fresh start that names it");
        if (grant != grants_.end()) grants_.erase(grant);
        ++seen_.starts;
    }
    if (before.states[index] == OutletState::locked_out &&
        after.states[index] != OutletState::locked_out) {
        const auto* clear =
            cause != nullptr ? std::get_if<ClearTrip>(&cause->command.body) : nullptr;
        must(clear != nullptr && clear->outlet == outlet,
             "I-03: a trip is cleared by one fresh command that names it");
        ++seen_.clears;
    }
}

void ThiefOfTheBroker::judge_settings(const Stand& before, const Made* cause)
{
    const auto& now = post_.guard().settings();
    if (now == before.settings) return;
    const auto* wanted =
        cause != nullptr ? std::get_if<SetSettings>(&cause->command.body) : nullptr;
    must(wanted != nullptr && wanted->settings == now,
         "S-23: settings change by one fresh command that holds them");
    must(now.version > before.settings.version, "settings only become newer");
    must(!beyond_the_compiled(now), "nobody goes beyond what is compiled in");
    if (!looser(now, before.settings)) {
        ++seen_.tightened;
        return;
    }
    ++seen_.loosened;
    must(cause != nullptr && cause->approval == Made::Approval::genuine,
         "D2: no limit is loosened but by both approvers' own signatures");
    // An opening that was still being verified may be over by the tick that decides.
    for (std::size_t i = 0; i < PlainPost::outlets; ++i) {
        const auto was = before.states[i];
        must(before.relays[i] == Relay::open &&
                 (was == OutletState::idle || was == OutletState::opening) &&
                 post_.state(static_cast<OutletNumber>(i + 1)) == OutletState::idle,
             "D2: no limit is loosened unless every outlet is idle");
    }
}

}  // namespace ks::test
