#pragma once

#include "tests/link/plain_post.hpp"
#include "tests/link/signed_settings.hpp"

#include <map>
#include <random>
#include <set>
#include <string>

namespace ks::test {

/// A post whose broker belongs to somebody else. He hears and says what he likes, keeps everything,
/// moves the time, cuts line and power, and now and then has the edge itself send what it should
/// not. Beside him the suspicious observer, who knows which message may do what, and names the
/// first rule that is broken.
class ThiefOfTheBroker {
public:
    struct Seen {
        std::uint64_t messages;
        std::uint64_t refused;
        std::uint64_t starts;
        std::uint64_t clears;
        std::uint64_t tightened;
        std::uint64_t loosened;
        std::uint64_t reboots;
        std::uint64_t cut_in_the_middle;
    };

    ThiefOfTheBroker(std::uint32_t seed, const Stock& stock);

    /// A few messages; the post is in the state that the sequence before has left.
    void play_sequence();
    [[nodiscard]] bool used_up() const;

    [[nodiscard]] const Seen& seen() const { return seen_; }
    [[nodiscard]] const std::optional<std::string>& broken() const { return broken_; }

private:
    struct Made {
        protocol::Command command;
        enum class Approval : std::uint8_t { none, genuine } approval;
    };
    struct Stand {
        protocol::Settings settings;
        std::array<hal::Relay, PlainPost::outlets> relays;
        std::array<protocol::OutletState, PlainPost::outlets> states;
    };

    [[nodiscard]] std::uint32_t roll(std::uint32_t sides)
    {
        return static_cast<std::uint32_t>(dice_() % sides);
    }
    void must(bool holds, const char* rule);

    // What the edge makes, and he may hold back.
    void play();
    void make(const protocol::CommandBody& body, Made::Approval approval);
    void make_start();
    void make_clear();
    void make_settings();
    void make_approved();
    // What he makes of it.
    void forge();
    void say_altered();
    void say_old();
    void disturb();
    void reboot();

    [[nodiscard]] protocol::Command command_of(const protocol::CommandBody& body);
    void say(const EdgePeer::Odd& how, const Buffer& bytes);
    [[nodiscard]] const Made* may_act(const EdgePeer::Odd& how, const Buffer& bytes) const;
    [[nodiscard]] Stand stand() const;
    void judge(const Stand& before, const Made* cause);
    void judge_grants(const Made* cause);
    void judge_outlet(std::size_t index, const Stand& before, const Stand& after,
                      const Made* cause);
    void judge_settings(const Stand& before, const Made* cause);
    [[nodiscard]] EdgePeer::Odd own_way() const;

    std::mt19937 dice_;
    const Stock* stock_;
    PlainPost post_;
    std::map<Buffer, Made> made_;
    std::vector<Buffer> overheard_;
    std::set<protocol::Nonce> spent_;
    std::vector<protocol::Settings> vault_may_hold_;
    /// Starts that were fresh and are neither refused nor used: a closing may wait for its turn.
    std::map<protocol::CommandId, protocol::OutletNumber> grants_;
    Seen seen_{};
    std::uint64_t ids_{0};
    std::size_t judged_{0};
    std::size_t answers_judged_{0};
    std::uint64_t sequences_{0};
    std::optional<std::string> broken_;
};

}  // namespace ks::test
