#include "tests/link/rig.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>

using namespace ks;
using namespace ks::protocol;
using namespace ks::test;

namespace {

/// Somebody who owns the broker: he hears and says what he likes, keeps everything, and lacks
/// nothing but the command key. Beside him, through the same broker, the edge commands.
class Attack {
public:
    explicit Attack(std::uint32_t seed) : dice_{seed} { rig_.come_up(); }

    void run(int messages)
    {
        for (int i = 0; i < messages; ++i) {
            play();
            rig_.run();
            judge();
        }
    }

    [[nodiscard]] std::size_t started() const { return started_; }
    [[nodiscard]] std::size_t refused() const { return rig_.refused.size(); }

private:
    [[nodiscard]] std::uint32_t roll(std::uint32_t sides)
    {
        return static_cast<std::uint32_t>(dice_() % sides);
    }

    void play()
    {
        switch (roll(16)) {
        case 0: command_honestly(); break;
        case 1: rig_.pass(Millis{roll(2'000)}); break;
        case 2:
            if (roll(8) == 0) rig_.pass(20_s);
            break;
        case 3: rig_.edge.say(Down::nonce, encode(NonceRequest{}).view()); break;
        case 4: rig_.edge.say(Down::command, noise()); break;
        case 5: say_old(0x03, rig_.edge.topic(Down::command)); break;
        case 6: say_old(0x02, "ks/1/SITE-0001/POST-0002/down/command"); break;
        case 7: say_forged(); break;
        case 8: say_spliced(); break;
        case 9: rig_.edge.say(static_cast<Down>(roll(5)), noise()); break;
        case 10:
            if (roll(20) == 0) lose_line();
            break;
        default: say_altered(); break;
        }
    }

    /// A start as the edge makes it; the only kind that may be accepted, once, and in time.
    void command_honestly()
    {
        if (rig_.edge.nonces.empty() || !rig_.link().up()) return;
        auto command = good_start(rig_);
        const auto wall = rig_.link().wall(rig_.now);
        if (wall) command.issued = wall->at;
        const auto bytes = encode(command, rig_key);
        overheard_.emplace_back(bytes.view().begin(), bytes.view().end());
        honest_[command.id] = *command.nonce;
        if (roll(2) == 0) rig_.edge.say(Down::command, bytes.view());  // else he holds it back
    }

    void say_old(unsigned flags, const std::string& topic)
    {
        if (overheard_.empty()) return;
        rig_.edge.say({.topic = topic, .flags = flags}, overheard_[roll(size())]);
    }
    void say_altered()
    {
        if (overheard_.empty()) return;
        auto bytes = overheard_[roll(size())];
        for (auto changes = roll(4); changes > 0; --changes)
            bytes[roll(static_cast<std::uint32_t>(bytes.size()))] ^=
                static_cast<std::byte>(1u << roll(8));
        rig_.edge.say(Down::command, bytes);
    }
    void say_forged()
    {
        if (rig_.edge.nonces.empty()) return;
        CommandKey guess{};
        guess[0] = static_cast<std::byte>(roll(256));
        const auto command = good_start(rig_);
        const auto bytes = roll(2) == 0 ? encode(command, guess) : encode_bare(command);
        rig_.edge.say(Down::command, bytes.view());
    }
    void say_spliced()
    {
        if (overheard_.size() < 2) return;
        auto bytes = overheard_[roll(size())];
        const auto& other = overheard_[roll(size())];
        const auto at = roll(static_cast<std::uint32_t>(std::min(bytes.size(), other.size())));
        std::copy(other.begin() + at, other.end(), bytes.begin() + at);
        rig_.edge.say(Down::command, bytes);
    }
    void lose_line()
    {
        rig_.cut_after = 1;
        rig_.edge.say(Down::nonce, encode(NonceRequest{}).view());
        rig_.run();
        for (int i = 0; i < 700 && !rig_.link().up(); ++i)
            rig_.pass(100_ms);
    }

    [[nodiscard]] Buffer noise()
    {
        Buffer bytes(roll(80));
        for (auto& byte : bytes)
            byte = static_cast<std::byte>(roll(256));
        return bytes;
    }
    [[nodiscard]] std::uint32_t size() const
    {
        return static_cast<std::uint32_t>(overheard_.size());
    }

    /// What was accepted since the last look. A start must be one that the edge made, whole, that
    /// was never accepted before, under a nonce that was the newest and younger than 30 s.
    void judge()
    {
        for (; seen_ < rig_.accepted.size(); ++seen_) {
            const auto& command = rig_.accepted[seen_];
            if (action_of(command.body) == CommandAction::stop) continue;
            REQUIRE(honest_.count(command.id) == 1);
            REQUIRE(command.nonce.has_value());
            REQUIRE(honest_[command.id] == *command.nonce);
            REQUIRE(spent_.insert(*command.nonce).second);

            const auto offer =
                std::find_if(rig_.edge.nonces.rbegin(), rig_.edge.nonces.rend(),
                             [&](const NonceOffer& each) { return each.nonce == *command.nonce; });
            REQUIRE(offer != rig_.edge.nonces.rend());
            REQUIRE(rig_.now - offer->mono < nonce_life);
            ++started_;
        }
    }

    Rig rig_{hal::NorGeometry{.sector_size = 1'024, .sectors = 12, .page_size = 128}};
    std::mt19937 dice_;
    std::vector<Buffer> overheard_;
    std::map<CommandId, Nonce> honest_;
    std::set<Nonce> spent_;
    std::size_t seen_{0};
    std::size_t started_{0};
};

}  // namespace

// Slow, because a claim about all sequences wants many of them.
TEST_CASE("S-23: whoever owns the broker and not the key starts nothing", "[link][property][slow]")
{
    std::size_t started = 0;
    std::size_t refused = 0;
    for (std::uint32_t seed = 1; seed <= 10; ++seed) {
        CAPTURE(seed);
        Attack attack{seed};
        attack.run(1'000);
        started += attack.started();
        refused += attack.refused();
    }
    CHECK(started > 100);  // the honest ones get through
    CHECK(refused > 2'000);
}
