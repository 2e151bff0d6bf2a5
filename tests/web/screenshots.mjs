// Every page as a picture, in both languages, on both screens, light and dark: for a person to look
// at. `npm run screenshots -- FOLDER [SECONDS] [SCENARIO]`.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launch, locales, reader, sign_in, sizes } from "./browser.mjs";
import { here, start_shed } from "./shed.mjs";

const usual = join(here, "../../config/scenarios/evening.toml");
const [folder = "screenshots", seconds = "50", scenario = usual] = process.argv.slice(2);

async function picture(page, name) {
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

async function all_pages(page, shed, name) {
  await page.goto(shed.url);
  await page.waitForSelector("#user");
  await picture(page, `login-${name}`);
  await sign_in(page, shed);
  await page.waitForSelector(".tile");
  await picture(page, `site-${name}`);
  await page.goto(`${shed.url}#/alarms?state=all`);
  await page.waitForSelector(".alarm, .empty");
  await picture(page, `alarms-${name}`);
  await page.goto(`${shed.url}#/sessions`);
  await page.waitForSelector(".sessions tbody tr, .empty");
  await picture(page, `sessions-${name}`);
  await page.click(".sessions tbody a >> nth=-1");
  await page.waitForSelector(".plot canvas");
  await picture(page, `curve-${name}`);
}

mkdirSync(folder, { recursive: true });
const shed = await start_shed(scenario);
const browser = await launch();
try {
  await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
  for (const [language, locale] of Object.entries(locales)) {
    for (const [size, viewport] of Object.entries(sizes)) {
      for (const colorScheme of ["light", "dark"]) {
        const { context, page } = await reader(browser, { locale, viewport, colorScheme });
        await all_pages(page, shed, `${language}-${size}-${colorScheme}`);
        await context.close();
      }
    }
  }
} finally {
  await browser.close();
  await shed.stop();
}
