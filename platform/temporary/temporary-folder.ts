import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { livenessOf, ownIdentity, type ProcessIdentity } from "../eventlog/process-identity.ts";

/** A folder whose owner cannot be seen from here (another container) is left alone so long: no work takes a week. */
const ABANDONED_MS = 8 * 24 * 3_600_000;
/** What for, whose, and six letters of mkdtemp(3): `playhead-ffmpeg-0a1b2c3d-4711-123456-Ab3dE7`. */
const NAME = /^playhead-[a-z]+-([0-9a-f]{8})-(\d+)-(\d+|x)-[A-Za-z0-9]{6}$/;
const HOST_LENGTH = 8;

/**
 * Gives a folder of its own to a work, and removes it with all that is in it when that ends. A process that is killed leaves its
 * folders behind for {@link sweepTemporaryFolders}, which knows by their names whose they are.
 *
 * @param purpose lower-case letters, for people who look
 */
export async function inTemporaryFolder<T>(
  purpose: string,
  work: (folder: string) => Promise<T>,
  root = tmpdir(),
): Promise<T> {
  const { host, pid, startTicks } = await ownIdentity();
  const folder = await mkdtemp(join(root, `playhead-${purpose}-${hashOf(host)}-${pid}-${startTicks ?? "x"}-`));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes temporary folders whose processes are gone; gives how many. Any number of processes may do so at once. */
export async function sweepTemporaryFolders(root = tmpdir(), nowMs = Date.now()): Promise<number> {
  const self = await ownIdentity();
  let swept = 0;
  for (const name of await readdir(root)) {
    const [, hash, pid, ticks] = NAME.exec(name) ?? [];
    if (hash === undefined) continue;
    const host = hash === hashOf(self.host) ? self.host : "another";
    const owner = { host, pid: Number(pid), startTicks: ticks === "x" ? null : Number(ticks) };
    const folder = join(root, name);
    if (!(await isAbandoned(folder, owner, self, nowMs))) continue;
    await rm(folder, { recursive: true, force: true });
    swept += 1;
  }
  return swept;
}

/** Folders of other users of the machine are none of ours, whatever they are called. */
async function isAbandoned(
  folder: string,
  owner: ProcessIdentity,
  self: ProcessIdentity,
  nowMs: number,
): Promise<boolean> {
  const status = await stat(folder).catch(() => null); // another one sweeps too
  if (status === null || status.uid !== process.geteuid?.()) return false;
  const liveness = await livenessOf(owner, self);
  return liveness === "unknown" ? nowMs - status.mtimeMs > ABANDONED_MS : liveness === "dead";
}

function hashOf(host: string): string {
  return createHash("sha256").update(host).digest("hex").slice(0, HOST_LENGTH);
}
