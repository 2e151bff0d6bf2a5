// The app's pure modules, compiled by the bundler that ships with the app's own build.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const web = join(dirname(fileURLToPath(import.meta.url)), "../../../edge/web");

/// The module at src/<name>.ts, ready to be called.
export async function source(name) {
  const esbuild = createRequire(join(web, "package.json"))("esbuild");
  execFileSync(process.execPath, ["scripts/catalogue.mjs"], { cwd: web });
  const folder = mkdtempSync(join(tmpdir(), "ks-web-"));
  try {
    const outfile = join(folder, "module.mjs");
    const entryPoints = [join(web, `src/${name}.ts`)];
    await esbuild.build({ entryPoints, outfile, bundle: true, format: "esm", logLevel: "error" });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
