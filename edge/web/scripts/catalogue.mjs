// Reads config/text/*.toml and writes src/generated/catalogue.ts. A missing language, differing
// placeholders or a key said twice stop the build with file and key.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "smol-toml";

const languages = ["zh", "en"];
const here = dirname(fileURLToPath(import.meta.url));

const placeholders = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);

/// The faults of one entry, as lines for a person.
function faults_of(place, entry) {
  const faults = [];
  for (const language of languages) {
    const text = entry?.[language];
    if (typeof text !== "string" || text.trim() === "") faults.push(`${place}: no ${language}`);
  }
  for (const key of Object.keys(entry ?? {})) {
    if (!languages.includes(key)) faults.push(`${place}: unknown language '${key}'`);
  }
  if (faults.length > 0) return faults;

  const wanted = placeholders(entry[languages[0]]).sort().join(" ");
  for (const language of languages) {
    const named = placeholders(entry[language]).sort().join(" ");
    if (named !== wanted) faults.push(`${place}: placeholders differ: '${wanted}', '${named}'`);
  }
  return faults;
}

/// All entries of a folder of TOML files as [key, entry] pairs, or every fault at once.
export function read_catalogue(folder) {
  const entries = new Map();
  const faults = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".toml")).sort()) {
    let sections = {};
    try {
      sections = parse(readFileSync(join(folder, file), "utf8"));
    } catch (error) {
      faults.push(`${file}: ${error.message}`);
    }
    for (const [section, texts] of Object.entries(sections)) {
      for (const [name, entry] of Object.entries(texts)) {
        const key = `${section}.${name}`;
        if (entries.has(key)) faults.push(`${file}: ${key} is said twice`);
        faults.push(...faults_of(`${file}: ${key}`, entry));
        entries.set(key, entry);
      }
    }
  }
  return { entries: [...entries], faults };
}

/// The TypeScript of a catalogue: one record per language, and which placeholders a key wants.
export function typescript_of(entries) {
  const lines = ["// Made from config/text by scripts/catalogue.mjs."];
  for (const language of languages) {
    lines.push(`export const ${language} = {`);
    for (const [key, entry] of entries) {
      lines.push(`  ${JSON.stringify(key)}: ${JSON.stringify(entry[language])},`);
    }
    lines.push("};");
  }
  lines.push("export type TextKey = keyof typeof zh;", "export interface Placeholders {");
  for (const [key, entry] of entries) {
    const names = placeholders(entry.zh).map((name) => JSON.stringify(name));
    if (names.length > 0) lines.push(`  ${JSON.stringify(key)}: ${names.join(" | ")};`);
  }
  lines.push("}", "");
  return lines.join("\n");
}

function main() {
  const { entries, faults } = read_catalogue(join(here, "../../../config/text"));
  if (faults.length > 0) {
    for (const fault of faults) console.error(`config/text/${fault}`);
    process.exit(1);
  }
  const target = join(here, "../src/generated");
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, "catalogue.ts"), typescript_of(entries));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
