#pragma once

#include "firmware/base/fixed_queue.hpp"
#include "firmware/base/spsc_ring.hpp"
#include "firmware/core/guard/news.hpp"

namespace ks::core {

inline constexpr std::size_t news_room = 32;
using NewsRing = SpscRing<News, news_room>;

/// Keeps what the guard has to say until the rest has room for it; trips are said first.
///
/// Its bounds hold because the guard grants no start and clears no latch while anything is still
/// untold: between two such moments an outlet can change its state so often and no more. The extra
/// places in each queue are the post's own: one for each cause it can have.
class Teller {
public:
    /// Closing, charging, opening, idle, locked out; started, ended, cleared.
    static constexpr std::size_t facts_per_outlet = 8;
    /// The first cause, then its relay, its coil, and a memory that lost what it was.
    static constexpr std::size_t trips_per_outlet = 4;
    /// A rest that leaves so many answers untaken gets no more of them.
    static constexpr std::size_t answers_most = 32;

    void tell(const NewsTripped& trip) { check(trips_.push(trip)); }
    void tell(const NewsState& fact) { keep(fact); }
    void tell(const NewsStarted& fact) { keep(fact); }
    void tell(const NewsEnded& fact) { keep(fact); }
    void tell(const NewsCleared& fact) { keep(fact); }
    /// False, and nothing is kept, when the rest has left too many untaken.
    [[nodiscard]] bool tell(const NewsAnswer& answer) { return answers_.push(answer); }

    /// All that was told before this tick has found room in the ring.
    [[nodiscard]] bool all_told() const { return all_told_; }
    [[nodiscard]] bool answers_full() const { return answers_.full(); }
    /// State changes so far: readings go out with each.
    [[nodiscard]] std::uint32_t facts_told() const { return facts_told_; }

    void flush(NewsRing& ring)
    {
        all_told_ = pour(trips_, ring) && pour(facts_, ring);
        if (all_told_) static_cast<void>(pour(answers_, ring));
    }

private:
    template <class Fact>
    void keep(const Fact& fact)
    {
        check(facts_.push(fact));
        ++facts_told_;
    }
    template <class Queue>
    [[nodiscard]] static bool pour(Queue& from, NewsRing& ring)
    {
        while (!from.empty()) {
            if (!ring.push(from.front())) return false;
            from.pop();
        }
        return true;
    }

    static constexpr std::size_t of_post =
        static_cast<std::size_t>(protocol::range_of<protocol::TripCause>.last);

    FixedQueue<NewsTripped, trips_per_outlet * protocol::outlet_limit + of_post> trips_;
    FixedQueue<News, facts_per_outlet * protocol::outlet_limit + of_post> facts_;
    FixedQueue<NewsAnswer, answers_most> answers_;
    std::uint32_t facts_told_{0};
    bool all_told_{true};
};

}  // namespace ks::core
