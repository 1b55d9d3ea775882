import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";

/** Which parts of an interrupted run passed, with the hash of the code that they covered. */
const Progress = z.record(z.string(), z.string());

const file = (root: string): string => join(root, "node_modules/.cache/playhead-test-full.json");

export function passedParts(root: string): ReadonlyMap<string, string> {
  try {
    return new Map(Object.entries(Progress.parse(JSON.parse(readFileSync(file(root), "utf8")))));
  } catch {
    return new Map(); // no run was interrupted, or its note is unreadable: everything runs
  }
}

export function rememberPassed(root: string, part: string, hash: string): void {
  mkdirSync(dirname(file(root)), { recursive: true });
  writeFileSync(file(root), JSON.stringify({ ...Object.fromEntries(passedParts(root)), [part]: hash }));
}

export function forgetProgress(root: string): void {
  rmSync(file(root), { force: true });
}
