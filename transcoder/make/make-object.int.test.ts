import { chmod, mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { initKey, segmentKey } from "../../domain/media/object-keys.ts";
import type { Plan } from "../../domain/media/plan.ts";
import { writeInitSegment } from "../../domain/mp4/init-segment.ts";
import { readFragments } from "../../domain/mp4/read-fragments.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { makeFilm, readNumbers } from "../testing/barcode-film.ts";
import { storeAndPlan, TEST_ASSET, writeJoined } from "../testing/made-asset.ts";
import { testMaker, testTools } from "../testing/test-maker.ts";
import { NothingToMakeError, type ObjectMaker } from "./make-object.ts";

const never = new AbortController().signal;
const ENCODED = "270p";

let folder: string;
let film: string;
let tools: FfmpegTools;
let runs = 0;
let outputs: Uint8Array[];
let objects: Objects;
let plan: Plan;
let maker: ObjectMaker;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-make-"));
  film = join(folder, "film.mp4");
  await makeFilm(film, { rate: "25", pictures: 250, sound: "aac" });
  const real = await testTools();
  tools = {
    ...real,
    run: async (run) => {
      runs += 1;
      const output = await real.run(run);
      outputs.push(output);
      return output;
    },
  };
});
beforeEach(async () => {
  objects = openFolderObjects(await mkdtemp(join(folder, "objects-")));
  plan = await storeAndPlan(objects, film);
  maker = testMaker(objects, tools);
  runs = 0;
  outputs = [];
});
afterEach(() => maker.close());
afterAll(() => rm(folder, { recursive: true, force: true }));

const ref = () => ({ ...TEST_ASSET, planId: plan.planId });
const segment = (n: number, rendition = ENCODED) => ({ kind: "segment" as const, ...ref(), rendition, segment: n });
const bytesOf = async (key: string): Promise<Buffer> => {
  const found = await objects.read(key);
  if (found === null) throw new Error(`there is no ${key}`);
  return buffer(found.body);
};

describe("ObjectMaker", () => {
  it("encodes once for many who ask at the same time, and what comes next by itself", async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => maker.make(segment(0), "viewer", never)));
    expect(new Set(made.map(({ sha256 }) => sha256)).size).toBe(1);
    await expect.poll(() => objects.head(segmentKey(ref(), ENCODED, 1)), { timeout: 20_000 }).not.toBeNull();
    expect(runs).toBe(2);
    await maker.make(segment(1), "viewer", never);
    expect(runs).toBe(2);
  });

  it("makes the init segment by encoding the first segment, which is wanted anyway", async () => {
    await maker.make({ kind: "init", ...ref(), rendition: ENCODED }, "viewer", never);
    expect(await objects.head(segmentKey(ref(), ENCODED, 0))).not.toBeNull();
    expect(runs).toBe(1);
  });

  it("encodes once for a player that asks for init and first segment at the same time", async () => {
    const both = [{ kind: "init" as const, ...ref(), rendition: ENCODED }, segment(0)];
    await Promise.all(both.map((wanted) => maker.make(wanted, "prefetch", never)));
    expect(runs).toBe(1);
  });

  it("makes a lost init segment again", async () => {
    const { key, sha256 } = await maker.make({ kind: "init", ...ref(), rendition: ENCODED }, "prefetch", never);
    await objects.delete(key);
    expect((await maker.make({ kind: "init", ...ref(), rendition: ENCODED }, "prefetch", never)).sha256).toBe(sha256);
  });

  it("makes the same bytes again", async () => {
    const first = await maker.make(segment(2), "prefetch", never);
    await objects.delete(first.key);
    await objects.delete(initKey(ref(), ENCODED));
    expect((await maker.make(segment(2), "prefetch", never)).sha256).toBe(first.sha256);
  });

  it("makes a missing segment under the init segment that another version of ffmpeg has written", async () => {
    await maker.make(segment(0), "prefetch", never);
    const { init } = readFragments(outputs[0] ?? new Uint8Array());
    const name = Buffer.from(init.stsd).indexOf("Lavc");
    expect(name).toBeGreaterThan(0);
    const stsd = Buffer.from(init.stsd);
    stsd.write("Lavc58.9", name);
    const facts = { kind: "video" as const, timescale: init.timescale, editMediaTime: 0 };
    const { widthPx, heightPx } = init;
    const { sha256 } = await objects.put(
      initKey(ref(), ENCODED),
      Buffer.from(writeInitSegment({ ...facts, stsd, widthPx, heightPx })),
    );
    await maker.make(segment(1), "viewer", never);
    expect((await objects.head(initKey(ref(), ENCODED)))?.sha256).toBe(sha256);
    const joined = await writeJoined(objects, plan, ENCODED, [0, 1], join(folder, "upgraded.mp4"));
    const pictures = ((plan.boundaries[2] ?? 0) / plan.timescale) * 25;
    expect(await readNumbers(joined)).toEqual(Array.from({ length: pictures }, (_, n) => n));
  });

  it("names no version of ffmpeg in an init segment", async () => {
    const { key } = await maker.make({ kind: "init", ...ref(), rendition: ENCODED }, "viewer", never);
    const bytes = await bytesOf(key);
    expect([bytes.indexOf("avc1") > 0, bytes.indexOf("Lavc"), bytes.indexOf("btrt")]).toEqual([true, -1, -1]);
  });

  it("refuses to store a segment that needs another init segment than the one players have", async () => {
    const { key } = await maker.make({ kind: "init", ...ref(), rendition: ENCODED }, "prefetch", never);
    await objects.delete(segmentKey(ref(), ENCODED, 0));
    const bytes = await bytesOf(key);
    const parameters = bytes.indexOf("avcC") + 20;
    bytes[parameters] = (bytes[parameters] ?? 0) ^ 1;
    await objects.put(key, bytes);
    await expect(maker.make(segment(0), "viewer", never)).rejects.toThrow("is not the init segment");
    expect(await objects.head(segmentKey(ref(), ENCODED, 0))).toBeNull();
  });

  it.each([
    ["cut short", (path: string) => truncate(path, 100)],
    [
      "changed in place",
      async (path: string) => writeFile(path, Buffer.alloc((await import("node:fs")).statSync(path).size, 7)),
    ],
  ])("makes an object anew whose bytes were %s", async (_, damage) => {
    const { key, sha256 } = await maker.make(segment(0, "audio"), "viewer", never);
    await objects.localCopy(key, async () => {});
    await damageObject(key, damage);
    expect((await maker.make(segment(0, "audio"), "viewer", never)).sha256).toBe(sha256);
    expect((await bytesOf(key)).length).toBeGreaterThan(100);
  });

  it.each([
    ["plan", () => ({ ...segment(0), planId: "f".repeat(16) })],
    ["asset", () => ({ ...segment(0), assetId: "B".repeat(44) })],
    ["rendition", () => segment(0, "4320p")],
    ["segment", () => segment(999)],
  ])("knows of no such %s", async (_, wanted) => {
    await expect(maker.make(wanted(), "viewer", never)).rejects.toThrow(NothingToMakeError);
  });

  it("stops the encoder when nobody waits any more", async () => {
    const leaving = new AbortController();
    const making = maker.make(segment(3), "viewer", leaving.signal);
    setTimeout(() => leaving.abort(new Error("left")), 30);
    await expect(making).rejects.toThrow("left");
    await expect(maker.make(segment(3), "viewer", never)).resolves.toMatchObject({
      key: segmentKey(ref(), ENCODED, 3),
    });
  });
});

/** Changes the stored bytes behind the store's back. */
async function damageObject(key: string, damage: (path: string) => Promise<void>): Promise<void> {
  const [environment = "", asset = "", planId = "", rendition = "", part = ""] = key.split("/");
  const stores = await readdir(folder);
  for (const store of stores.filter((name) => name.startsWith("objects-"))) {
    const directory = join(folder, store, environment, asset, planId, rendition);
    const names = await readdir(directory).catch(() => []);
    const bytes = names.find((name) => name.startsWith(`${part}@`) && name.length > part.length + 1);
    if (bytes === undefined || planId !== plan.planId) continue;
    await chmod(join(directory, bytes), 0o644);
    await damage(join(directory, bytes));
  }
}
