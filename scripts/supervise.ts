import { rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { portsFrom } from "../domain/ports.ts";
import { LOOPBACK } from "../platform/http/listen.ts";
import { diskTooFull } from "./bootstrap/machine.mjs";
import { HELP, parseStartArguments, type StartArguments } from "./supervise/arguments.ts";
import { readConfig, type SuperviseConfig } from "./supervise/config.ts";
import { type DataFolder, openDataFolder, StartError } from "./supervise/data-folder.ts";
import { firstPortInUse } from "./supervise/free-ports.ts";
import { Playhead } from "./supervise/playhead.ts";
import { writePrivately } from "./supervise/private-file.ts";
import { portsOf } from "./supervise/programs.ts";
import { secretsOf } from "./supervise/secrets.ts";
import { seconds, Terminal } from "./supervise/terminal.ts";
import { welcome } from "./supervise/welcome.ts";

/** After a Playhead that was killed, its programs notice within moments and need their time to stop. */
const LEFT_BEHIND_PATIENCE_MS = 12_000;

const ROOT = dirname(import.meta.dirname);

process.exit(await main());

async function main(): Promise<number> {
  const parsed = parseStartArguments(process.argv.slice(2));
  if (parsed.kind === "help") return print(HELP);
  if (parsed.kind === "wrong") return complain(parsed.complaint);
  try {
    return await run(parsed.arguments, readConfig());
  } catch (error) {
    return complain(explain(error));
  }
}

async function run(wanted: StartArguments, config: Readonly<SuperviseConfig>): Promise<number> {
  const folder = openDataFolder(resolve(config.INIT_CWD ?? process.cwd(), wanted.data));
  try {
    const complaint = diskTooFull(folder.path, "run");
    if (complaint !== null) throw new StartError(complaint);
    await checkPorts(config, folder);
    if (wanted.fresh) folder.empty();
    return await startAndHold(wanted, config, folder);
  } finally {
    folder.release();
  }
}

/** Starts everything, waits for a reason to stop, stops everything. Resolves with the exit code. */
async function startAndHold(wanted: StartArguments, config: SuperviseConfig, folder: DataFolder): Promise<number> {
  const terminal = new Terminal(process.stdout);
  const { stop, hurry } = stopSignals(config.PLAYHEAD_SUPERVISED);
  const secrets = secretsOf(folder.secretsFile);
  const ports = portsFrom(config.PLAYHEAD_PORT_BASE);
  const playhead = new Playhead({ root: ROOT, folder, secrets, ports, config, wanted, terminal, signal: stop });
  let exitCode = 0;
  try {
    const access = await playhead.start();
    writePrivately(folder.devFile, { ...access, portBase: config.PLAYHEAD_PORT_BASE });
    terminal.say(`\n${welcome(access, terminal)}\n`);
    terminal.say(`  ready in ${seconds(Date.now() - startedMs(config))}, Ctrl-C stops everything`);
    await aborted(stop);
  } catch (error) {
    if (!stop.aborted) {
      terminal.say(`playhead: ${explain(error)}`);
      exitCode = 1;
    }
  }
  rmSync(folder.devFile, { force: true });
  await terminal.step("stopped", () => playhead.stop(hurry));
  return exitCode;
}

/** `stop` at the first INT, TERM or end of the standard input that our parent holds; `hurry` at the second signal. */
function stopSignals(supervised: boolean): { stop: AbortSignal; hurry: AbortSignal } {
  const stop = new AbortController();
  const hurry = new AbortController();
  const onSignal = (): void => (stop.signal.aborted ? hurry : stop).abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  if (supervised) {
    process.stdin.once("end", () => stop.abort());
    process.stdin.resume();
  }
  return { stop: stop.signal, hurry: hurry.signal };
}

async function checkPorts(config: SuperviseConfig, folder: DataFolder): Promise<void> {
  const embedded = { postgres: config.DATABASE_URL === undefined, clickhouse: config.CLICKHOUSE_URL === undefined };
  const ports = portsOf(portsFrom(config.PLAYHEAD_PORT_BASE), embedded);
  const hosts = [...new Set([...LOOPBACK, ...config.HOST])];
  const deadlineMs = performance.now() + (folder.wasLeftBehind ? LEFT_BEHIND_PATIENCE_MS : 0);
  for (;;) {
    const taken = await firstPortInUse(ports, hosts);
    if (taken === null) return;
    if (performance.now() >= deadlineMs) {
      throw new StartError(
        `port ${taken.port} (${taken.name}) is in use: stop what listens there, or move all ports, for example PLAYHEAD_PORT_BASE=${config.PLAYHEAD_PORT_BASE + 1_000} npm start`,
      );
    }
    await sleep(200);
  }
}

function startedMs(config: SuperviseConfig): number {
  return config.PLAYHEAD_STARTED_MS ?? performance.timeOrigin;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener("abort", () => done());
  });
}

/** One line where a person can act on it, the stack where only we can. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC") return `the disk is full: ${error.message}`;
  if (error instanceof StartError || code !== undefined || !(error instanceof TypeError)) return error.message;
  return error.stack ?? error.message;
}

function print(text: string): number {
  console.log(text);
  return 0;
}

function complain(line: string): number {
  console.error(`playhead: ${line}`);
  return 1;
}
