import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { imageKey, imagePrefix } from "../../domain/media/image-keys.ts";
import type { WantedStoryboard } from "../../domain/media/transcoder-wire.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { NothingToMakeError } from "../make/make-object.ts";
import { Slots } from "../make/slots.ts";
import { SourceCache } from "../source/source-cache.ts";
import { makeFilm } from "../testing/barcode-film.ts";
import { storeAndPlan, TEST_ASSET } from "../testing/made-asset.ts";
import { alone, testTools } from "../testing/test-maker.ts";
import { ImageMaker } from "./image-maker.ts";

const never = new AbortController().signal;

let folder: string;
let film: string;
let real: FfmpegTools;
let objects: Objects;
let planId: string;
let slots: Slots;
let leases: typeof alone;
/** Begins of ffmpeg, and what lets it end. */
let runs: (() => void)[];
let maker: ImageMaker;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-images-"));
  real = await testTools();
  film = join(folder, "film.mp4");
  await makeFilm(film, { rate: "25", pictures: 25 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(async () => {
  objects = openFolderObjects(await mkdtemp(join(folder, "objects-")));
  ({ planId } = await storeAndPlan(objects, film));
  slots = new Slots(1);
  leases = { ...alone };
  runs = [];
  maker = new ImageMaker({
    objects,
    sources: new SourceCache(objects),
    tools: { ...real, run: pretend },
    leases,
    slots,
    places: 1,
    log: createLogger("test", "silent"),
  });
});
afterEach(() => {
  maker.close();
  for (const end of runs) end();
});

/** A black picture of the right size, when the test says so. */
async function pretend({ maxOutputBytes }: { maxOutputBytes: number }): Promise<Uint8Array> {
  await new Promise<void>((resolve) => runs.push(resolve));
  return new Uint8Array(maxOutputBytes);
}

/** Waits for the n-th begin of ffmpeg, and lets it end. */
async function letRun(n: number): Promise<void> {
  await expect.poll(() => runs.length).toBe(n);
  runs[n - 1]?.();
}

function storyboard(facts: Partial<WantedStoryboard> = {}): WantedStoryboard {
  const stretch = { startSeconds: 0, endSeconds: 1 };
  return { kind: "storyboard", ...TEST_ASSET, planId, format: "jpg", ...stretch, ...facts };
}

describe("ImageMaker", () => {
  it("makes a storyboard once for all who want it, and stores it", async () => {
    const both = [maker.make(storyboard(), never), maker.make(storyboard(), never)];
    await letRun(1);
    const [one, other] = await Promise.all(both);
    expect(one).toEqual(other);
    expect(await objects.head(imageKey(storyboard()))).toMatchObject({ sizeBytes: one?.length });
    expect(await maker.make(storyboard(), never)).toEqual(one);
    expect(runs).toHaveLength(1);
  });

  it("finishes what has begun although nobody waits any more", async () => {
    const leaving = new AbortController();
    const wanted = maker.make(storyboard(), leaving.signal);
    await expect.poll(() => runs.length).toBe(1);
    leaving.abort(new Error("left"));
    await expect(wanted).rejects.toThrow("left");
    const again = maker.make(storyboard(), never);
    runs[0]?.();
    await again;
    expect(runs).toHaveLength(1);
  });

  it("gives viewers the encoders first, and takes one at most", async () => {
    const order: string[] = [];
    const busy = Promise.withResolvers<void>();
    const encoding = slots.run(
      { environment: TEST_ASSET.environment, priority: () => "viewer" },
      never,
      () => busy.promise,
    );
    const boards = (["jpg", "png"] as const).map((format) =>
      maker.make(storyboard({ format }), never).then(() => order.push(format)),
    );
    await expect.poll(() => slots.waiting).toBe(1); // the other waits for the first
    const viewer = slots.run({ environment: TEST_ASSET.environment, priority: () => "viewer" }, never, async () =>
      order.push("segment"),
    );
    busy.resolve();
    await letRun(1);
    await letRun(2);
    await Promise.all([encoding, viewer, ...boards]);
    expect(order).toEqual(["segment", "jpg", "png"]);
  });

  it("makes others while another transcoder makes one, until nobody waits for that", async () => {
    const elsewhere = imageKey(storyboard());
    let isAwaited = false;
    leases.underLease = async (lease, signal, done, work) => {
      if (lease.key !== elsewhere) return alone.underLease(lease, signal, done, work);
      isAwaited = true;
      await once(signal, "abort");
      isAwaited = false;
      throw signal.reason;
    };
    const leaving = new AbortController();
    const theirs = maker.make(storyboard(), leaving.signal);
    await expect.poll(() => isAwaited).toBe(true);
    const ours = maker.make(storyboard({ format: "png" }), never);
    await letRun(1);
    expect((await ours)?.length).toBeGreaterThan(0);
    leaving.abort(new Error("left"));
    await expect(theirs).rejects.toThrow("left");
    await expect.poll(() => isAwaited).toBe(false);
  });

  it("does not wait for encoders with a single picture", async () => {
    const busy = Promise.withResolvers<void>();
    const encoding = slots.run(
      { environment: TEST_ASSET.environment, priority: () => "viewer" },
      never,
      () => busy.promise,
    );
    const transform = { fitMode: "preserve", rotateDegrees: 0, flipH: false, flipV: false } as const;
    const size = { widthPx: 16, heightPx: 16 };
    const wanted = { ...TEST_ASSET, planId, kind: "image", format: "png", timeSeconds: 0, ...size } as const;
    const image = maker.make({ ...wanted, ...transform }, never);
    await letRun(1);
    expect((await image)?.length).toBeGreaterThan(0);
    busy.resolve();
    await encoding;
  });

  it("stores no more ranges than the asset is worth, but always the whole storyboard", async () => {
    const part = storyboard({ endSeconds: 0.5 });
    for (let n = 0; n <= 20; n += 1) await objects.put(`${imagePrefix(part)}other-${n}`, Buffer.from("x"));
    const made = [maker.make(part, never)];
    await letRun(1);
    expect((await made[0])?.length).toBeGreaterThan(0);
    expect(await objects.head(imageKey(part))).toBeNull();
    made.push(maker.make(storyboard(), never));
    await letRun(2);
    await Promise.all(made);
    expect(await objects.head(imageKey(storyboard()))).not.toBeNull();
  });

  it("knows nothing of a plan that is not there", async () => {
    const wanted = storyboard({ planId: "0".repeat(16) });
    await expect(maker.make(wanted, never)).rejects.toThrow(NothingToMakeError);
  });
});
