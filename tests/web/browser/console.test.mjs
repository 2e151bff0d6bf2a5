// The console as people use it: real browser, real daemon, real broker, simulated posts.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { findings, fits, launch, locales, reader, sign_in, sizes } from "../browser.mjs";
import { here, start_shed } from "../shed.mjs";

const words = {
  zh: { live: "实时状态", cause: "过流", alarms: "告警", refused: "用户名或密码不正确。" },
  en: {
    live: "Live state",
    cause: "Overcurrent",
    alarms: "Alarms",
    refused: "User name or password is wrong.",
  },
};

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

async function quiet(page, complaints, what) {
  assert.deepEqual(await findings(page), [], `${what}: axe`);
  assert.ok(await fits(page), `${what}: something sticks out to the side`);
  assert.deepEqual(complaints, [], `${what}: complaints`);
}

for (const language of ["zh", "en"]) {
  for (const size of ["phone", "desktop"]) {
    test(`a trip appears by itself, and its curve opens (${language}, ${size})`, async () => {
      const shed = await start_shed(join(here, "trip.toml"));
      const { context, page, complaints } = await reader(browser, {
        locale: locales[language],
        viewport: sizes[size],
      });
      try {
        await sign_in(page, shed);
        await page.getByRole("heading", { name: words[language].live }).waitFor();
        await page.locator(".tile.charging").first().waitFor({ timeout: 40_000 });
        await quiet(page, complaints, "live page");

        // Nobody reloads: the trip comes over the stream, with its cause in words.
        await page.locator(".tile.locked_out").first().waitFor({ timeout: 60_000 });
        const tile = page.locator(".tile.locked_out").first();
        assert.match(await tile.innerText(), new RegExp(words[language].cause));
        await page.locator(".banner").waitFor();
        await quiet(page, complaints, "live page with a trip");

        await page.locator(".banner").click();
        await page.locator(".alarm.active").first().waitFor();
        assert.match(
          await page.locator(".alarm.active").first().innerText(),
          new RegExp(words[language].cause),
        );
        await quiet(page, complaints, "alarms");

        await page.locator(".alarm-facts a").first().click();
        await page.locator(".plot canvas").waitFor();
        await page.locator(".points summary").click();
        assert.ok((await page.locator(".points tbody tr").count()) > 0);
        await quiet(page, complaints, "curve");

        await page.locator(".navigation a").nth(2).click();
        await page.locator(".sessions tbody tr").first().waitFor();
        await quiet(page, complaints, "sessions");
      } finally {
        await context.close();
        await shed.stop();
      }
    });
  }
}

test("a wrong password is refused in words, and the language can be changed before", async () => {
  const shed = await start_shed(join(here, "trip.toml"));
  const { context, page } = await reader(browser, {
    locale: locales.zh,
    viewport: sizes.phone,
  });
  try {
    await page.goto(shed.url);
    await page.getByRole("button", { name: "English" }).click();
    await page.fill("#user", "admin");
    await page.fill("#password", "not the password");
    await page.keyboard.press("Enter");
    await page.getByText(words.en.refused).waitFor();
    assert.deepEqual(await findings(page), []);
  } finally {
    await context.close();
    await shed.stop();
  }
});
