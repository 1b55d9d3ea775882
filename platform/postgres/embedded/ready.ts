import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Engine } from "./launch.ts";

/** Recovery after a crash replays at most `max_wal_size`; a minute is ample on a slow disk. */
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 20;

/** Line of `postmaster.pid` that says how far the start is (`src/include/utils/pidfile.h`). */
const STATUS_LINE = 7;

/**
 * Waits until the engine itself notes that it is ready, as `pg_ctl` does. Asking the port instead could reach a stranger's
 * Postgres that had the port first. Resolves with the postmaster's pid.
 */
export async function untilReady(engine: Engine, cluster: string, port: number): Promise<number> {
  const pid = engine.child.pid;
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline; ) {
    if (engine.hasExited() || pid === undefined) throw startError(engine.lastLines(), port);
    const lines = await readLines(join(cluster, "postmaster.pid"));
    if (lines[0] === String(pid) && lines[STATUS_LINE]?.trim() === "ready") return pid;
    await delay(POLL_MS);
  }
  throw new Error(`Postgres was not ready within ${START_TIMEOUT_MS / 1_000} s: ${engine.lastLines().at(-1) ?? ""}`);
}

/** A killed postmaster's backends are still ending. */
export class MemoryStillInUse extends Error {
  override readonly name = "MemoryStillInUse";
}

async function readLines(path: string): Promise<string[]> {
  try {
    return (await readFile(path, "utf8")).split("\n");
  } catch {
    return []; // not written yet
  }
}

/** The engine ended instead of starting: its own last words, as one line that names what to do where we know it. */
function startError(lines: readonly string[], port: number): Error {
  const words = lines.join("\n");
  const cause = new Error(words);
  if (words.includes("Address already in use")) return new Error(`Port ${port} is in use`, { cause });
  if (words.includes("No space left on device")) return new Error("The disk is full: Postgres cannot start", { cause });
  if (words.includes("not compatible with this version")) {
    return new Error("The data folder was made by another major version of Postgres", { cause });
  }
  if (words.includes("pre-existing shared memory block")) {
    return new MemoryStillInUse("Processes of an earlier Postgres still use the data folder", { cause });
  }
  const fatal = lines.findLast((line) => line.startsWith("FATAL") || line.startsWith("PANIC"));
  return new Error(`Postgres did not start: ${fatal ?? lines.at(-1) ?? "it said nothing"}`, { cause });
}
