import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { source, web } from "./sources.mjs";

const { curve_link, route_of } = await source("route");

test("every page has its address, and an address no page has says so", () => {
  const pages = [
    ["", { page: "site" }],
    ["#/", { page: "site" }],
    ["#/alarms", { page: "alarms", state: "active" }],
    ["#/alarms?state=all", { page: "alarms", state: "all" }],
    ["#/alarms?state=%00", { page: "alarms", state: "active" }],
    ["#/sessions?post=POST-0001", { page: "sessions", post: "POST-0001" }],
    ["#/sessions/POST-0001/7", { page: "curve", post: "POST-0001", session: "7" }],
    ["#/sessions/POST-0001", { page: "unknown" }],
    ["#/sessions/%E0%A4%A/7", { page: "unknown" }],
    ["#/elsewhere", { page: "unknown" }],
  ];
  for (const [hash, route] of pages) assert.deepEqual(route_of(hash), route, hash);
});

test("a session's address leads back to it, whatever its post is called", () => {
  const link = curve_link("A/B?C", "4294967297");
  assert.deepEqual(route_of(link), { page: "curve", post: "A/B?C", session: "4294967297" });
});

test("the first load is at most 150 kB on the wire", () => {
  const files = (folder) =>
    readdirSync(folder).flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? files(path) : [path];
    });
  const whole = files(join(web, "dist")).filter((path) => !/\.gz$|\.built-from$/.test(path));
  const bytes = whole.reduce((sum, path) => sum + gzipSync(readFileSync(path)).length, 0);
  assert.ok(whole.length >= 3, "the app is built");
  assert.ok(bytes <= 150_000, `${bytes} bytes`);
});
