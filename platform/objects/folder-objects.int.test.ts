import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { objectsContract } from "./contract.ts";
import { openFolderObjects } from "./folder-objects.ts";
import { ObjectDamagedError, type Objects } from "./objects.ts";

const KILLS = 15;

objectsContract("the object folder", async () => {
  const directory = await mkdtemp(join(tmpdir(), "playhead-objects-"));
  return {
    open: () => openFolderObjects(directory),
    dispose: () => rm(directory, { recursive: true, force: true }),
  };
});

describe("the object folder", () => {
  let directory: string;
  let objects: Objects;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "playhead-objects-"));
    objects = openFolderObjects(directory);
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  /** Names of files that hold an object's bytes. */
  async function byteFiles(): Promise<string[]> {
    const names = await readdir(directory, { recursive: true });
    return names.filter((name) => /@\d+-[0-9a-f]{64}-/.test(name) || name.endsWith(".bytes"));
  }

  it("reports a stored object whose length is not the recorded one, and never serves it", async () => {
    await objects.put("a", Buffer.from("whole object"));
    const [file = ""] = await byteFiles();
    await chmod(join(directory, file), 0o644);
    await truncate(join(directory, file), 5);
    await expect(objects.read("a")).rejects.toThrow(ObjectDamagedError);
    await expect(objects.read("a", { start: 0, end: 3 })).rejects.toThrow(ObjectDamagedError);
    await expect(objects.localCopy("a", async () => 1)).rejects.toThrow(ObjectDamagedError);
    await objects.put("a", Buffer.from("again"));
    expect((await objects.head("a"))?.sizeBytes).toBe(5);
  });

  it("reports an object whose bytes are gone", async () => {
    await objects.put("a", Buffer.from("x"));
    for (const file of await byteFiles()) await rm(join(directory, file));
    await expect(objects.read("a")).rejects.toThrow(ObjectDamagedError);
  });

  it("leaves no bytes behind: not replaced, not deleted, not refused, not failed ones", async () => {
    for (const text of ["one", "two", "three"]) await objects.put("a/b", Buffer.from(text));
    await expect(objects.put("a/c", Buffer.from("x"), { sizeBytes: 2 })).rejects.toThrow();
    expect(await byteFiles()).toHaveLength(1);
    await objects.delete("a/b");
    expect(await byteFiles()).toEqual([]);
    expect(await readdir(directory)).toEqual(["@work"]);
  });

  it("leaves the bytes of one where many put one key at once, a new one or one that was there", async () => {
    for (let round = 0; round < 10; round += 1) {
      const bodies = Array.from({ length: 12 }, (_, n) => Buffer.alloc(10_000, n));
      await Promise.all(bodies.map((body) => openFolderObjects(directory).put(`round/${round >> 1}`, body)));
      const found = await objects.read(`round/${round >> 1}`);
      const kept = found === null ? Buffer.alloc(0) : await buffer(found.body);
      expect(bodies.some((body) => body.equals(kept))).toBe(true);
      expect(await byteFiles()).toHaveLength((round >> 1) + 1);
    }
  });

  it(`keeps every object whole, and no bytes without one, through ${KILLS} kills`, async () => {
    for (let kill = 0; kill < KILLS; kill += 1) {
      const child = spawn(process.execPath, [join(import.meta.dirname, "crash-child.ts"), directory]);
      await once(child.stdout, "data");
      await sleep(15 + kill * 7); // a different place in the work each time
      child.kill("SIGKILL");
      await once(child, "close");
      const later = openFolderObjects(directory);
      await later.put("env/other", Buffer.from("x")); // a user that writes also cleans up
      let count = 0;
      for await (const info of later.list("")) {
        const found = await later.read(info.key);
        const bytes = found === null ? Buffer.alloc(0) : await buffer(found.body);
        expect(createHash("sha256").update(bytes).digest("hex")).toBe(info.sha256);
        count += 1;
      }
      expect(await byteFiles()).toHaveLength(count);
    }
  });

  it("leaves alone what a living process is writing", async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    async function* slowly() {
      yield Buffer.from("begun ");
      await held;
      yield Buffer.from("and finished");
    }
    const slow = objects.put("slow", Readable.from(slowly()));
    await openFolderObjects(directory).put("quick", Buffer.from("x"));
    release();
    expect((await slow).sizeBytes).toBe(18);
  });
});
