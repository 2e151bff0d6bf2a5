// How long the first visit takes on loopback, in a browser that has nothing of ours yet: until the
// login can be used, and from the click until the live page shows every outlet.
// `npm run load-time`.
import { launch, locales, reader, sizes } from "./browser.mjs";
import { start_shed } from "./shed.mjs";

const visits = 5;

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function visit(browser, shed) {
  const looks = { locale: locales.zh, viewport: sizes.phone, home: shed.url };
  const { context, page } = await reader(browser, looks);
  const opened = performance.now();
  await page.goto(shed.url);
  await page.locator("#user:focus").waitFor();
  const usable_ms = performance.now() - opened;
  const wire_bytes = await page.evaluate(() =>
    ["navigation", "resource"]
      .flatMap((kind) => performance.getEntriesByType(kind))
      .reduce((sum, each) => sum + each.transferSize, 0),
  );

  await page.fill("#user", shed.user);
  await page.fill("#password", shed.password);
  const clicked = performance.now();
  await page.keyboard.press("Enter");
  await page.locator(".tile").nth(3).waitFor();
  const signed_in_ms = performance.now() - clicked;

  const reopened = performance.now();
  await page.reload();
  await page.locator(".tile").nth(3).waitFor();
  const again_ms = performance.now() - reopened;
  await context.close();
  return { usable_ms, signed_in_ms, again_ms, wire_bytes };
}

const browser = await launch();
const shed = await start_shed();
try {
  const seen = [];
  for (let i = 0; i < visits; ++i) seen.push(await visit(browser, shed));
  const names = ["usable_ms", "signed_in_ms", "again_ms", "wire_bytes"];
  const figures = names.map((name) => [name, Math.round(median(seen.map((each) => each[name])))]);
  console.log(JSON.stringify({ visits, ...Object.fromEntries(figures) }));
} finally {
  await browser.close();
  await shed.stop();
}
