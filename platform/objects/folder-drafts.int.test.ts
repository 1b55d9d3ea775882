import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { appendFile, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openFolderObjects } from "./folder-objects.ts";

const KILLS = 15;
const MEBIBYTE = 1_048_576;

describe("drafts of the object folder", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "playhead-drafts-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it("become objects without a copy", async () => {
    const objects = openFolderObjects(directory);
    const draft = objects.openDraft("env/a/source/1", "d");
    const piece = Buffer.alloc(8 * MEBIBYTE, 3);
    for (let n = 0; n < 16; n += 1) await draft.write(n * piece.length, Readable.from([piece]));
    const { ino } = await stat(join(directory, "@drafts/d/bytes"));
    const info = await draft.finish({ sizeBytes: 16 * piece.length });
    const [file = ""] = (await readdir(join(directory, "env/a/source"))).filter((name) => name.length > 10);
    expect((await stat(join(directory, "env/a/source", file))).ino).toBe(ino);
    const hash = createHash("sha256");
    for (let n = 0; n < 16; n += 1) hash.update(piece);
    expect(info.sha256).toBe(hash.digest("hex"));
    expect(await readdir(join(directory, "@drafts"))).toEqual([]);
  });

  it("leave one name for their bytes when they are finished several times at once, and none when that is deleted", async () => {
    const objects = openFolderObjects(directory);
    for (let n = 0; n < 20; n += 1) {
      const key = `env/a${n}/source/1`;
      const draft = objects.openDraft(key, `d${n}`);
      await draft.write(0, Readable.from([Buffer.alloc(1_000, n)]));
      await Promise.all([1, 2, 3].map(() => draft.finish({ sizeBytes: 1_000 })));
      expect(await readdir(join(directory, `env/a${n}/source`))).toHaveLength(2); // the bytes and the link to them
      await objects.delete(key);
    }
    expect((await readdir(directory)).sort()).toEqual(["@drafts", "@work"]);
  });

  it("ignore a torn entry of their ranges and go on behind it", async () => {
    const draft = openFolderObjects(directory).openDraft("a", "torn");
    await draft.write(0, Readable.from([Buffer.alloc(1_000, 1)]));
    await appendFile(join(directory, "@drafts/torn/ranges"), "[1000-20");
    const resumed = openFolderObjects(directory).openDraft("a", "torn");
    expect((await resumed.received()).contiguousBytes).toBe(1_000);
    await resumed.write(1_000, Readable.from([Buffer.alloc(500, 1)]));
    expect((await openFolderObjects(directory).openDraft("a", "torn").received()).ranges).toEqual([
      { start: 0, end: 1_500 },
    ]);
  });

  it(`lose nothing that they said was durable, through ${KILLS} kills`, async () => {
    let begun = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const child = spawn(process.execPath, [join(import.meta.dirname, "draft-child.ts"), directory, String(begun)]);
      const said = text(child.stdout);
      await once(child.stdout, "readable");
      await sleep(10 + kill * 6); // a different place in the work each time
      child.kill("SIGKILL");
      const lines = (await said).split("\n").filter((line) => /^\d+ (\d+|done)$/.test(line));
      const objects = openFolderObjects(directory);
      for (const line of lines) {
        const [n = "", what = ""] = line.split(" ");
        const info = await objects.head(`env/asset/source/${n}`);
        if (what === "done") expect(info, line).not.toBeNull();
        else if (info === null)
          expect(
            (await objects.openDraft(`env/asset/source/${n}`, `draft${n}`).received()).contiguousBytes,
            line,
          ).toBeGreaterThanOrEqual(Number(what));
        begun = Math.max(begun, Number(n));
      }
      for await (const info of objects.list("")) {
        const found = await objects.read(info.key);
        const bytes = found === null ? Buffer.alloc(0) : await buffer(found.body);
        expect(createHash("sha256").update(bytes).digest("hex")).toBe(info.sha256);
      }
    }
    expect(begun).toBeGreaterThan(3);
  });
});
