// Debian's chromium, driven. Everything a page complains about is collected.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const sizes = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1440, height: 900 },
};

export const locales = { zh: "zh-CN", en: "en-GB" };

/// How long a loaded machine may take for anything that a page shows.
const patience_ms = 60_000;

export function launch() {
  return chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: flags });
}

/// A reader with a language and a screen, at the site whose address is `home`. `complaints` grows
/// with every console error, page error, violation of the content security policy, failed request,
/// and request to anybody but the site's own daemon.
export async function reader(browser, { locale, viewport, colorScheme = "light", home }) {
  const context = await browser.newContext({
    locale,
    viewport,
    colorScheme,
    // The site's own authority is not the machine's; what it signs is checked elsewhere.
    ignoreHTTPSErrors: true,
    deviceScaleFactor: viewport.width < 500 ? 2 : 1,
    hasTouch: viewport.width < 500,
  });
  context.setDefaultTimeout(patience_ms);
  const complaints = [];
  const page = await context.newPage();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(home)) complaints.push(`elsewhere: ${request.url()}`);
  });
  page.on("requestfailed", (request) => {
    // Leaving a page ends its event stream: that is the browser's word for it, no fault.
    if (!request.url().includes("/stream")) complaints.push(`failed: ${request.url()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  return { context, page, complaints };
}

export async function sign_in(page, shed) {
  await page.goto(shed.url);
  await page.fill("#user", shed.user);
  await page.fill("#password", shed.password);
  await page.keyboard.press("Enter");
  await page.locator(".trust.live").waitFor();
}

/// Serious findings of axe-core on the page as it stands, and whatever is too small for a thumb.
/// The script is injected by the debugger, past the page's policy, which would rightly refuse it.
export async function findings(page) {
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const rules = { "target-size": { enabled: true } };
    return (await globalThis.axe.run({ rules })).violations;
  });
  const grave = violations.filter((each) => ["serious", "critical"].includes(each.impact));
  return grave.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(" ")}`);
}

/// True when nothing sticks out to the side.
export function fits(page) {
  return page.evaluate(
    () => document.documentElement.scrollWidth <= document.documentElement.clientWidth,
  );
}

/// What a reader of one language meets of the other. The switch between them names the other one on
/// purpose, a firmware's digest is no word, and names and units are the same in both.
export async function foreign_words(page, language) {
  const said = await page.evaluate(() => {
    const hidden = document.querySelectorAll(".language, .post-firmware");
    for (const each of hidden) each.style.display = "none";
    const text = document.body.innerText;
    for (const each of hidden) each.style.display = "";
    return text;
  });
  if (language === "en") return said.match(/\p{Script=Han}+/gu) ?? [];
  const common = /^(Kickstand|POST|DEMO|SITE|admin|kW|Wh|kWh)$/;
  const latin = said.match(/[A-Za-z]{2,}/g) ?? [];
  return latin.filter((word) => !common.test(word));
}
