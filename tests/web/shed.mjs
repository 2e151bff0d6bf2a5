// A whole site on this machine for the browser to look at: scripts/run_site.py starts broker,
// daemon and simulated posts, and ends them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");

async function free_port() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  return port;
}

/// Starts a site with a scenario; resolves when its posts run and its first login is known.
export async function start_shed(scenario) {
  const state = mkdtempSync(join(tmpdir(), "ks-shed-"));
  const port = await free_port();
  const child = spawn(
    "python3",
    [
      join(root, "scripts/run_site.py"),
      "--headless",
      ...["--state", state],
      ...["--scenario", scenario],
      ...["--console-port", String(port)],
    ],
    { cwd: root, stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  const running = new Promise((resolve, reject) => {
    child.stderr.on("data", (text) => {
      said += text;
      if (said.includes("posts are running")) resolve();
    });
    child.on("exit", () => reject(new Error(`the site did not start:\n${said}`)));
  });
  await running;

  const file = join(state, "console/first-login");
  const lines = readFileSync(file, "utf8").trim().split("\n");
  const login = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
  const stop = async () => {
    if (child.exitCode === null) {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    if (existsSync(state)) rmSync(state, { recursive: true });
  };
  return { url: `https://127.0.0.1:${port}/`, ...login, stop };
}
