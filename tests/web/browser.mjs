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

export function launch() {
  return chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: flags });
}

/// A reader with a language and a screen. `complaints` grows with every console error, page error
/// and violation of the content security policy.
export async function reader(browser, { locale, viewport, colorScheme = "light" }) {
  const context = await browser.newContext({
    locale,
    viewport,
    colorScheme,
    // The site's own authority is not the machine's; what it signs is checked elsewhere.
    ignoreHTTPSErrors: true,
    deviceScaleFactor: viewport.width < 500 ? 2 : 1,
  });
  const complaints = [];
  const page = await context.newPage();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (request) => {
    // Leaving a page ends its event stream: that is the browser's word for it, no fault.
    if (!request.url().includes("/stream")) complaints.push(`failed: ${request.url()}`);
  });
  return { context, page, complaints };
}

export async function sign_in(page, shed) {
  await page.goto(shed.url);
  await page.fill("#user", shed.user);
  await page.fill("#password", shed.password);
  await page.keyboard.press("Enter");
  await page.waitForSelector(".trust.live", { timeout: 20_000 });
}

/// Serious findings of axe-core on the page as it stands. The script is injected by the debugger,
/// past the page's policy, which would rightly refuse it.
export async function findings(page) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => globalThis.axe.run());
  const grave = result.violations.filter((each) => ["serious", "critical"].includes(each.impact));
  return grave.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(" ")}`);
}

/// True when nothing sticks out to the side.
export function fits(page) {
  return page.evaluate(
    () => document.documentElement.scrollWidth <= document.documentElement.clientWidth,
  );
}
