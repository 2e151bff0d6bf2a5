// The console as people use it: real browser, real daemon, real broker, simulated posts. Four
// readers, each language on each screen, watch one shed at the same time.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  findings,
  fits,
  foreign_words,
  launch,
  locales,
  reader,
  sign_in,
  sizes,
} from "../browser.mjs";
import { start_shed } from "../shed.mjs";

const words = {
  zh: {
    live: "实时状态",
    calm: "一切正常",
    cause: "过流",
    ended: "保护断电",
    refused: "密码不正确",
  },
  en: {
    live: "Live state",
    calm: "All in order",
    cause: "Overcurrent",
    ended: "Protection cut",
    refused: "password is wrong",
  },
};
const waits = { zh: /请在 \d+ 秒后再试/, en: /Try again in \d+ s/ };
const tags = { zh: "zh-CN", en: "en" };

// Both languages and both screens see both displays.
const looks = [
  { language: "zh", size: "phone", colorScheme: "light" },
  { language: "zh", size: "desktop", colorScheme: "dark" },
  { language: "en", size: "phone", colorScheme: "dark" },
  { language: "en", size: "desktop", colorScheme: "light" },
];

let browser;
let shed;
let readers = [];

const reader_of = async ({ language, size, colorScheme }) => ({
  language,
  said: words[language],
  name: `${language}, ${size}, ${colorScheme}`,
  ...(await reader(browser, {
    locale: locales[language],
    viewport: sizes[size],
    colorScheme,
    home: shed.url,
  })),
});

before(async () => {
  browser = await launch();
  shed = await start_shed();
  readers = await Promise.all(looks.map(reader_of));
});

after(async () => {
  await browser?.close();
  await shed?.stop();
});

/// The same for every reader at once; each is a test of its own.
async function each_reader(t, look) {
  await Promise.all(readers.map((each) => t.test(each.name, () => look(each))));
}

async function in_order({ page, complaints, language }) {
  assert.deepEqual(await findings(page), [], "axe");
  assert.ok(await fits(page), "something sticks out to the side");
  assert.equal(await page.evaluate(() => document.documentElement.lang), tags[language]);
  assert.deepEqual(await foreign_words(page, language), [], "words of another language");
  assert.deepEqual(complaints, [], "complaints");
}

test("a reader signs in and is told that all is in order", { concurrency: true }, (t) =>
  each_reader(t, async (each) => {
    await each.page.goto(shed.url);
    await each.page.locator("#user").waitFor();
    await in_order(each);
    await sign_in(each.page, shed);
    await each.page.getByRole("heading", { name: each.said.live }).waitFor();
    await each.page.locator(".calm", { hasText: each.said.calm }).waitFor();
    await in_order(each);
    // Gone with a reload; what comes after this came by itself.
    await each.page.evaluate(() => (globalThis.never_reloaded = true));
  }),
);

test("a bike that charges is seen at once, with its power", { concurrency: true }, async (t) => {
  await shed.charge(1, 1);
  await shed.charge(1, 3);
  await each_reader(t, async (each) => {
    for (const nth of [0, 2]) {
      const tile = each.page.locator(".tile").nth(nth);
      await tile.locator(".watts", { hasText: /[1-9]\d* W/ }).waitFor();
    }
    await in_order(each);
  });
});

test("a trip appears by itself, and what to do about it", { concurrency: true }, async (t) => {
  await shed.happen({ do: "short", post: "POST-0001", outlet: 3, current: "40A" });
  const began = performance.now();
  await each_reader(t, async (each) => {
    const { page, said } = each;
    await page.locator(".tile.locked_out", { hasText: said.cause }).waitFor();
    t.diagnostic(`${each.name}: on the page after ${Math.round(performance.now() - began)} ms`);
    await page.locator(".banner").waitFor();
    assert.equal(await page.locator(".calm").count(), 0);
    assert.equal(await page.evaluate(() => globalThis.never_reloaded), true);
    await in_order(each);

    await page.locator(".banner").click();
    await page.locator(".alarm.active", { hasText: said.cause }).waitFor();
    await page.locator(".alarm .sent").first().waitFor();
    await in_order(each);
  });
});

test("the session's curve opens from its alarm", { concurrency: true }, (t) =>
  each_reader(t, async (each) => {
    const { page, said } = each;
    await page.locator(".alarm-facts a").first().click();
    await page.locator(".facts", { hasText: said.ended }).waitFor();
    await page.locator(".plot canvas").waitFor();
    await page.locator(".points summary").click();
    assert.ok((await page.locator(".points tbody tr").count()) > 1);
    await in_order(each);

    await page.locator(".navigation a").nth(2).click();
    await page.locator(".sessions tr", { hasText: said.ended }).waitFor();
    await in_order(each);
  }),
);

test("a reload stays on the page and signed in", { concurrency: true }, (t) =>
  each_reader(t, async ({ page, said, complaints }) => {
    await page.reload();
    await page.locator(".sessions tr", { hasText: said.ended }).waitFor();
    await page.locator(".trust.live").waitFor();
    assert.deepEqual(complaints, []);
  }),
);

test("who signs out is out, on the page and at the daemon", { concurrency: true }, (t) =>
  each_reader(t, async ({ page }) => {
    await page.locator(".bar-end button").last().click();
    await page.locator("#user").waitFor();
    const status = await page.evaluate(async () => (await fetch("/api/v1/site")).status);
    assert.equal(status, 401);
  }),
);

test("a language chosen at the door is kept", async () => {
  const { page, context } = await reader_of(looks[0]);
  await page.goto(shed.url);
  await page.getByRole("button", { name: "English" }).click();
  await page.reload();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  assert.deepEqual(await foreign_words(page, "en"), []);
  await context.close();
});

for (const look of [looks[0], looks[3]]) {
  test(`guesses are refused in words, then slowed down (${look.language})`, async () => {
    const { page, context, said } = await reader_of(look);
    await page.goto(shed.url);
    await page.fill("#user", `nobody-${look.language}`);
    const failure = page.locator(".failure span:visible").last();
    const submit = page.locator("button[type=submit][aria-disabled=false]");
    for (let guess = 1; guess <= 5; ++guess) {
      await page.fill("#password", `guess number ${guess}`);
      const answered = page.waitForResponse("**/api/v1/login");
      await submit.click();
      assert.equal((await answered).status(), 401);
      await failure.filter({ hasText: said.refused }).waitFor();
    }
    await submit.click();
    await failure.filter({ hasText: waits[look.language] }).waitFor();
    assert.deepEqual(await findings(page), []);

    // The wait counts down by itself, and the door opens again.
    await submit.waitFor();
    assert.equal(await page.locator(".failure").count(), 0);
    await context.close();
  });
}
