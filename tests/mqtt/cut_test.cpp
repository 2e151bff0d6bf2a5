#include "tests/mqtt/model_broker.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::mqtt;
using namespace ks::test;

namespace {

/// An owner who has six things to say and wants to hear three, over a wire that is cut once, after
/// so many bytes in either direction.
class Evening {
public:
    Evening(Session session, std::size_t cut_after) : cut_after_{cut_after}
    {
        talk_.options.session = session;
    }

    /// Bytes that crossed the wire until everything was said and heard.
    std::size_t run()
    {
        reconnect();
        while (!done()) {
            talk_.run();
            settle();
            if (!move_a_byte()) {
                check(talk_.closed.empty());
                check(may_speak_ || moved_ == 0);
                check(done());
            }
        }
        return moved_;
    }

    ModelBroker broker{{"down 1", "down 2", "down 3"}};
    std::set<std::string> acknowledged;
    std::size_t given_back{0};

    [[nodiscard]] const Talk& talk() const { return talk_; }

private:
    [[nodiscard]] bool done() const
    {
        return acknowledged.size() == 6 && broker.everything_confirmed();
    }

    void reconnect()
    {
        talk_.client().cut();
        talk_.sent.clear();
        to_client_.clear();
        may_speak_ = false;
        broker.accept();
        check(talk_.client().open(talk_.now, talk_.options).ok());
        talk_.run();
    }

    void settle()
    {
        for (; seen_connected_ < talk_.connected.size(); ++seen_connected_) {
            if (!talk_.connected[seen_connected_].session_present || talk_.subscribed.empty())
                check(talk_.client().subscribe("down/#", Qos::at_least_once).ok());
            may_speak_ = true;
        }
        for (; seen_acknowledged_ < talk_.acknowledged.size(); ++seen_acknowledged_)
            end(talk_.acknowledged[seen_acknowledged_], acknowledged);
        for (; seen_given_back_ < talk_.unacknowledged.size(); ++seen_given_back_) {
            std::set<std::string> again;
            end(talk_.unacknowledged[seen_given_back_], again);
            to_say_.push_front(*again.begin());
            ++given_back;
        }
        while (may_speak_ && !to_say_.empty() && talk_.client().free_slots() > 0) {
            const auto text = to_say_.front();
            to_say_.pop_front();
            under_way_[talk_.publish("up/a", text, Qos::at_least_once).value] = text;
        }
        talk_.run();
    }

    void end(Handle handle, std::set<std::string>& in)
    {
        const auto found = under_way_.find(handle.value);
        check(found != under_way_.end());  // ended twice, or never begun
        in.insert(found->second);
        under_way_.erase(found);
    }

    bool move_a_byte()
    {
        if (moved_ == cut_after_) {
            cut_after_ = SIZE_MAX;
            reconnect();
            return true;
        }
        if (!talk_.sent.empty()) {
            const auto answer = broker.hear(talk_.sent.front());
            talk_.sent.erase(talk_.sent.begin());
            to_client_.insert(to_client_.end(), answer.begin(), answer.end());
        } else if (!to_client_.empty()) {
            const auto byte = to_client_.front();
            to_client_.erase(to_client_.begin());
            talk_.receive({byte});
        } else {
            return false;
        }
        ++moved_;
        return true;
    }

    Talk talk_;
    Buffer to_client_;
    std::deque<std::string> to_say_{"up 1", "up 2", "up 3", "up 4", "up 5", "up 6"};
    std::map<std::uint64_t, std::string> under_way_;
    std::size_t cut_after_;
    std::size_t moved_{0};
    std::size_t seen_connected_{0};
    std::size_t seen_acknowledged_{0};
    std::size_t seen_given_back_{0};
    bool may_speak_{false};
};

}  // namespace

// Slow, because the evening is played once for every byte of it.
TEST_CASE("wherever the wire is cut, no acknowledged message is lost and none is invented",
          "[mqtt][cut][slow]")
{
    for (const auto session : {Session::kept, Session::clean}) {
        const auto whole = Evening{session, SIZE_MAX}.run();
        REQUIRE(whole > 200);

        std::size_t given_back = 0;
        for (std::size_t cut = 0; cut < whole; ++cut) {
            CAPTURE(cut, session == Session::kept);
            Evening evening{session, cut};
            evening.run();
            given_back += evening.given_back;

            std::multiset<std::string> arrived;
            for (const auto& message : evening.broker.received) {
                // A second copy in a session that was kept is marked as one.
                const bool second = arrived.count(message.payload) > 0;
                if (session == Session::kept) REQUIRE((!second || message.duplicate));
                arrived.insert(message.payload);
            }
            for (const auto& text : evening.acknowledged)
                REQUIRE(arrived.count(text) > 0);
            REQUIRE(evening.acknowledged.size() == 6);

            std::set<std::string> heard;
            for (const auto& message : evening.talk().delivered)
                heard.insert(message.payload);
            for (const auto& text : evening.broker.confirmed)
                REQUIRE(heard.count(text) == 1);
            REQUIRE(evening.broker.confirmed.size() == 3);
            REQUIRE(evening.talk().closed.empty());
        }
        CHECK((given_back > 0) == (session == Session::clean));
    }
}

// Slow, because there are 65,535 numbers to go through.
TEST_CASE("a number is not given again while its first message is under way",
          "[mqtt][client][slow]")
{
    Talk talk;
    talk.connect();
    REQUIRE(talk.client().subscribe("down/#", Qos::at_least_once));
    const auto held = talk.publish("a", "held", Qos::at_least_once);
    talk.run();
    talk.take_sent();

    // Once around all 65,535 numbers and a little further.
    auto last = held;
    bool sound = true;
    for (unsigned i = 0; i < 65'600; ++i) {
        const auto handle = talk.publish("a", "x", Qos::at_least_once);
        talk.run();
        // 32 06 0001 61 id id 78
        const auto id = ByteReader{Bytes{talk.take_sent()}.subspan(5)}.u16_be();
        sound = sound && id > 2 && handle > last;
        last = handle;
        talk.receive(puback(id));
    }
    CHECK(sound);

    CHECK(talk.closed.empty());
    talk.receive(suback(1, 1));
    talk.receive(puback(2));
    CHECK(talk.subscribed.size() == 1);
    CHECK(talk.acknowledged.back() == held);
}
