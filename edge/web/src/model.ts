// What the page knows of the site, and how one event changes it. Pure: no clock, no network.
import type {
  Alarm,
  Bay,
  Curve,
  CurvePoint,
  Outlet,
  Place,
  Post,
  PostLine,
  Session,
  Site,
} from "./api";

export type LiveEvent =
  | { kind: "outlet"; seq: string; data: Outlet & { post: string } }
  | { kind: "post"; seq: string; data: PostLine }
  | { kind: "alarm"; seq: string; data: Alarm & { alarms_active: number } }
  | { kind: "session"; seq: string; data: Session }
  | { kind: "beat"; data: Beat };

export interface Beat {
  now: number;
  behind: number;
}

/// How far the page may be trusted.
export type Contact = "connecting" | "live" | "offline";

export interface Model {
  site: Site;
  /// What changed lately, newest first and bounded, for the lists that are open.
  alarms: Alarm[];
  sessions: Session[];
}

/// News kept for open lists. A list that missed more is reloaded anyway.
export const news_limit = 50;

export function model_of(site: Site): Model {
  return { site, alarms: [], sessions: [] };
}

/// Sequences are 64 bits as text: compared by length, then by digits.
export function is_after(seq: string, than: string): boolean {
  if (seq.length !== than.length) return seq.length > than.length;
  return seq > than;
}

function with_outlet(site: Site, change: Outlet & { post: string }): Site {
  const { post: name, ...outlet } = change;
  const posts = site.posts.map((post) => {
    if (post.post !== name) return post;
    const known = post.outlets.some((each) => each.outlet === outlet.outlet);
    const outlets = known
      ? post.outlets.map((each) => (each.outlet === outlet.outlet ? outlet : each))
      : [...post.outlets, outlet].sort((a, b) => a.outlet - b.outlet);
    return { ...post, outlets };
  });
  return { ...site, posts };
}

function with_post(site: Site, change: PostLine): Site {
  const known = site.posts.some((post) => post.post === change.post);
  const posts = known
    ? site.posts.map((post) => (post.post === change.post ? { ...post, ...change } : post))
    : [...site.posts, { ...change, outlets: [] }].sort((a, b) => (a.post < b.post ? -1 : 1));
  return { ...site, posts };
}

/// The newest of each id, newest first.
function newest<T>(news: T[], one: T, same: (a: T, b: T) => boolean): T[] {
  return [one, ...news.filter((each) => !same(each, one))].slice(0, news_limit);
}

/// Lays news over a list that was loaded earlier: known rows change in place and keep what the news
/// does not tell; new ones come first.
export function merged<T>(rows: T[], news: T[], same: (a: T, b: T) => boolean): T[] {
  const fresh = news.filter((one) => !rows.some((row) => same(row, one)));
  const kept = rows.map((row) => ({ ...row, ...news.find((one) => same(one, row)) }));
  return [...fresh, ...kept];
}

export const same_alarm = (a: Alarm, b: Alarm): boolean => a.id === b.id;
export const same_session = (a: Session, b: Session): boolean =>
  a.session === b.session && a.post === b.post;

/// One event applied. What the snapshot already holds is left out, so that an old event that was
/// on its way cannot undo a newer snapshot.
export function after(model: Model, event: LiveEvent): Model {
  if (event.kind === "beat") {
    const { now, behind } = event.data;
    return { ...model, site: { ...model.site, now, behind } };
  }
  if (!is_after(event.seq, model.site.seq)) return model;
  switch (event.kind) {
    case "outlet":
      return { ...model, site: with_outlet(model.site, event.data) };
    case "post":
      return { ...model, site: with_post(model.site, event.data) };
    case "alarm": {
      const { alarms_active, ...alarm } = event.data;
      return {
        ...model,
        site: { ...model.site, alarms_active },
        alarms: newest(model.alarms, alarm, same_alarm),
      };
    }
    case "session":
      return { ...model, sessions: newest(model.sessions, event.data, same_session) };
  }
}

/// What conducts although it was told to open: an outlet's relay, or with outlet 0 the contactor,
/// which outranks the relays it should have cut.
export interface Welded {
  cause: string;
  outlet: number;
}

export function welded_in(post: Post): Welded[] {
  const found = (cause: string) => post.outlets.filter(({ trip }) => trip?.cause === cause);
  if (found("contactor_welded").length > 0) return [{ cause: "contactor_welded", outlet: 0 }];
  return found("relay_welded").map(({ outlet }) => ({ cause: "relay_welded", outlet }));
}

/// An outlet in order, at a post that is cut as a whole or whose contactor is open because of a
/// neighbour's relay.
export function without_power(post: Post, outlet: Outlet): boolean {
  const down = outlet.trip?.whole_post === true || welded_in(post).length > 0;
  return outlet.state === "idle" && down;
}

/// Somebody could charge there now. A bike that stands on after its session takes the place.
export function is_free(post: Post, outlet: Outlet): boolean {
  return (
    outlet.state === "idle" && !without_power(post, outlet) && outlet.occupied_since === null
  );
}

const fire_causes = new Set(["smoke", "heat", "extinguisher", "group_cut"]);

/// What cannot wait for a tap on «see alarms»: what conducts although it must not, and what a
/// detector calls fire.
export function urgent_in(post: Post): Welded[] {
  const causes = new Set(
    post.outlets
      .map(({ trip }) => trip)
      .filter((trip) => trip?.whole_post === true && fire_causes.has(trip.cause))
      .map((trip) => trip?.cause ?? ""),
  );
  return [...welded_in(post), ...[...causes].map((cause) => ({ cause, outlet: 0 }))];
}

/// What the post's inputs tell that somebody should know.
export function noisy_inputs(post: PostLine): { input: string; condition: string }[] {
  return Object.entries(post.inputs)
    .map(([input, condition]) => ({ input, condition }))
    .filter(({ condition }) => condition !== "quiet");
}

/// Zones, barriers and detectors with something the matter, or that nobody watches.
export function places_amiss(post: PostLine): { place: Place; matter: string }[] {
  return post.places.flatMap((place) => {
    const matter = place.matter ?? place.unseen;
    return matter === null ? [] : [{ place, matter }];
  });
}

/// Bays with something the matter, and how many of those known are taken. A bike whose session has
/// just ended is nothing the matter yet.
export function bays_of(post: PostLine): { taken: number; known: number; amiss: Bay[] } {
  return {
    taken: post.bays.filter(({ state }) => state === "taken").length,
    known: post.bays.length,
    amiss: post.bays.filter(
      ({ matter, unseen }) => (matter !== null && matter !== "finished") || unseen !== null,
    ),
  };
}

/// Nothing asks for anybody: no alarm, every post heard, nothing of theirs still on its way.
export function in_order(site: Site): boolean {
  const heard = site.posts.length > 0 && site.posts.every((post) => post.online);
  return heard && site.alarms_active === 0 && site.behind === 0;
}

/// The points to draw. Frames end before a session does; its own record has the last word on when
/// that was and on the energy, and from then on there is no power.
export function points_to_end({ session, points }: Curve): CurvePoint[] {
  const { reason, started, elapsed_ms: elapsed, energy_mwh } = session;
  const last = points[points.length - 1];
  if (reason === null || started === null || elapsed === null || !last) return points;
  return [...points, { at: Math.max(started + elapsed, last.at), power_mw: 0, energy_mwh }];
}
