import { closeSync, openSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const LOCK = ".playhead-install.lock";
const BEAT_MS = 1_000;
/** A holder that shows no sign of life for this long was killed. */
const STALE_MS = 8_000;
const POLL_MS = 250;

/**
 * Runs `work` while nobody else installs into the same repository: two `npm ci` at once leave half of the packages.
 * @template T
 * @param {string} root
 * @param {() => Promise<T>} work
 * @param {number} [staleMs]
 * @returns {Promise<T>}
 */
export async function withInstallLock(root, work, staleMs = STALE_MS) {
  const file = join(root, LOCK);
  while (!take(file)) {
    if (ageMs(file) > staleMs) rmSync(file, { force: true });
    else await sleep(POLL_MS);
  }
  const beat = setInterval(() => touch(file), BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    rmSync(file, { force: true });
  }
}

function take(file) {
  try {
    closeSync(openSync(file, "wx"));
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function ageMs(file) {
  const status = statSync(file, { throwIfNoEntry: false });
  return status === undefined ? 0 : Date.now() - status.mtimeMs;
}

function touch(file) {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // somebody took it for stale: the end of the work is near either way
  }
}
