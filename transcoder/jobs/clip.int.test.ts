import { execFile } from "node:child_process";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { promisify } from "node:util";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLIP_TASK, FETCH_TASK, INGEST_TASK, queuedStep } from "../../domain/asset/outcome.ts";
import { type Captions, decodeCaptions } from "../../domain/captions/captions.ts";
import { type AssetRef, assetPrefix, captionsKey, sentOverlayKey, sourceKey } from "../../domain/media/object-keys.ts";
import type { Plan } from "../../domain/media/plan.ts";
import { listJobs } from "../../platform/jobs/testing.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { SourceCache } from "../source/source-cache.ts";
import { makeFilm } from "../testing/barcode-film.ts";
import { type ClipWorld, startClipWorld, type TakenIn } from "../testing/clip-world.ts";
import { clipTask } from "./clip.ts";

const CONTEXT = { signal: new AbortController().signal, attempt: 1, isLastAttempt: false };
const never = new AbortController().signal;

let world: ClipWorld;
let film: string;
let source: TakenIn;
beforeAll(async () => {
  world = await startClipWorld();
  film = join(world.folder, "film.mp4");
  await makeFilm(film, { rate: "25", pictures: 1_500, sound: "aac" });
  source = await world.takeIn(film);
});
afterAll(() => world.stop());

const SPAN = { startSeconds: 20.2, endSeconds: 24 };

/** The store, with what of it is read, and where it breaks off. */
function watched({ failAfterBytes = Number.POSITIVE_INFINITY } = {}): { objects: Objects; read: Map<string, number> } {
  const { objects: inner } = world;
  const read = new Map<string, number>();
  let left = failAfterBytes;
  const objects: Objects = {
    put: (...args) => inner.put(...args),
    head: (key) => inner.head(key),
    list: (prefix) => inner.list(prefix),
    listKeys: (prefix) => inner.listKeys(prefix),
    delete: (key) => inner.delete(key),
    deleteAll: (...args) => inner.deleteAll(...args),
    localCopy: (key, use) => {
      read.set(key, Number.POSITIVE_INFINITY);
      return inner.localCopy(key, use);
    },
    read: async (key, range) => {
      const bytes = range === undefined ? ((await inner.head(key))?.sizeBytes ?? 0) : range.end - range.start;
      read.set(key, (read.get(key) ?? 0) + bytes);
      left -= bytes;
      if (left < 0) throw new Error("the store is away");
      return inner.read(key, range);
    },
  };
  return { objects, read };
}

function cut(ref: AssetRef, objects: Objects = world.objects): Promise<void> {
  const parts = { db: world.db, objects, sources: new SourceCache(objects), log: createLogger("test", "silent") };
  return clipTask(parts)(ref, CONTEXT);
}

/** The frames that a stored source holds, decoded or not. */
async function framesOf(ref: AssetRef): Promise<string> {
  return world.objects.localCopy(sourceKey(ref, 1), async (path) => {
    const { stdout } = await promisify(execFile)("ffmpeg", ["-v", "error", "-i", path, "-f", "framemd5", "-"]);
    return stdout;
  });
}

const LOGO = { url: "https://example.com/logo.png", overlay_settings: { width: "50%" } };
const TEXT = { url: "https://example.com/a.vtt", type: "text", language_code: "en" };

async function giveInputs({ environment, assetId }: AssetRef, inputs: readonly object[]): Promise<void> {
  await world.db
    .updateTable("assets")
    .set({ settings: JSON.stringify({ inputs }) })
    .where("environment_id", "=", environment)
    .where("id", "=", assetId)
    .execute();
}

/** Of a clip, when its jobs are done. */
async function planOf(clip: AssetRef): Promise<Plan> {
  const outcome = await world.runJobs(clip, CLIP_TASK);
  if (outcome.kind !== "ready") throw new Error(`the outcome is ${JSON.stringify(outcome)}`);
  const planned = await new SourceCache(world.objects).get(clip, outcome.planId);
  if (planned === null) throw new Error("there is no plan");
  return planned.plan;
}

async function addText(clip: AssetRef, from: AssetRef, captions: Captions | null): Promise<string> {
  const trackId = `text${clip.assetId}`.slice(0, 44);
  const ref = { ...from, trackId: `source${trackId}`.slice(0, 44) };
  if (captions !== null) await world.objects.put(captionsKey(ref), Buffer.from(JSON.stringify(captions)));
  await world.db
    .insertInto("tracks")
    .values({
      environment_id: clip.environment,
      asset_id: clip.assetId,
      id: trackId,
      type: "text",
      status: "preparing",
      name: "English",
      language_code: "en",
      text_source: "uploaded",
      source_track_id: ref.trackId,
      created_at: new Date(),
    })
    .execute();
  return trackId;
}

const toldOf = (trackId: string) =>
  world.trackResults.filter((one) => one.trackId === trackId).map(({ outcome }) => outcome);

describe("cutting a clip", () => {
  it("reads what it needs of the source, and not the rest", async () => {
    const clip = await world.addClip(source.ref, SPAN);
    const { objects, read } = watched();
    await cut(clip, objects);
    const of = async (ref: AssetRef) => (await world.objects.head(sourceKey(ref, 1)))?.sizeBytes ?? 0;
    const [all, own] = [await of(source.ref), await of(clip)];
    expect(own).toBeLessThan(all / 4);
    expect(read.get(sourceKey(source.ref, 1)) ?? 0).toBeLessThan(own + 200_000); // and its index
    expect((await listJobs(world.db)).some(({ key }) => key === `${INGEST_TASK}:${clip.assetId}`)).toBe(true);
  });

  it("has the images fetched that are to be burnt into it", async () => {
    const clip = await world.addClip(source.ref, SPAN);
    await giveInputs(clip, [{ url: "mux://assets/a" }, LOGO]);
    await cut(clip);
    const next = (await listJobs(world.db)).filter(({ key }) => key?.endsWith(`:${clip.assetId}`));
    expect(next.map(({ task, queue }) => ({ task, queue }))).toEqual([queuedStep(FETCH_TASK, clip)]);
  });

  it("burns in what it takes over, of the image that its source has, and nothing where it takes over nothing", async () => {
    const marked = await world.takeIn(film);
    await giveInputs(marked.ref, [{}, LOGO]);
    const image = await sharp({ create: { width: 40, height: 20, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    await world.objects.put(sentOverlayKey(marked.ref, 1), image);
    const clip = await world.addClip(marked.ref, SPAN);
    await giveInputs(clip, [{ url: "mux://assets/a" }, TEXT, LOGO]);
    expect(await planOf(clip)).toMatchObject({ overlays: { images: [{ widthRatio: 0.5 }] } }); // nothing may be fetched here
    const clean = await world.clip(marked.ref, SPAN);
    expect(clean.plan.overlays).toBeUndefined();
    const other = await world.addClip(marked.ref, SPAN);
    await giveInputs(other, [{ url: "mux://assets/a" }, { ...LOGO, overlay_settings: { width: "20%" } }]);
    await cut(other);
    expect(await world.objects.head(sentOverlayKey(other, 1))).toBeNull();
  });

  it("goes on where it was after any failure, with the same bytes", async () => {
    const whole = await world.addClip(source.ref, SPAN);
    await cut(whole);
    const clip = await world.addClip(source.ref, SPAN);
    const broken = watched({ failAfterBytes: 400_000 });
    await expect(cut(clip, broken.objects)).rejects.toThrow("the store is away");
    expect(await world.objects.head(sourceKey(clip, 1))).toBeNull();
    for (let time = 0; time < 2; time += 1) await cut(clip);
    const again = watched();
    await cut(clip, again.objects);
    expect([...again.read.keys()]).toEqual([]);
    const hashOf = async (ref: AssetRef) => (await world.objects.head(sourceKey(ref, 1)))?.sha256;
    expect(await hashOf(clip)).toBe(await hashOf(whole));
  });

  it("leaves an asset that plays without its source", async () => {
    const file = await world.takeIn(film);
    const clip = await world.clip(file.ref, SPAN);
    const before = await framesOf(clip.ref);
    await world.objects.deleteAll(assetPrefix(file.ref), never);
    await world.makeAll(clip);
    expect(await framesOf(clip.ref)).toBe(before);
  });

  it("ends the asset where the source's bytes are gone", async () => {
    const file = await world.takeIn(film);
    const clip = await world.addClip(file.ref, SPAN);
    await world.objects.deleteAll(assetPrefix(file.ref), never);
    const outcome = await world.runJobs(clip, CLIP_TASK);
    expect(outcome).toMatchObject({
      kind: "errored",
      error: { type: "invalid_input", messages: [expect.stringMatching(/was deleted before the clip was made/)] },
    });
  });

  it("ends the asset where the source has nothing to show", async () => {
    const clip = await world.addClip(source.ref, { startSeconds: 70, endSeconds: 75 });
    const outcome = await world.runJobs(clip, CLIP_TASK);
    expect(JSON.stringify(outcome)).toContain("neither picture nor sound in that time");
  });
});

describe("the text tracks of a clip", () => {
  it("are cut with it, and told of", async () => {
    const clip = await world.addClip(source.ref, SPAN);
    const cue = (startMs: number, endMs: number, said: string) => ({
      startMs,
      endMs,
      id: null,
      settings: "",
      text: said,
    });
    const cues = [cue(0, 1_000, "before"), cue(20_000, 21_000, "across"), cue(23_000, 30_000, "to the end")];
    const trackId = await addText(clip, source.ref, { version: 1, blocks: [], cues });
    await cut(clip);
    await expect.poll(() => toldOf(trackId), { timeout: 20_000 }).toEqual([{ kind: "ready" }]);
    const stored = await world.objects.read(captionsKey({ ...clip, trackId }));
    if (stored === null) throw new Error("nothing was stored");
    expect(decodeCaptions(await text(stored.body)).cues).toEqual([
      cue(0, 800, "across"),
      cue(2_800, 3_800, "to the end"),
    ]);
  });

  it("are errored where the source's text is gone, and the clip is made all the same", async () => {
    const clip = await world.addClip(source.ref, SPAN);
    const trackId = await addText(clip, source.ref, null);
    await cut(clip);
    const told = { kind: "errored", error: { messages: [expect.stringMatching(/^The text track was deleted/)] } };
    await expect.poll(() => toldOf(trackId), { timeout: 20_000 }).toMatchObject([told]);
    const found = await world.objects.read(sourceKey(clip, 1), { start: 4, end: 8 });
    expect(found === null ? null : (await buffer(found.body)).toString()).toBe("ftyp");
  });
});
