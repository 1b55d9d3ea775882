import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withInstallLock } from "./install-lock.mjs";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "playhead-install-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("withInstallLock", () => {
  it("lets one install at a time, and leaves nothing behind", async () => {
    let inside = 0;
    let most = 0;
    const install = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(20);
      inside -= 1;
    };
    await Promise.all([1, 2, 3].map(() => withInstallLock(root, install)));
    expect(most).toBe(1);
    expect(readdirSync(root)).toEqual([]);
  });

  it("gives the lock back when the installation fails", async () => {
    await expect(withInstallLock(root, () => Promise.reject(new Error("no network")))).rejects.toThrow("no network");
    await expect(withInstallLock(root, async () => "again")).resolves.toBe("again");
  });

  it("takes over from one that was killed", async () => {
    const file = join(root, ".playhead-install.lock");
    writeFileSync(file, "");
    utimesSync(file, new Date(0), new Date(0));
    await expect(withInstallLock(root, async () => "done")).resolves.toBe("done");
  });
});
