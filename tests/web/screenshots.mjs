// Every page and main state as a picture, in both languages, on both screens, light and dark: for
// a person to look at. `npm run screenshots -- FOLDER [FILTER]`; the filter is a part of a name
// such as `en-phone`.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launch, locales, reader, sign_in, sizes } from "./browser.mjs";
import { here, start_shed } from "./shed.mjs";

const [folder = "screenshots", filter = ""] = process.argv.slice(2);
const evening = join(here, "../../config/scenarios/evening.toml");
/// By then the evening has had its arrivals, its trip and its welded relay.
const evening_ms = 50_000;

const looks = Object.entries(locales)
  .flatMap(([language, locale]) =>
    Object.entries(sizes).flatMap(([size, viewport]) =>
      ["light", "dark"].map((colorScheme) => ({
        name: `${language}-${size}-${colorScheme}`,
        options: { locale, viewport, colorScheme },
      })),
    ),
  )
  .filter(({ name }) => name.includes(filter));

/// One reader with the means to take pictures and to walk.
async function visitor(browser, shed, { name, options }) {
  const { context, page } = await reader(browser, { ...options, home: shed.url });
  const picture = (state, whole = true) =>
    page.screenshot({ path: join(folder, `${state}-${name}.png`), fullPage: whole });
  const go = async (hash, selector) => {
    await page.goto(`${shed.url}${hash}`);
    await page.locator(selector).first().waitFor();
  };
  return { context, page, picture, go };
}

async function guess(page) {
  await page.fill("#user", "guest");
  await page.fill("#password", "not the password");
  await page.keyboard.press("Enter");
  await page.locator(".failure").waitFor();
}

/// The door, and how it refuses.
async function door(browser, shed, look) {
  const { context, page, picture, go } = await visitor(browser, shed, look);
  await go("", "#user");
  await picture("login");
  await page.route("**/api/v1/login", (route) => route.fulfill(answers.refused));
  await guess(page);
  await picture("login-refused");
  await page.unroute("**/api/v1/login");
  await page.route("**/api/v1/login", (route) => route.fulfill(answers.slow_down));
  await page.reload();
  await guess(page);
  await picture("login-slow-down");
  await context.close();
}

/// As the daemon says them; guessing for real would shut out every reader after the third.
const answers = {
  refused: { status: 401, json: { error: { id: "0123456789", code: "login_refused" } } },
  slow_down: {
    status: 429,
    headers: { "Retry-After": "32" },
    json: { error: { id: "0123456789", code: "slow_down" } },
  },
};

/// A site where nothing has happened.
async function quiet_pages(browser, shed, look) {
  const { context, page, picture, go } = await visitor(browser, shed, look);
  await sign_in(page, shed);
  await go("#/", ".tile");
  await picture("site-idle");
  await go("#/alarms", ".empty");
  await picture("alarms-none");
  await go("#/sessions", ".empty");
  await picture("sessions-none");
  await go("#/nowhere", ".empty");
  await picture("not-found");
  await page.route("**/api/v1/site", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), posts: [] } });
  });
  await page.goto(`${shed.url}#/`);
  await page.reload();
  await page.locator("main .empty").waitFor();
  await picture("site-empty");
  await context.close();
}

async function busy_pages(visit) {
  const { picture, go, page } = visit;
  await go("#/", ".tile.locked_out");
  await picture("site");
  await picture("site-first-screen", false);
  await go("#/alarms", ".alarm");
  await picture("alarms");
  await go("#/alarms?state=all", ".alarm");
  await picture("alarms-all");
  await go("#/sessions", ".sessions tbody tr");
  await picture("sessions");
  await page.locator(".sessions tr:has(.reason.tripped) a").first().click();
  await page.locator(".plot canvas").waitFor();
  await picture("curve-tripped");
  await go("#/sessions", ".sessions tbody tr");
  await page.locator(".sessions tr:has(.reason.running) a").last().click();
  await page.locator(".plot canvas").waitFor();
  await page.locator(".points summary").click();
  await picture("curve-running");
  await go("#/", ".tile.locked_out");
}

mkdirSync(folder, { recursive: true });
const browser = await launch();
const quiet = await start_shed();
const busy = await start_shed({ scenario: evening, posts: 3 });
const opened = Date.now();
try {
  for (const look of looks) {
    await door(browser, quiet, look);
    await quiet_pages(browser, quiet, look);
  }
  await new Promise((resolve) => setTimeout(resolve, opened + evening_ms - Date.now()));
  const visits = [];
  for (const look of looks) {
    const visit = await visitor(browser, busy, look);
    await sign_in(visit.page, busy);
    await busy_pages(visit);
    visits.push(visit);
  }
  busy.freeze();
  for (const { page, picture } of visits) {
    await page.locator(".trust.offline").waitFor({ timeout: 60_000 });
    await picture("offline", false);
  }
} finally {
  await browser.close();
  await busy.stop();
  await quiet.stop();
}
