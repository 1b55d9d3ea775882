import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { DEFAULT_PORT_BASE, portsFrom } from "../../domain/ports.ts";
import { firstPortInUse } from "../supervise/free-ports.ts";
import { portsOf } from "../supervise/programs.ts";
import { listProcesses } from "../testing/leftovers.ts";

export interface Account {
  uid: number;
  gid: number;
  home: string;
}

/** Milliseconds, and the promises that were not kept. */
export interface Figures {
  firstMs: number;
  againMs: number;
  freshMs: number;
  termMs: number;
  interruptMs: number;
  killMs: number;
  broken: string[];
}

const START_PATIENCE_MS = 6 * 60_000;
const AGAIN_LIMIT_MS = 15_000;
const STOP_LIMIT_MS = 10_000;

const Access = z.object({
  api: z.url(),
  app: z.url(),
  environmentId: z.string(),
  tokenId: z.string(),
  tokenSecret: z.string(),
  email: z.string(),
  password: z.string(),
});

const Session = z.object({ session_token: z.string() });

/** Starts the tree three times with real commands and stops it in three ways. */
export async function tryStartStop(tree: string, account: Account | null): Promise<Figures> {
  const base = await freeBase();
  const broken: string[] = [];
  const run = (...args: string[]): ChildProcess => startNpm(tree, account, base, args);

  const first = await ready(run(), tree);
  const session = await signIn(first.access);
  await expectAlive(first.access, session, broken);
  const termMs = await stopped(tree, () => first.npm.kill("SIGTERM"), broken);

  const again = await ready(run(), tree);
  if (again.tookMs > AGAIN_LIMIT_MS) broken.push("the second start took more than 15 s");
  if (again.access.environmentId !== first.access.environmentId) broken.push("another environment after a restart");
  await expectAlive(again.access, session, broken);
  const interruptMs = await stopped(tree, () => process.kill(-(again.npm.pid ?? 0), "SIGINT"), broken);

  const fresh = await ready(run("--fresh"), tree);
  if (fresh.access.environmentId === first.access.environmentId) broken.push("--fresh kept the environment");
  const killMs = await stopped(tree, () => fresh.npm.kill("SIGKILL"), broken);
  return { firstMs: first.tookMs, againMs: again.tookMs, freshMs: fresh.tookMs, termMs, interruptMs, killMs, broken };
}

/** npm as a terminal runs it: in a process group of its own. Nothing of our environment but the way to npm. */
function startNpm(tree: string, account: Account | null, base: number, args: readonly string[]): ChildProcess {
  const variables = account === null ? [] : ["-i", `HOME=${account.home}`, "PATH=/usr/local/bin:/usr/bin:/bin"];
  const command = ["-u", "PLAYHEAD_SUPERVISED", ...variables, `PLAYHEAD_PORT_BASE=${base}`];
  return spawn("/usr/bin/env", [...command, "npm", "start", "--", ...args], {
    cwd: tree,
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
    ...(account === null ? {} : { uid: account.uid, gid: account.gid }),
  });
}

async function ready(npm: ChildProcess, tree: string) {
  const startedMs = performance.now();
  const file = join(tree, ".playhead/dev.json");
  while (!existsSync(file)) {
    if (npm.exitCode !== null) throw new Error(`npm start ended with ${npm.exitCode}`);
    if (performance.now() - startedMs > START_PATIENCE_MS) throw new Error("npm start was never ready");
    await sleep(20);
  }
  const tookMs = performance.now() - startedMs;
  return { npm, tookMs, access: Access.parse(JSON.parse(readFileSync(file, "utf8"))) };
}

/** Milliseconds until no process of the tree is left. */
async function stopped(tree: string, stop: () => void, broken: string[]): Promise<number> {
  const startedMs = performance.now();
  stop();
  while (listProcesses().some(({ commandLine, program }) => `${commandLine} ${program}`.includes(tree))) {
    if (performance.now() - startedMs > 3 * STOP_LIMIT_MS) throw new Error("processes are left");
    await sleep(20);
  }
  const tookMs = performance.now() - startedMs;
  if (tookMs > STOP_LIMIT_MS) broken.push(`a stop took ${Math.round(tookMs)} ms`);
  if (existsSync(join(tree, ".playhead/dev.json"))) broken.push("dev.json was left");
  return tookMs;
}

async function signIn({ api, email, password }: z.infer<typeof Access>): Promise<string> {
  const response = await fetch(`${api}/dashboard/v1/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  return Session.parse(await response.json()).session_token;
}

/** The dashboard answers, the token of this start works, and so does the session of the first one. */
async function expectAlive(access: z.infer<typeof Access>, session: string, broken: string[]): Promise<void> {
  const basic = Buffer.from(`${access.tokenId}:${access.tokenSecret}`).toString("base64");
  const asked: [string, string][] = [
    [`${access.app}/`, ""],
    [`${access.api}/system/v1/whoami`, `Basic ${basic}`],
    [`${access.api}/dashboard/v1/session`, `Bearer ${session}`],
  ];
  for (const [url, authorization] of asked) {
    const { status } = await fetch(url, { headers: authorization === "" ? {} : { authorization } });
    if (status !== 200) broken.push(`${new URL(url).pathname} answered ${status}`);
  }
}

async function freeBase(): Promise<number> {
  const everything = { postgres: true, clickhouse: true };
  for (let base = DEFAULT_PORT_BASE + 11_000; ; base += 500) {
    if ((await firstPortInUse(portsOf(portsFrom(base), everything), ["127.0.0.1", "::1"])) === null) return base;
  }
}
