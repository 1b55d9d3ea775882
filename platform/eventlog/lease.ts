import { randomUUID } from "node:crypto";
import { link, readdir, readFile, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { livenessOf, type ProcessIdentity } from "./process-identity.ts";
import { isCode } from "./segment-files.ts";

/** A holder that cannot be seen in the process table counts as dead after this long without a heartbeat. */
const HEARTBEAT_STALE_MS = 20_000;
const ABANDONED_CLAIM_MS = 60_000;
const ATTEMPTS = 20;

const Owner = z.object({ pid: z.number(), startTicks: z.number().nullable(), host: z.string() });

interface Claim {
  generation: number;
  path: string;
  /** Null when released (an empty file) or unreadable after power loss. */
  owner: ProcessIdentity | null;
}

export type LeaseAttempt = { kind: "acquired"; lease: Lease } | { kind: "busy"; owner: ProcessIdentity };

/**
 * Right of one live process, as a file `<name>.<generation>`. The highest generation holds; it is never deleted, only
 * emptied on release, and a taker links the next one into place, which exactly one can. So two takers of a dead holder's
 * lease cannot both win, which deleting and creating one name would allow.
 */
export class Lease {
  readonly #path: string;
  #released = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** False when another process took the lease, because it could not see us and missed our heartbeats. */
  async heartbeat(): Promise<boolean> {
    const seconds = Date.now() / 1000;
    try {
      await utimes(this.#path, seconds, seconds);
      return true;
    } catch (error) {
      if (isCode(error, "ENOENT")) return false;
      throw error;
    }
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    await truncate(this.#path, 0).catch((error: unknown) => {
      if (!isCode(error, "ENOENT")) throw error;
    });
  }
}

/** Takes a free lease, or that of a dead process at once. */
export async function acquireLease(directory: string, name: string, self: ProcessIdentity): Promise<LeaseAttempt> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const newest = await newestClaim(directory, name);
    if (newest === "changing") continue;
    if (newest?.owner && (await isHeld(newest, newest.owner, self))) return { kind: "busy", owner: newest.owner };
    const lease = await claim(directory, name, (newest?.generation ?? 0) + 1, self);
    if (lease !== null) return { kind: "acquired", lease };
  }
  return { kind: "busy", owner: self };
}

/** Null when somebody else was faster. */
async function claim(directory: string, name: string, generation: number, self: ProcessIdentity) {
  const path = join(directory, `${name}.${generation}`);
  const draft = join(directory, `${name}.claim-${randomUUID()}`);
  try {
    await writeFile(draft, JSON.stringify(self), { flag: "wx" });
    await link(draft, path);
  } catch (error) {
    if (isCode(error, "EEXIST")) return null;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const generations = await listGenerations(directory, name);
  if (generations.some((other) => other > generation)) {
    await rm(path, { force: true });
    return null;
  }
  const older = generations.filter((other) => other < generation);
  await Promise.all(older.map((other) => rm(join(directory, `${name}.${other}`), { force: true })));
  await removeAbandonedDrafts(directory, name);
  return new Lease(path);
}

async function newestClaim(directory: string, name: string): Promise<Claim | "changing" | null> {
  const generation = Math.max(0, ...(await listGenerations(directory, name)));
  if (generation === 0) return null;
  const path = join(directory, `${name}.${generation}`);
  try {
    return { generation, path, owner: parseOwner(await readFile(path, "utf8")) };
  } catch (error) {
    if (isCode(error, "ENOENT")) return "changing";
    throw error;
  }
}

async function isHeld(newest: Claim, owner: ProcessIdentity, self: ProcessIdentity): Promise<boolean> {
  const liveness = await livenessOf(owner, self);
  if (liveness !== "unknown") return liveness === "alive";
  const beat = await stat(newest.path).catch(() => null);
  return beat !== null && Date.now() - beat.mtimeMs < HEARTBEAT_STALE_MS;
}

async function listGenerations(directory: string, name: string): Promise<number[]> {
  const prefix = `${name}.`;
  return (await readdir(directory))
    .filter((file) => file.startsWith(prefix))
    .map((file) => file.slice(prefix.length))
    .filter((rest) => /^\d+$/.test(rest))
    .map(Number);
}

async function removeAbandonedDrafts(directory: string, name: string): Promise<void> {
  for (const file of await readdir(directory)) {
    if (!file.startsWith(`${name}.claim-`)) continue;
    const path = join(directory, file);
    const draft = await stat(path).catch(() => null);
    if (draft !== null && Date.now() - draft.mtimeMs > ABANDONED_CLAIM_MS) await rm(path, { force: true });
  }
}

function parseOwner(text: string): ProcessIdentity | null {
  try {
    return Owner.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
