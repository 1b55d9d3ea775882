import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** `.playhead/dev.json`, as `npm start` writes it. */
export interface Access {
  app: string;
  api: string;
  stream: string;
  image: string;
  /** host:port of the TLS front. */
  tls: string;
  collector: string;
  socket: string;
  environmentId: string;
  environmentKey: string;
  tokenId: string;
  tokenSecret: string;
  email: string;
  password: string;
}

export interface RunningPlayhead {
  access: Access;
  /** host:port of each program's internal port. */
  internal: Record<"app" | "server" | "edge" | "delivery" | "transcoder" | "views" | "clickhouse" | "tls", string>;
  stop(): Promise<void>;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** The first start on a machine also builds the app. */
const READY_MS = 240_000;

/** `npm start` on free ports and a folder of its own, as a person would run it, with these variables on top. */
export async function startPlayhead(variables: Readonly<Record<string, string>> = {}): Promise<RunningPlayhead> {
  const folder = await mkdtemp(join(tmpdir(), "playhead-e2e-"));
  const { stop, ...running } = await startPlayheadOn(folder, variables);
  return {
    ...running,
    stop: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The same on a data folder, which stays. */
export async function startPlayheadOn(
  folder: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<RunningPlayhead> {
  const base = await freePortBase();
  const child = spawn("npm", ["start", "--", "--data", folder], {
    cwd: ROOT,
    env: { ...process.env, ...variables, PLAYHEAD_PORT_BASE: String(base) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text: Buffer) => output.push(String(text)));
  const access = await untilReady(child, join(folder, "dev.json"), output);
  const at = (offset: number) => `127.0.0.1:${base + offset}`;
  return {
    access,
    internal: {
      ...{ app: at(100), server: at(101), edge: at(102), delivery: at(103), transcoder: at(104), views: at(105) },
      ...{ clickhouse: at(123), tls: at(543) },
    },
    stop: async () => {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    },
  };
}

async function untilReady(child: ChildProcess, devFile: string, output: readonly string[]): Promise<Access> {
  const deadlineMs = performance.now() + READY_MS;
  while (performance.now() < deadlineMs) {
    if (child.exitCode !== null) throw new Error(`npm start ended:\n${output.join("")}`);
    if (existsSync(devFile)) return JSON.parse(readFileSync(devFile, "utf8")) as Access;
    await sleep(200);
  }
  child.kill("SIGTERM");
  throw new Error(`npm start was not ready in time:\n${output.join("")}`);
}

/** A base whose public ports are free; the rest of its block is taken to be. */
async function freePortBase(): Promise<number> {
  for (;;) {
    const base = 20_000 + Math.floor(Math.random() * 50) * 200;
    const offsets = [0, 1, 2, 3, 4, 5, 23, 32, 100, 101, 102, 103, 104, 105, 123, 443, 543];
    const free = await Promise.all(offsets.map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
