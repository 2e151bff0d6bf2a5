// The console on a bad day: what a page says while it knows nothing, and how it goes on.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { findings, launch, locales, reader, sign_in, sizes } from "../browser.mjs";
import { start_line } from "../line.mjs";
import { start_shed } from "../shed.mjs";

let browser;
let shed;
let line;
let visit;

before(async () => {
  browser = await launch();
  shed = await start_shed();
  line = await start_line(shed.port);
  visit = await reader(browser, {
    locale: locales.zh,
    viewport: sizes.phone,
    home: line.url,
  });
  await sign_in(visit.page, { ...shed, url: line.url });
});

after(async () => {
  await browser?.close();
  line?.stop();
  await shed?.stop();
});

test("a daemon that stands still is called offline, and later nothing is missing", async () => {
  const { page } = visit;
  await shed.charge(1, 2);
  await page.locator(".tile.charging").waitFor();
  await page.evaluate(() => (globalThis.never_reloaded = true));

  shed.freeze();
  await page.locator(".trust.offline").waitFor();
  await page.getByText("与站点的连接已中断").waitFor();
  assert.equal(await page.locator(".calm").count(), 0);
  assert.deepEqual(await findings(page), []);
  await shed.happen({ do: "short", post: "POST-0001", outlet: 2, current: "40A" });

  shed.thaw();
  await page.locator(".trust.live").waitFor();
  await page.locator(".tile.locked_out").waitFor();
  await page.locator(".banner").waitFor();
  assert.equal(await page.evaluate(() => globalThis.never_reloaded), true);
});

test("a cut wire is mended by asking for what came after the last event", async () => {
  const { page } = visit;
  const seen = [];
  page.on("request", (request) => {
    if (request.url().includes("/stream")) seen.push(request);
  });

  line.cut();
  await page.locator(".trust.offline").waitFor();
  await page.locator(".trust.live").waitFor();

  const headers = await seen[0].allHeaders();
  assert.match(headers["last-event-id"], /^[1-9]\d*$/);
  assert.equal(await page.evaluate(() => globalThis.never_reloaded), true);
});

test("after a restart the page asks for a new login and shows what the log kept", async () => {
  const { page } = visit;
  await page.goto(`${line.url}#/alarms`);
  await page.locator(".alarm.active").waitFor();

  await shed.halt();
  await page.locator(".trust.offline").waitFor();
  await shed.start("--keep");

  await page.locator("#user").waitFor();
  await page.getByText("登录已过期").waitFor();
  await page.fill("#user", shed.user);
  await page.fill("#password", shed.password);
  await page.keyboard.press("Enter");
  await page.locator(".alarm.active", { hasText: "过流" }).waitFor();
});
