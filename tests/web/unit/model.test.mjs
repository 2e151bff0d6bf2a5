import assert from "node:assert/strict";
import { test } from "node:test";
import { source } from "./sources.mjs";

const { after, in_order, is_after, merged, model_of, news_limit } = await source("model");
const { points_to_end, same_alarm, welded_in, without_power } = await source("model");
const { bays_of, is_free, noisy_inputs, places_amiss, urgent_in } = await source("model");

const outlet = (n, state) => ({
  outlet: n,
  state,
  since: 1,
  session: null,
  trip: null,
  occupied_since: null,
});
const site = () => ({
  site: "SITE-0001",
  now: 1000,
  seq: "10",
  behind: 0,
  alarms_active: 0,
  posts: [{ post: "POST-0001", online: true, outlets: [outlet(1, "idle"), outlet(2, "idle")] }],
});
const charging = (seq) => ({
  kind: "outlet",
  seq,
  data: { post: "POST-0001", ...outlet(2, "charging") },
});

test("an outlet's news changes that outlet and no other", () => {
  const model = after(model_of(site()), charging("11"));
  const states = model.site.posts[0].outlets.map((each) => each.state);
  assert.deepEqual(states, ["idle", "charging"]);
});

test("old news on its way cannot undo a newer snapshot", () => {
  const before = model_of(site());
  assert.equal(after(before, charging("10")), before);
  assert.equal(after(before, charging("9")), before);
});

test("sequences beyond a number's precision keep their order", () => {
  assert.equal(is_after("9007199254740993", "9007199254740992"), true);
  assert.equal(is_after("9999", "10000"), false);
  assert.equal(is_after("10000", "9999"), true);
  assert.equal(is_after("7", "7"), false);
});

test("a post that was never seen takes its place by name", () => {
  const line = { post: "POST-0000", online: true, since: null, firmware: null, mains_mv: null };
  const model = after(model_of(site()), { kind: "post", seq: "11", data: line });
  assert.deepEqual(
    model.site.posts.map((each) => each.post),
    ["POST-0000", "POST-0001"],
  );
  const news = { kind: "outlet", seq: "11", data: { post: "POST-0000", ...outlet(1, "idle") } };
  assert.equal(after(model, news).site.posts[0].outlets.length, 1);
});

test("a post's silence keeps what its outlets said last", () => {
  const line = { post: "POST-0001", online: false, since: 5, firmware: null, mains_mv: null };
  const model = after(model_of(site()), { kind: "post", seq: "11", data: line });
  assert.equal(model.site.posts[0].online, false);
  assert.equal(model.site.posts[0].outlets.length, 2);
});

test("an alarm counts at once and is listed once however often it changes", () => {
  const alarm = (condition, active) => ({
    kind: "alarm",
    seq: "12",
    data: { id: "3", condition, alarms_active: active },
  });
  const raised = after(model_of(site()), alarm("active", 1));
  assert.equal(raised.site.alarms_active, 1);
  const cleared = after(raised, alarm("cleared", 0));
  assert.equal(cleared.site.alarms_active, 0);
  assert.equal(cleared.alarms.length, 1);
  assert.equal(cleared.alarms[0].condition, "cleared");
});

test("news for open lists are bounded", () => {
  let model = model_of(site());
  for (let id = 0; id < 2 * news_limit; ++id) {
    const data = { id: String(id), condition: "active", alarms_active: 1 };
    model = after(model, { kind: "alarm", seq: "12", data });
  }
  assert.equal(model.alarms.length, news_limit);
});

test("a list shows news first and changes known rows in place", () => {
  const rows = [{ id: "2", n: 1 }, { id: "1", n: 1 }];
  const news = [{ id: "3", n: 2 }, { id: "1", n: 2 }];
  assert.deepEqual(merged(rows, news, same_alarm), [
    { id: "3", n: 2 },
    { id: "2", n: 1 },
    { id: "1", n: 2 },
  ]);
});

test("a welded relay takes its whole post's power, and the others are not called free", () => {
  const trip = (cause) => ({ cause, measured: 14_000, limit: 30, at: 1 });
  const welded = { ...outlet(2, "locked_out"), trip: trip("relay_welded") };
  const post = { post: "POST-0001", outlets: [outlet(1, "idle"), welded] };
  assert.deepEqual(welded_in(post), [{ cause: "relay_welded", outlet: 2 }]);
  assert.equal(without_power(post, post.outlets[0]), true);
  assert.equal(without_power(post, post.outlets[1]), false);

  const harmless = { ...welded, trip: trip("overload") };
  assert.equal(without_power({ outlets: [outlet(1, "idle"), harmless] }, outlet(1, "idle")), false);
});

test("a bike that stands on after its session leaves its outlet idle, but not free", () => {
  const [here, gone] = [{ ...outlet(1, "idle"), occupied_since: 1 }, outlet(2, "idle")];
  const post = { post: "POST-0001", outlets: [here, gone, outlet(3, "charging")] };
  assert.deepEqual(
    post.outlets.map((each) => is_free(post, each)),
    [false, true, false],
  );
});

test("a welded contactor is one misfortune of the post, not one of each outlet", () => {
  const trip = { cause: "contactor_welded", measured: 14_000, limit: 30, at: 1 };
  const outlets = [1, 2, 3].map((n) => ({ ...outlet(n, "locked_out"), trip }));
  assert.deepEqual(welded_in({ outlets }), [{ cause: "contactor_welded", outlet: 0 }]);
});

test("a post that is cut as a whole has no outlet that is free", () => {
  const smoke = { cause: "smoke", whole_post: true, measured: null, limit: null, at: 1 };
  const outlets = [1, 2].map((n) => ({ ...outlet(n, "idle"), trip: smoke }));
  assert.equal(without_power({ outlets }, outlets[0]), true);
  assert.deepEqual(urgent_in({ outlets }), [{ cause: "smoke", outlet: 0 }]);

  const own = { ...smoke, whole_post: false, cause: "overload" };
  const one = [{ ...outlet(1, "idle"), trip: own }];
  assert.equal(without_power({ outlets: one }, one[0]), false);
  assert.deepEqual(urgent_in({ outlets: one }), []);
});

test("what burns and what is welded are both urgent, a dip of the mains is not", () => {
  const trip = (cause, whole_post) => ({ cause, whole_post, measured: 1, limit: 1, at: 1 });
  const outlets = [
    { ...outlet(1, "locked_out"), trip: trip("relay_welded", false) },
    { ...outlet(2, "idle"), trip: trip("heat", true) },
    { ...outlet(3, "idle"), trip: trip("undervoltage", true) },
  ];
  assert.deepEqual(urgent_in({ outlets }), [
    { cause: "relay_welded", outlet: 1 },
    { cause: "heat", outlet: 0 },
  ]);
});

test("of a post's inputs only those that speak are told", () => {
  const inputs = { smoke: "quiet", heat: "fault", water: "active" };
  assert.deepEqual(noisy_inputs({ inputs }), [
    { input: "heat", condition: "fault" },
    { input: "water", condition: "active" },
  ]);
});

test("bays are counted, and those with something the matter are named", () => {
  const bay = (n, state, matter, unseen) => ({ bay: n, state, matter, unseen });
  const bays = [
    bay(1, "taken", null, null),
    bay(2, "taken", "overstay", null),
    bay(3, "free", null, "sensor_silent"),
    bay(4, "unknown", null, null),
    bay(5, "taken", "finished", null),
  ];
  const told = bays_of({ bays });
  assert.equal(told.taken, 3);
  assert.equal(told.known, 5);
  assert.deepEqual(told.amiss.map((each) => each.bay), [2, 3]);
});

test("a zone, barrier or detector is named while something is the matter or nobody watches", () => {
  const place = (kind, n, matter, unseen) => ({ kind, place: n, matter, unseen });
  const places = [
    place("zone", 1, "forbidden", null),
    place("zone", 2, null, null),
    place("smoke_detector", 1, null, "sensor_faulty"),
  ];
  assert.deepEqual(
    places_amiss({ places }).map(({ place, matter }) => [place.kind, matter]),
    [["zone", "forbidden"], ["smoke_detector", "sensor_faulty"]],
  );
});

test("all is in order only while every post is heard and nothing is on its way", () => {
  assert.equal(in_order(site()), true);
  assert.equal(in_order({ ...site(), alarms_active: 1 }), false);
  assert.equal(in_order({ ...site(), behind: 1 }), false);
  assert.equal(in_order({ ...site(), posts: [] }), false);
  assert.equal(in_order({ ...site(), posts: [{ online: false, outlets: [] }] }), false);
});

test("the curve of an ended session goes on to its end, and a running one's does not", () => {
  const first = { at: 1_000, power_mw: 0, energy_mwh: 0 };
  const points = [first, { at: 5_000, power_mw: 9, energy_mwh: 4 }];
  const session = { reason: "tripped", started: 1_000, elapsed_ms: 5_500, energy_mwh: 6 };
  const end = { at: 6_500, power_mw: 0, energy_mwh: 6 };
  assert.deepEqual(points_to_end({ session, points }), [...points, end]);
  assert.deepEqual(points_to_end({ session: { ...session, reason: null }, points }), points);
  assert.deepEqual(points_to_end({ session, points: [] }), []);

  // Clocks of two records may disagree by a breath; time on a curve never runs backwards.
  const early = points_to_end({ session: { ...session, elapsed_ms: 3_999 }, points });
  assert.equal(early[2].at, 5_000);
});
