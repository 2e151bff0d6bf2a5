import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { source, web } from "./sources.mjs";

const { Texts, language_of, locale_of } = await source("text");
const { read_catalogue } = await import(join(web, "scripts/catalogue.mjs"));

const zh = new Texts("zh", "zh-CN");
const en = new Texts("en", "en-GB");

test("a reader's own language is chosen, and Chinese when there is none of ours", () => {
  assert.equal(language_of(["en-US", "zh-CN"]), "en");
  assert.equal(language_of(["zh-Hant-TW"]), "zh");
  assert.equal(language_of(["de-DE", "en"]), "en");
  assert.equal(language_of(["fr"]), "zh");
  assert.equal(language_of([]), "zh");
});

test("the reader's variant of the language decides the formats", () => {
  assert.equal(locale_of("en", ["de", "en-IN"]), "en-IN");
  assert.equal(locale_of("zh", ["en-US"]), "zh-CN");
});

test("energies and powers come in the unit a person would say", () => {
  assert.equal(en.power(0), "0 W");
  assert.equal(en.power(186_400), "186 W");
  assert.equal(en.power(1_072_000), "1.07 kW");
  assert.equal(en.energy(9_949), "9.9 Wh");
  assert.equal(en.energy(231_400), "231 Wh");
  assert.equal(en.energy(1_053_120), "1.05 kWh");
  assert.equal(en.number(12_345), "12,345");
});

test("durations are rounded down and say no zeros", () => {
  assert.equal(en.duration(59_999), "59 s");
  assert.equal(en.duration(60_000), "1 min");
  assert.equal(en.duration(3_600_000), "1 h");
  assert.equal(en.duration(5_100_000), "1 h 25 min");
  assert.equal(en.duration(86_400_000), "1 d");
  assert.equal(zh.duration(5_100_000), "1 小时 25 分");
  assert.equal(en.duration(-5), "0 s");
});

test("a trip's figures come in the unit of its cause", () => {
  assert.equal(en.measured("hard_overcurrent", 18_420), "18.42 A");
  assert.equal(en.measured("overload", 10_000), "10 A");
  assert.equal(en.measured("contact_overheated", 912), "91.2 °C");
  assert.equal(en.measured("meter_silent", 2_300), "2 s");
  assert.equal(en.measured("residual_current", 26), "26 mA");
  assert.equal(en.measured("power_step", 480_000), "480 W");
  assert.equal(en.measured("overvoltage", 271_300), "271.3 V");
  assert.equal(en.measured("supply_low", 9_640), "9.6 V");
  assert.equal(en.measured("cabinet_overheated", 713), "71.3 °C");
  assert.equal(en.measured("arcing", 7), "7");
});

test("a trip says what was measured and the limit, a weld what still flows", () => {
  assert.equal(en.trip("overload", 11_000, 10_000), "11 A, limit 10 A");
  assert.equal(en.trip("hard_overcurrent", 8_000, 8_000), "reached the limit, 8 A");
  assert.equal(zh.trip("hard_overcurrent", 8_000, 8_000), "达到限值 8 A");
  assert.equal(zh.trip("relay_welded", 14_460, 30), "断开后仍有 14.46 A");
});

test("a word that this page has not learnt is shown as it came", () => {
  assert.equal(zh.word("cause", "relay_welded"), "继电器粘连");
  assert.equal(zh.word("cause", "sun_spots"), "sun spots");
});

test("the catalogue has both languages throughout", () => {
  const { entries, faults } = read_catalogue(join(web, "../../config/text"));
  assert.deepEqual(faults, []);
  assert.ok(entries.length > 100);
});

test("every text of the console is said somewhere", () => {
  const source = join(web, "src");
  const pages = readdirSync(source, { recursive: true, withFileTypes: false })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes("generated"))
    .map((name) => readFileSync(join(source, name), "utf8"))
    .join("\n");
  const folder = mkdtempSync(join(tmpdir(), "ks-text-"));
  try {
    const console_texts = readFileSync(join(web, "../../config/text/console.toml"));
    writeFileSync(join(folder, "console.toml"), console_texts);
    const keys = read_catalogue(folder).entries.map(([key]) => key);
    assert.deepEqual(
      keys.filter((key) => !pages.includes(`"${key}"`)),
      [],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a faulty catalogue is refused with file and key, all faults at once", () => {
  const folder = mkdtempSync(join(tmpdir(), "ks-text-"));
  try {
    const bad = [
      "[a]",
      'no_english = { zh = "一" }',
      'empty = { zh = "一", en = " " }',
      'other = { zh = "一", en = "one", de = "eins" }',
      'holes = { zh = "{n} 个", en = "{m}" }',
    ];
    writeFileSync(join(folder, "bad.toml"), bad.join("\n"));
    writeFileSync(join(folder, "worse.toml"), "[a\n");
    const { faults } = read_catalogue(folder);
    assert.equal(faults.length, 5);
    assert.match(faults[0], /^bad\.toml: a\.no_english: no en/);
    assert.match(faults[3], /^bad\.toml: a\.holes: placeholders differ/);
    assert.match(faults[4], /^worse\.toml: /);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
