#pragma once

#include "edge/domain/site.hpp"
#include "edge/store/reader.hpp"

#include <boost/json.hpp>

#include <string>
#include <vector>

// The bodies of /api/v1. Times are unix milliseconds, energies mWh, powers mW, temperatures 0.1
// degrees C; 64-bit ids are strings, because a browser's numbers end at 2^53.
namespace ks::edge {

/// The last four characters of an opaque token behind dots (S-65); null for none.
[[nodiscard]] boost::json::value masked(protocol::CardToken card);

[[nodiscard]] boost::json::object outlet_json(const Site& site, const PostView& post,
                                              protocol::OutletNumber outlet, UnixMillis now);
/// The newest cut of an outlet with the readings before it; null when none is known.
[[nodiscard]] boost::json::value last_trip_json(const OutletView& outlet);
/// A post without its outlets: its link, its own condition and its bays.
[[nodiscard]] boost::json::object post_json(const PostView& post);
[[nodiscard]] boost::json::object alarm_json(const Fleet& fleet, const Alarm& alarm);
[[nodiscard]] boost::json::object session_json(const Fleet& fleet, const SessionRow& row);

/// Everything the live page needs, as of `seq`.
[[nodiscard]] boost::json::object site_json(const Site& site, LogId seq, UnixMillis now);
[[nodiscard]] std::size_t count_active(const AlarmBook& alarms);

/// Active alarms, newest first, below `before`: one more than `limit` when there are more.
[[nodiscard]] std::vector<Alarm> active_alarms(const AlarmBook& alarms, const AlarmQuery& query);
/// A list with what the log knows of each. One row more than `limit` tells that there are more;
/// `next` is null after the last.
[[nodiscard]] boost::json::object alarms_json(const Fleet& fleet, const std::vector<Alarm>& rows,
                                              const std::vector<AlarmTrace>& traces,
                                              std::size_t limit);
[[nodiscard]] boost::json::object sessions_json(const Fleet& fleet, std::vector<SessionRow> rows,
                                                std::size_t limit);

/// Most points of one answer; a screen has fewer columns (our choice).
inline constexpr std::size_t curve_points = 1'000;
[[nodiscard]] boost::json::object curve_json(const Fleet& fleet, const SessionRow& row,
                                             const std::vector<CurvePoint>& points);

[[nodiscard]] boost::json::object status_json(const Site& site, const LogCounts& counts);

}  // namespace ks::edge
