// A whole site on this machine for the browser to look at: scripts/run_site.py starts broker,
// daemon and simulated posts, and ends them. What happens at the posts is asked for when the
// readers are ready, so that no test races a scenario's clock.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");

async function free_port() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

/// The key=value lines of the file that the daemon leaves its first password in.
function login_in(file) {
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
}

/// Asks until it is so; a loaded machine takes its time, a broken one fails.
export async function until(what, ask, limit_ms = 60_000) {
  const end = Date.now() + limit_ms;
  while (!(await ask())) {
    if (Date.now() > end) throw new Error(`not within ${limit_ms / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/// As long as people wait before they hold their card up once more.
const tap_again_ms = 8_000;
/// No site outlives its test for longer, however the test ended.
const longest_s = 900;

class Shed {
  constructor({ scenario, posts, port }) {
    this.state = mkdtempSync(join(tmpdir(), "ks-shed-"));
    this.scenario = scenario;
    this.posts = posts;
    this.port = port;
    this.url = `https://127.0.0.1:${port}/`;
  }

  async start(...options) {
    const command = [join(root, "scripts/run_site.py"), "--headless", ...options];
    command.push("--state", this.state, "--scenario", this.scenario);
    command.push("--posts", String(this.posts), "--console-port", String(this.port));
    command.push("--for", String(longest_s));
    this.child = spawn("python3", command, { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
    const { child } = this;
    const end = () => child.kill("SIGTERM");
    process.once("exit", end);
    child.once("exit", () => process.off("exit", end));
    let said = "";
    await new Promise((resolve, reject) => {
      this.child.stderr.on("data", (text) => {
        said += text;
        if (said.includes("posts are running")) resolve();
      });
      this.child.on("exit", () => reject(new Error(`the site did not start:\n${said}`)));
    });
    const { user, password } = login_in(join(this.state, "console/first-login"));
    Object.assign(this, { user, password });
    await this.posts_are_linked();
  }

  async halt() {
    if (this.child.exitCode !== null) return;
    this.thaw();
    this.child.kill("SIGTERM");
    await once(this.child, "exit");
  }

  /// Every program of the site ends and starts again, on the same state and the same address.
  async restart() {
    await this.halt();
    await this.start("--keep");
  }

  async stop() {
    await this.halt();
    rmSync(this.state, { recursive: true, force: true });
  }

  signal_daemon(name) {
    const { pid } = this.child;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
    const daemon = children.find((each) =>
      readFileSync(`/proc/${each}/comm`, "utf8").startsWith("kickstand-edge"),
    );
    process.kill(Number(daemon), name);
  }

  /// The daemon stands still, its sockets stay open: the hardest outage to notice.
  freeze() {
    this.signal_daemon("SIGSTOP");
    this.frozen = true;
  }

  thaw() {
    if (this.frozen) this.signal_daemon("SIGCONT");
    this.frozen = false;
  }

  /// One command to the simulator (sim/fleet/control.hpp); throws what it refuses.
  async happen(command) {
    const socket = connect(join(this.state, "posts.sock"));
    socket.setEncoding("utf8");
    socket.write(`${JSON.stringify(command)}\n`);
    let answer = "";
    for await (const part of socket) {
      answer += part;
      if (answer.includes("\n")) break;
    }
    const { error, ...rest } = JSON.parse(answer);
    if (error) throw new Error(`${command.do}: ${error}`);
    return rest;
  }

  /// The simulator is the last to start, and its posts say so before they are on the line.
  async posts_are_linked() {
    const socket = join(this.state, "posts.sock");
    await until("the posts are on the line", async () => {
      if (!existsSync(socket)) return false;
      const { posts } = await this.happen({ do: "fleet" });
      return posts.every((post) => post.linked);
    });
  }

  /// A bike arrives, with a battery that outlasts any test, and its owner taps a card until the
  /// outlet closes: after a boot a relay rests for five seconds, whoever stands in front of it.
  async charge(post, outlet) {
    const at = { post: `POST-000${post}`, outlet };
    const bike = { charger: "pb-48v-20ah", capacity: "100Wh", charge: "10%" };
    const closed = async () => (await this.happen({ do: "look", ...at })).outlet.contact_closed;
    // A second tap that was on its way already would end what the first began.
    const stays_closed = async () => {
      if (!(await closed())) return false;
      await sleep(1_000);
      return closed();
    };
    await this.happen({ do: "plug", ...at, ...bike });
    await until(`outlet ${outlet} charges`, async () => {
      await this.happen({ do: "tap", ...at, card: `0x5A0300000000000${outlet % 10}` });
      return until("it closes", stays_closed, tap_again_ms).then(
        () => true,
        () => false,
      );
    });
  }
}

/// Starts a site; resolves when its posts run and its first login is known.
export async function start_shed({ scenario = join(here, "quiet.toml"), posts = 1 } = {}) {
  const shed = new Shed({ scenario, posts, port: await free_port() });
  try {
    await shed.start();
  } catch (error) {
    await shed.stop();
    throw error;
  }
  return shed;
}
