import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

const require = createRequire(import.meta.url);

const PLATFORM = `${process.platform}-${process.arch}`;
/** Where all of this product runs: there the program must be, and tests fail without it. */
const OUR_PLATFORM = "linux-x64";

/** Why the program cannot be tried on this machine; null where it can. */
export const NO_MUX_CLI =
  PLATFORM === OUR_PLATFORM || isInstalled() ? null : `@mux/cli: no program for ${PLATFORM} is installed`;

/** Commands but `listen` and those that wait end within a second; one that asks a question never does. */
const LIMIT_MS = 20_000;

export interface Ended {
  /** Null when it was ended by a signal. */
  code: number | null;
  stdout: string;
  stderr: string;
}

interface Running {
  /** What it has written up to now. */
  stdout(): string;
  ended: Promise<Ended>;
  /** As Ctrl-C in a terminal does it. */
  interrupt(): void;
}

export interface MuxCli {
  /** Private to this one: settings, stored keys and events, files to upload. */
  home: string;
  start(...args: readonly string[]): Running;
  run(...args: readonly string[]): Promise<Ended>;
  /** What a command answers with `--json`; throws when it fails. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at the answer as JSON
  ask(...args: readonly string[]): Promise<any>;
  /** Ends what still runs. */
  close(): Promise<void>;
}

/** Mux's command-line program as somebody installs it, with a home and variables of its own and nothing of ours. */
export async function openMuxCli(environment: Readonly<Record<string, string>> = {}): Promise<MuxCli> {
  const home = await mkdtemp(join(tmpdir(), "playhead-mux-cli-"));
  await holdUpdateCheck(home);
  const program = require.resolve("@mux/cli/bin/mux");
  const env = { HOME: home, NO_COLOR: "1", ...environment };
  const running = new Set<ChildProcess>();

  const start = (...args: readonly string[]): Running => {
    // A group of its own: the package's script waits for the program, and dies alone of a signal.
    const child = spawn(process.execPath, [program, ...args], { cwd: home, env, detached: true, stdio: "pipe" });
    child.stdin.end();
    running.add(child);
    const written = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name].setEncoding("utf8").on("data", (text: string) => {
        written[name] += stripVTControlCharacters(text); // bold is written without a terminal, too
      });
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        running.delete(child);
        resolve({ code, ...written });
      });
    });
    return { stdout: () => written.stdout, ended, interrupt: () => signalGroup(child, "SIGINT") };
  };
  const run = async (...args: readonly string[]): Promise<Ended> => {
    const one = start(...args);
    const limit = setTimeout(() => one.interrupt(), LIMIT_MS);
    return one.ended.finally(() => clearTimeout(limit));
  };
  return {
    home,
    start,
    run,
    ask: async (...args) => {
      const { code, stdout, stderr } = await run(...args, "--json");
      if (code !== 0) throw new Error(`mux ${args.join(" ")} ended with ${code}: ${stdout}${stderr}`);
      return JSON.parse(stdout);
    },
    close: async () => {
      for (const child of running) signalGroup(child, "SIGKILL");
      await rm(home, { recursive: true, force: true });
    },
  };
}

function isInstalled(): boolean {
  try {
    createRequire(require.resolve("@mux/cli/package.json")).resolve(`@mux/cli-${PLATFORM}/mux`);
    return true;
  } catch {
    return false; // the package has none for this platform, or it was left out as optional packages may be
  }
}

/** It asks a registry for its newest version once a day, whatever is set: here it believes that it just did. */
async function holdUpdateCheck(home: string): Promise<void> {
  const folder = join(home, ".cache/mux");
  await mkdir(folder, { recursive: true });
  const now = Date.now();
  const checked = { latestVersion: "0.0.0", lastChecked: now, firstSeenAt: now };
  await writeFile(join(folder, "update-check.json"), JSON.stringify(checked));
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: it has ended
  }
}
