#pragma once

#include "firmware/protocol/fields.hpp"

// How the body of each kind of record lies in the bytes. `put` and `take` of one kind stand side by
// side, by subject: record_of_sessions.cpp, record_of_protection.cpp, record_of_readings.cpp,
// record_of_post.cpp.
//
// A braced list is read from left to right, so `take` names the fields in the order in which they
// lie in the bytes.
namespace ks::protocol {

void put(CborWriter& out, const WallTime& wall);
void put(CborWriter& out, const OutletReading& reading);

void put(CborWriter& out, const OutletChanged& body);
void put(CborWriter& out, const SessionStarted& body);
void put(CborWriter& out, const SessionProgressed& body);
void put(CborWriter& out, const SessionEnded& body);
void put(CborWriter& out, const AuthorityKept& body);
void put(CborWriter& out, const CardPresented& body);
void put(CborWriter& out, const CardDecided& body);
void put(CborWriter& out, const CardsChanged& body);

void put(CborWriter& out, const Tripped& body);
void put(CborWriter& out, const TripCleared& body);
void put(CborWriter& out, const TripTrace& body);
void put(CborWriter& out, const InputChanged& body);
void put(CborWriter& out, const SelfTestFailed& body);
void put(CborWriter& out, const RelayWear& body);

void put(CborWriter& out, const Telemetry& body);
void put(CborWriter& out, const PostReading& body);
void put(CborWriter& out, const BayChanged& body);
void put(CborWriter& out, const BayNoticed& body);

void put(CborWriter& out, const Booted& body);
void put(CborWriter& out, const Gap& body);
void put(CborWriter& out, const CommandResult& body);
void put(CborWriter& out, const CommandsRefused& body);
void put(CborWriter& out, const SettingsChanged& body);
void put(CborWriter& out, const HeadsSigned& body);
void put(CborWriter& out, const LinkNoticed& body);

template <>
OutletChanged take<OutletChanged>(CborReader& in);
template <>
SessionStarted take<SessionStarted>(CborReader& in);
template <>
SessionProgressed take<SessionProgressed>(CborReader& in);
template <>
SessionEnded take<SessionEnded>(CborReader& in);
template <>
AuthorityKept take<AuthorityKept>(CborReader& in);
template <>
CardPresented take<CardPresented>(CborReader& in);
template <>
CardDecided take<CardDecided>(CborReader& in);
template <>
CardsChanged take<CardsChanged>(CborReader& in);

template <>
Tripped take<Tripped>(CborReader& in);
template <>
TripCleared take<TripCleared>(CborReader& in);
template <>
TripTrace take<TripTrace>(CborReader& in);
template <>
InputChanged take<InputChanged>(CborReader& in);
template <>
SelfTestFailed take<SelfTestFailed>(CborReader& in);
template <>
RelayWear take<RelayWear>(CborReader& in);

template <>
Telemetry take<Telemetry>(CborReader& in);
template <>
PostReading take<PostReading>(CborReader& in);
template <>
BayChanged take<BayChanged>(CborReader& in);
template <>
BayNoticed take<BayNoticed>(CborReader& in);

template <>
Booted take<Booted>(CborReader& in);
template <>
Gap take<Gap>(CborReader& in);
template <>
CommandResult take<CommandResult>(CborReader& in);
template <>
CommandsRefused take<CommandsRefused>(CborReader& in);
template <>
SettingsChanged take<SettingsChanged>(CborReader& in);
template <>
HeadsSigned take<HeadsSigned>(CborReader& in);
template <>
LinkNoticed take<LinkNoticed>(CborReader& in);

}  // namespace ks::protocol
