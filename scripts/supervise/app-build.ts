import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { appSourcesHash } from "../sources-hash.ts";
import type { RunningChild } from "./child.ts";
import { takeLock } from "./folder-lock.ts";
import { readText } from "./private-file.ts";

const STAMP = ".next/playhead-sources";
const LOCK_POLL_MS = 250;

/** Builds the app unless `.next` was already made from these sources. Starts of other data folders wait for each other. */
export async function buildApp(root: string, startBuild: () => RunningChild, signal: AbortSignal): Promise<void> {
  const release = await lockBuild(root, signal);
  try {
    const wanted = await appSourcesHash(root);
    if (readText(join(root, STAMP)) === wanted) return;
    const build = startBuild();
    const abort = (): void => void build.stop(1_000);
    signal.addEventListener("abort", abort);
    const code = await build.exitCode;
    signal.removeEventListener("abort", abort);
    signal.throwIfAborted();
    if (code !== 0) throw new Error(`the app's build failed:\n${build.lastLines().join("\n")}`);
    writeFileSync(join(root, STAMP), wanted);
  } finally {
    release();
  }
}

async function lockBuild(root: string, signal: AbortSignal): Promise<() => void> {
  const folder = join(root, "node_modules/.cache");
  mkdirSync(folder, { recursive: true });
  for (;;) {
    const attempt = takeLock(join(folder, "playhead-build.lock"));
    if (attempt.kind === "taken") return attempt.release;
    await sleep(LOCK_POLL_MS, undefined, { signal });
  }
}
