import { type ChildProcess, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listProcesses } from "../testing/leftovers.ts";

/**
 * The real bootstrap and supervisor, run by the real npm, around programs that do nothing but listen: databases are
 * given by URL and never asked. The embedded ones are tried by `npm run test:full -- start-stop`.
 */
const ROOT = join(import.meta.dirname, "../..");

/** A program that is ready at once. `base` is replaced by its place among the ports. */
const PROGRAM = `
import { createServer } from "node:http";
const base = Number(process.env.PLAYHEAD_PORT_BASE) + OFFSET;
for (const port of [base, base + 100]) createServer((_, response) => response.end("ok")).listen(port, "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
process.stdin.on("end", () => process.exit(0)).resume();
console.log("up");
`;

const PROGRAMS = {
  "app/main.ts": 0,
  "server/main.ts": 1,
  "collector/edge/main.ts": 2,
  "delivery/main.ts": 3,
  "transcoder/main.ts": 4,
  "collector/views/main.ts": 5,
  "platform/http/tls-front/main.ts": 443,
};

let tree: string;
let base: number;
const started: ChildProcess[] = [];

beforeEach(async () => {
  tree = mkdtempSync(join(tmpdir(), "playhead-start-"));
  base = await freeBase();
  plantTree();
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill("SIGTERM");
  await nothingRuns();
  rmSync(tree, { recursive: true, force: true });
});

describe("npm start", () => {
  it("writes dev.json for its owner when all is ready, and removes it at the end", { timeout: 30_000 }, async () => {
    const npm = start();
    await until(() => existsSync(devFile()));
    expect(statSync(devFile()).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(devFile(), "utf8"))).toMatchObject({
      app: `http://localhost:${base}`,
      collector: `localhost:${base + 2}`,
      stream: `http://localhost:${base + 3}`,
      tls: `localhost:${base + 443}`,
      environmentId: "abc123",
      portBase: base,
    });
    npm.child.kill("SIGTERM");
    await nothingRuns();
    expect(existsSync(devFile())).toBe(false);
  });

  it.each([
    ["TERM to npm", "SIGTERM", "npm"],
    ["Ctrl-C, which reaches all of them", "SIGINT", "group"],
    ["npm killed with -9", "SIGKILL", "npm"],
    ["npm, its shell and the bootstrap killed with -9", "SIGKILL", "group"],
    ["the supervisor killed with -9", "SIGKILL", "supervisor"],
  ] as const)("leaves nothing behind after %s", { timeout: 30_000 }, async (_, signal, whom) => {
    const npm = start();
    await until(() => existsSync(devFile()));
    const pid = { npm: npm.pid, group: -npm.pid, supervisor: pidOf("scripts/supervise.ts") }[whom];
    process.kill(pid, signal);
    await nothingRuns();
    if (signal === "SIGKILL") return;
    await until(() => npm.output().includes("✓ stopped")); // read after the processes have gone
    expect(npm.output().match(/✓ stopped/g)).toHaveLength(1);
  });

  it("starts again on the folder of a start that was killed", { timeout: 30_000 }, async () => {
    start();
    await until(() => existsSync(devFile()));
    const password = JSON.parse(readFileSync(devFile(), "utf8")).password;
    process.kill(pidOf("scripts/supervise.ts"), "SIGKILL");
    const second = start();
    await until(() => second.output().includes("ready in"));
    expect(JSON.parse(readFileSync(devFile(), "utf8")).password).toBe(password);
  });

  it("starts a program that died again, and says so in one line", { timeout: 30_000 }, async () => {
    const npm = start();
    await until(() => existsSync(devFile()));
    const first = pidOf("collector/edge/main.ts");
    process.kill(first, "SIGKILL");
    await until(() => ![first, 0].includes(pidOf("collector/edge/main.ts")));
    expect(npm.output()).toContain("edge ended (signal SIGKILL); starting it again in 0.5 s\n");
  });

  it("gives up on a program that never gets ready, and shows its last words", { timeout: 30_000 }, async () => {
    write("server/main.ts", `console.log('{"level":"fatal","msg":"no secret"}'); process.exit(3);`);
    const npm = start();
    expect(await npm.exitCode).not.toBe(0);
    expect(npm.output()).toMatch(/server: no secret/);
    expect(npm.output()).toMatch(/playhead: server does not start: exit code 3\n/);
  });

  it("refuses a folder that another start holds, in one line", { timeout: 30_000 }, async () => {
    start();
    await until(() => existsSync(devFile()));
    const second = start();
    expect(await second.exitCode).not.toBe(0);
    expect(ours(second.output())).toEqual([
      expect.stringMatching(/^playhead: another Playhead \(process \d+\) runs on /),
    ]);
    expect(existsSync(devFile())).toBe(true);
  });

  it("names a port that is in use, and the way out, in one line", { timeout: 30_000 }, async () => {
    const taken = await listenAt(base + 2);
    const npm = start();
    expect(await npm.exitCode).not.toBe(0);
    taken.close();
    const line = `playhead: port ${base + 2} (edge) is in use: stop what listens there, or move all ports, for example PLAYHEAD_PORT_BASE=${base + 1_000} npm start`;
    expect(ours(npm.output())).toEqual([line]);
  });

  it("refuses to start without ffmpeg, and names it", { timeout: 30_000 }, async () => {
    const npm = startWith({ FFMPEG_PATH: "/nowhere/ffmpeg" });
    expect(await npm.exitCode).not.toBe(0);
    expect(npm.output()).toContain("playhead: /nowhere/ffmpeg is no program: FFMPEG_PATH and FFPROBE_PATH name ");
    expect(existsSync(devFile())).toBe(false);
  });

  it("begins anew with --fresh, and asks nothing", { timeout: 30_000 }, async () => {
    mkdirSync(join(tree, ".playhead/eventlog"), { recursive: true });
    write(".playhead/eventlog/old", "");
    start("--fresh");
    await until(() => existsSync(devFile()));
    expect(existsSync(join(tree, ".playhead/eventlog/old"))).toBe(false);
  });

  it.each([
    ["that it came", "process.exit(0)", "✓ automatic captions"],
    ["why it did not", `console.error("speech: no network"); process.exit(1)`, "! speech: no network"],
  ])("fetches the recogniser of speech when all runs, and says %s", { timeout: 30_000 }, async (_, does, said) => {
    const missing = `export const RECOGNISER_FOLDER = ""; export const recogniserMissing = () => "it is not there";`;
    write("platform/speech/embedded/recogniser-files.ts", missing);
    write("scripts/speech.ts", does);
    const npm = startWith({ PLAYHEAD_SPEECH: "1" });
    await until(() => npm.output().includes(said));
    await until(() => existsSync(devFile()));
  });
});

interface Start {
  child: ChildProcess;
  pid: number;
  output(): string;
  exitCode: Promise<number | null>;
}

const start = (...args: string[]): Start => startWith({}, ...args);

function startWith(environment: Record<string, string>, ...args: string[]): Start {
  const child = spawn("npm", ["start", "--silent", "--", "--dev", ...args], {
    cwd: tree,
    env: {
      PATH: process.env["PATH"],
      HOME: tree,
      PLAYHEAD_PORT_BASE: String(base),
      DATABASE_URL: "postgres://nobody@127.0.0.1:1/none",
      CLICKHOUSE_URL: "http://nobody@127.0.0.1:1",
      PLAYHEAD_SPEECH: "0",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a group of its own, as a terminal gives to a command
  });
  started.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const exitCode = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, pid: child.pid ?? 0, output: () => output, exitCode };
}

function plantTree(): void {
  for (const folder of ["scripts", "domain", "platform"]) {
    cpSync(join(ROOT, folder), join(tree, folder), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(tree, "node_modules"));
  write("package.json", JSON.stringify({ type: "module", scripts: { start: "node scripts/start.mjs" } }));
  // Without the installation: npm ci would empty the folder behind the link.
  write(
    "scripts/start.mjs",
    `import { root } from "./bootstrap/root.mjs";
     import { runPinned } from "./bootstrap/run-pinned.mjs";
     process.exit(await runPinned(root, "scripts/supervise.ts", process.argv.slice(2)));`,
  );
  write("scripts/migrate.ts", "");
  write("server/seed.ts", `console.log(JSON.stringify({ environment: { id: "abc123" } }));`);
  for (const [script, offset] of Object.entries(PROGRAMS)) write(script, PROGRAM.replace("OFFSET", String(offset)));
}

function write(path: string, text: string): void {
  mkdirSync(join(tree, path, ".."), { recursive: true });
  writeFileSync(join(tree, path), text);
}

function devFile(): string {
  return join(tree, ".playhead/dev.json");
}

/** Lines of ours, without what npm adds. */
function ours(output: string): string[] {
  return output.split("\n").filter((line) => line !== "" && !line.startsWith("npm "));
}

function pidOf(script: string): number {
  return listProcesses().find(({ commandLine }) => commandLine.includes(join(tree, script)))?.pid ?? 0;
}

/** Nothing of this tree runs any more: 10 s are promised. */
function nothingRuns(): Promise<void> {
  return until(() => !listProcesses().some(({ commandLine }) => commandLine.includes(tree)), 10_000);
}

async function until(condition: () => boolean, patienceMs = 20_000): Promise<void> {
  for (const deadlineMs = Date.now() + patienceMs; !condition(); await sleep(25)) {
    if (Date.now() > deadlineMs) throw new Error(`waited ${patienceMs} ms for ${condition}`);
  }
}

/** A base below and around which nothing listens; the system's own choice of ports begins at 32768. */
async function freeBase(): Promise<number> {
  for (;;) {
    const candidate = 11_000 + 250 * Math.floor(Math.random() * 80);
    const ports = Object.values(PROGRAMS).flatMap((offset) => [candidate + offset, candidate + offset + 100]);
    const servers = await Promise.allSettled(ports.map(listenAt));
    for (const server of servers) if (server.status === "fulfilled") server.value.close();
    if (servers.every(({ status }) => status === "fulfilled")) return candidate;
  }
}

function listenAt(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
