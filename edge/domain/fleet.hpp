#pragma once

#include "edge/domain/log_id.hpp"
#include "edge/domain/now.hpp"
#include "firmware/protocol/message.hpp"

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ks::edge {

/// A post's own clock: which boot, and how far into it. Orders what one post says.
struct PostTime {
    std::uint32_t boot{};
    Instant mono;
    auto operator<=>(const PostTime&) const = default;
};

/// The newest cut that concerned an outlet, kept when it is cleared, for whoever asks why.
struct LastTrip {
    protocol::TripCause cause{};
    /// `whole_post` when the post itself was cut.
    protocol::OutletNumber outlet{};
    protocol::SessionId session{};
    std::int64_t measured{};
    std::int64_t limit{};
    Millis held_for;
    UnixMillis at;
    /// The readings before the cut, oldest first; they come in a record of their own, and later.
    std::vector<protocol::TracePoint> points;
};

/// What is left of a relay, as the post reckons it.
struct RelayLife {
    std::uint32_t closings{};
    std::uint32_t hot_openings{};
    std::uint32_t left_permille{};
};

/// One outlet as the newest records tell it.
struct OutletView {
    protocol::OutletState state{};
    /// When it entered that state: the post's wall time when good enough, else the arrival.
    UnixMillis since;
    Milliamps current;
    Milliwatts power;
    std::optional<DeciCelsius> contact;
    /// Of the running session; `session` 0 means none and the rest is then 0.
    protocol::SessionId session{};
    protocol::CardToken card{};
    protocol::StartMeans means{};
    MilliwattHours energy;
    UnixMillis session_since;
    /// The outlet's own latch; see `PostView::trip_on`.
    std::optional<protocol::TripCause> trip;
    std::optional<LastTrip> last_trip;
    std::optional<RelayLife> relay;

    /// How new the state, the readings and the trip are; older news never overwrites newer.
    PostTime state_of;
    PostTime reading_of;
    PostTime trip_of;
    PostTime session_of;
};

enum class Presence : std::uint8_t { unheard, online, silent };

/// A parking place as the newest records tell it.
struct BayView {
    protocol::BayState state{};
    UnixMillis since;
    protocol::TagToken tag{};
    /// Its outlet, 0 none or not told; the bike's card, 0 not known.
    protocol::OutletNumber outlet{};
    protocol::CardToken card{};
    /// What is the matter with whatever stands there, and since when.
    std::optional<protocol::BayMatter> matter;
    UnixMillis matter_since;
    /// The bay's sensor is silent or owns up to a fault.
    std::optional<protocol::BayMatter> unseen;
    PostTime state_of;
    PostTime matter_of;

    /// Since when a bike stands there whose session is over.
    [[nodiscard]] std::optional<UnixMillis> occupied_since() const
    {
        const bool over =
            matter == protocol::BayMatter::finished || matter == protocol::BayMatter::overstay;
        return over ? std::optional{matter_since} : std::nullopt;
    }
};

/// A zone, barrier, detector, tag reader or annunciator as the newest records tell it.
struct PlaceView {
    std::optional<protocol::BayMatter> matter;
    UnixMillis matter_since;
    std::optional<protocol::BayMatter> unseen;
    PostTime matter_of;
};

struct PostView {
    PostNo no{};
    std::string id;
    Presence presence{};
    Instant heard;
    UnixMillis heard_at;
    std::uint32_t boot{};
    std::uint8_t outlet_count{};
    Millivolts mains;
    std::array<std::byte, 8> firmware{};
    std::array<std::byte, 8> settings{};
    std::uint32_t settings_version{};
    std::array<OutletView, protocol::outlet_limit> outlets{};
    /// What the whole post is cut for: causes come and go each for itself.
    std::set<protocol::TripCause> trips;
    /// The post's own condition; the inputs may be newer than the rest.
    std::optional<protocol::PostReading> reading;
    std::array<std::optional<protocol::InputCondition>, protocol::input_limit> inputs{};
    PostTime reading_of;
    PostTime inputs_of;
    std::array<BayView, protocol::bay_limit> bays{};
    /// Places that are no bays, as far as anything was told of them.
    std::map<std::pair<protocol::PlaceKind, protocol::PlaceNumber>, PlaceView> places;

    /// Outlets are numbered from 1.
    [[nodiscard]] const OutletView& outlet(protocol::OutletNumber n) const
    {
        return outlets[n - 1u];
    }
    /// Bays are numbered from 1.
    [[nodiscard]] const BayView& bay(protocol::BayNumber n) const { return bays[n - 1u]; }

    struct TripOn {
        protocol::TripCause cause;
        /// `whole_post` when the outlet is down with the post.
        protocol::OutletNumber outlet;
    };
    /// The gravest latch that keeps this outlet off; of equally grave ones the post's, because it
    /// must go first.
    [[nodiscard]] std::optional<TripOn> trip_on(protocol::OutletNumber n) const;
    /// Since when a bike whose session is over stands at this outlet, as far as its bay is watched.
    [[nodiscard]] std::optional<UnixMillis> occupied_since(protocol::OutletNumber n) const;
    [[nodiscard]] bool is_in(protocol::InputName input, protocol::InputCondition condition) const
    {
        return inputs[static_cast<std::size_t>(input)] == condition;
    }
};

/// A post that says nothing for this long is an alarm: idle telemetry comes every 60 s. Our choice,
/// because what follows has to reach a person within 90 s of the silence (I-18, F-136).
inline constexpr Millis silence_limit{85'000};

/// A post's wall time is believed when its own error bound is at most this (our choice).
inline constexpr Millis believable_error{5'000};

/// Posts one edge will take in; more than any site has, and a bound on what a broken or hostile
/// broker can make us hold (our choice).
inline constexpr std::size_t post_limit = 20'000;

/// What every post and outlet is doing now, from the records alone: there is no second truth.
/// Pages and answers are made from it on the deciding thread; nothing here waits.
class Fleet {
public:
    [[nodiscard]] const std::deque<PostView>& posts() const { return posts_; }
    [[nodiscard]] const PostView* find(std::string_view id) const;
    [[nodiscard]] const PostView& post(PostNo no) const;
    /// Moves whenever anything a viewer could see has changed.
    [[nodiscard]] std::uint64_t version() const { return version_; }

    /// The post's number; makes a post of an id that is new. 0 when there is no room for more.
    PostNo number_of(const protocol::PostId& id);
    /// From the log at start; numbers come in order, from 1.
    void restore(PostView post);

    void heard(PostNo no, Now now);
    void apply(PostNo no, const protocol::Birth& birth, Now now);
    void apply(PostNo no, const protocol::Record& record, Now now);
    /// Its journal began anew, and so did its clock: nothing known of its outlets holds any more.
    void restarted(PostNo no);
    /// Marks it silent when its time is up; true when that is news.
    bool judge_silence(PostNo no, Instant now);

private:
    struct Apply;
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const
        {
            return std::hash<std::string_view>{}(text);
        }
    };

    std::deque<PostView> posts_;
    std::unordered_map<std::string, PostNo, Hash, std::equal_to<>> numbers_;
    std::uint64_t version_{0};
};

/// The record's own wall time when it is good enough, else its arrival.
[[nodiscard]] UnixMillis wall_of(const protocol::RecordHead& head, UnixMillis arrived);

}  // namespace ks::edge
