import { chmodSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { takeLock } from "./folder-lock.ts";

/** A reason to end the start that a person can act on; shown as one line, without a stack. */
export class StartError extends Error {
  override readonly name = "StartError";
}

export interface DataFolder {
  path: string;
  logs: string;
  secretsFile: string;
  devFile: string;
  /** True when an earlier Playhead on it was killed: its programs may need a moment to go. */
  wasLeftBehind: boolean;
  /** Removes everything in it; only after making sure that nothing runs on it. */
  empty(): void;
  release(): void;
}

const LOCK = "lock";

/** Makes the folder if need be, readable by its owner only, and takes its lock. */
export function openDataFolder(path: string): DataFolder {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
  const lock = takeLock(join(path, LOCK));
  if (lock.kind === "held") {
    throw new StartError(
      `another Playhead (process ${lock.pid}) runs on ${path}: stop it, or use a folder of its own (--data DIR) with PLAYHEAD_PORT_BASE`,
    );
  }
  const folder: DataFolder = {
    path,
    logs: join(path, "logs"),
    secretsFile: join(path, "secrets.json"),
    devFile: join(path, "dev.json"),
    wasLeftBehind: lock.wasStale,
    empty: () => {
      for (const entry of readdirSync(path)) {
        if (entry !== LOCK) rmSync(join(path, entry), { recursive: true, force: true });
      }
      makeFolders(path);
    },
    release: () => lock.release(),
  };
  rmSync(folder.devFile, { force: true }); // of a Playhead that was killed
  makeFolders(path);
  return folder;
}

/** What no program makes for itself; the databases make their own. */
function makeFolders(path: string): void {
  for (const name of ["logs", "eventlog", "objects"]) mkdirSync(join(path, name), { recursive: true, mode: 0o700 });
}
