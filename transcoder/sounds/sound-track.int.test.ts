import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { APPLY_TRACK_RESULT_TASK, type TrackResult } from "../../domain/asset/text-track.ts";
import { type AssetRef, planKey, soundTrackRef, sourceKey, type TrackRef } from "../../domain/media/object-keys.ts";
import { type AudioRendition, decodePlan, type Plan, planSeconds } from "../../domain/media/plan.ts";
import { soundTrackRendition } from "../../domain/media/sound-track.ts";
import { parseAllowList } from "../../domain/network/allow-list.ts";
import { type JobWorker, startJobWorker } from "../../platform/jobs/worker.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { ResumableObjects } from "../../platform/objects/objects.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { createPool, createPostgres, type Postgres } from "../../platform/postgres/pool.ts";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { SourceCache } from "../source/source-cache.ts";
import { segmentsOf, storeAndPlan, TEST_ASSET, writeJoined } from "../testing/made-asset.ts";
import {
  decodeRendition,
  decodeSource,
  ffmpeg,
  MUSIC,
  PICTURE,
  PICTURE_CODEC,
  signalToNoise,
} from "../testing/sound-film.ts";
import { testMaker, testTools } from "../testing/test-maker.ts";
import { readSoundTask } from "./read-sound-track.ts";

const log = createLogger("test", "silent");
const never = new AbortController().signal;
const RATE = 48_000;
const STEREO = { sampleRate: RATE, channels: 2 };
/** Of the film; two runs of the encoder. */
const SECONDS = 14;

let postgres: TestPostgres;
let pool: ReturnType<typeof createPool>;
let db: Postgres;
let folder: string;
let objects: ResumableObjects;
let tools: FfmpegTools;
let web: Server;
let worker: JobWorker;
let main: Plan;
const results: TrackResult[] = [];
let made = 0;
/** Downloads that were begun and never end. */
let slow = 0;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createTestDatabase();
  pool = createPool({ url, applicationName: "test", log });
  db = createPostgres(pool);
  folder = await mkdtemp(join(tmpdir(), "playhead-sound-track-"));
  objects = openFolderObjects(join(folder, "objects"));
  tools = await testTools();
  const film = join(folder, "film.mp4");
  await ffmpeg("-f", "lavfi", "-i", `${PICTURE}:d=${SECONDS}`, ...PICTURE_CODEC, film);
  main = await storeAndPlan(objects, film);
  web = createServer(async ({ url: path = "" }, response) => {
    if (path.endsWith("?slowly")) {
      slow += 1;
      response.writeHead(200, { "content-length": 1_000_000 }).write(await readFile(join(folder, "slow.m4a")));
      return; // and nothing more
    }
    const bytes = await readFile(join(folder, basename(path))).catch(() => null);
    response.writeHead(bytes === null ? 404 : 200).end(bytes);
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  const tasks = { [APPLY_TRACK_RESULT_TASK]: async (payload: unknown) => void results.push(payload as TrackResult) };
  worker = startJobWorker({ url, name: "test", tasks, concurrency: 1, log, metrics: createMetrics("test") });
  await createEnvironment();
  await createAsset(TEST_ASSET, main);
});
afterAll(async () => {
  await worker.close();
  web.closeAllConnections();
  web.close();
  await pool.end();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

async function createEnvironment(): Promise<void> {
  const { id } = await db.insertInto("organizations").values({ name: "One" }).returning("id").executeTakeFirstOrThrow();
  const environment = { id: TEST_ASSET.environment, organization_id: id, name: "Production" };
  await db
    .insertInto("environments")
    .values({ ...environment, type: "production" })
    .execute();
}

async function createAsset({ environment, assetId }: AssetRef, { planId, test }: Plan): Promise<void> {
  const asset = { environment_id: environment, id: assetId, is_test: test !== undefined, settings: "{}", meta: "{}" };
  const wanted = { video_quality: "basic" as const, max_resolution_tier: "1080p" as const, source_generation: 1 };
  const told = { ingest_type: "on_demand_url" as const, created_at: new Date(), updated_at: new Date() };
  await db
    .insertInto("assets")
    .values({ ...asset, ...wanted, ...told, status: "ready", plan_id: planId })
    .execute();
}

/** A track of the file of that name, read by its job; with what the server is told. */
async function read(name: string, status: "preparing" | "deleted" = "preparing", asset = TEST_ASSET) {
  made += 1;
  const trackId = `track${made}x`.padEnd(44, "0");
  const { port } = web.address() as AddressInfo;
  await db
    .insertInto("tracks")
    .values({
      ...{ environment_id: TEST_ASSET.environment, asset_id: asset.assetId, id: trackId, type: "audio", status },
      ...{ name: trackId, language_code: "de", created_at: new Date() },
      source_url: `http://127.0.0.1:${port}/${name}`,
    })
    .execute();
  const ref = { ...asset, trackId };
  const parts = { db, objects, tools, log, sources: new SourceCache(objects), lookEveryMs: 100 };
  const { list: allow } = parseAllowList(`127.0.0.1:${port}`);
  await readSoundTask({ ...parts, allow })(ref, { signal: never, attempt: 1, isLastAttempt: false });
  const told = () => results.find((result) => result.trackId === trackId);
  if (status === "preparing") await expect.poll(told, { timeout: 20_000 }).toBeDefined();
  return { ref, outcome: told()?.outcome };
}

async function planOf(ref: TrackRef, { planId } = main): Promise<Plan> {
  const stored = await objects.read(planKey({ ...soundTrackRef(ref), planId }));
  return decodePlan(stored === null ? "" : (await buffer(stored.body)).toString("utf8"));
}

/** Every segment as players get them, decoded. */
async function heard(plan: Plan, asset = TEST_ASSET): Promise<{ sound: Float32Array; rendition: AudioRendition }> {
  const [rendition] = plan.audio;
  if (rendition === undefined) throw new Error("the track has a sound");
  const maker = testMaker(objects, tools);
  const wanted = { ...asset, planId: plan.planId, rendition: rendition.name };
  const segments = segmentsOf(plan, rendition);
  for (const segment of segments) await maker.make({ kind: "segment", ...wanted, segment }, "viewer", never);
  await maker.make({ kind: "init", ...wanted }, "viewer", never);
  await maker.close();
  const path = join(folder, `${rendition.name}.mp4`);
  const file = await writeJoined(objects, plan, rendition.name, segments, path, asset);
  return { sound: await decodeRendition(file, STEREO, 1_024), rendition };
}

/** Music of some seconds, in a file of that name; gives its path. */
async function music(name: string, seconds: number, ...codec: string[]): Promise<string> {
  const file = join(folder, name);
  await ffmpeg("-f", "lavfi", "-i", `${MUSIC}:s=${RATE}:d=${seconds}`, ...codec, file);
  return file;
}

describe("a sound by URL", () => {
  it("is copied packet by packet, cut where a film ends that is shorter", async () => {
    const file = await music("long.m4a", SECONDS + 6, "-c:a", "aac");
    const { ref, outcome } = await read("long.m4a");
    expect(outcome).toMatchObject({ kind: "ready", sound: { channels: 2 } });
    const plan = await planOf(ref);
    const { sound, rendition } = await heard(plan);
    expect(rendition).toMatchObject({ kind: "copied", name: soundTrackRendition(ref.trackId) });
    const seconds = (rendition.boundaries.at(-1) ?? 0) / rendition.timescale;
    expect(seconds).toBeGreaterThanOrEqual(planSeconds(main));
    expect(seconds).toBeLessThan(planSeconds(main) + 1_024 / RATE);
    expect(
      signalToNoise((await decodeSource(file, STEREO)).subarray(0, 2 * RATE * (SECONDS - 1)), sound),
    ).toBeGreaterThan(90);
  });

  it.each([
    ["aac", "copied", "m4a", ["-c:a", "aac"]],
    ["mp3", "encoded", "mp3", ["-c:a", "libmp3lame"]],
  ])("ends with a test, whose plan tells of every packet of it: %s", async (codec, kind, ending, options) => {
    const asset: AssetRef = { ...TEST_ASSET, assetId: `Test${codec}`.padEnd(44, "x") };
    const shown = await storeAndPlan(objects, join(folder, "film.mp4"), asset, undefined, {
      test: { shownSeconds: 10 },
    });
    await createAsset(asset, shown);
    await music(`beyond.${ending}`, SECONDS, ...options);
    const { ref, outcome } = await read(`beyond.${ending}`, "preparing", asset);
    if (outcome?.kind !== "ready") throw new Error("it is read");
    expect(outcome.sound?.durationSeconds).toBeLessThanOrEqual(10);
    const { sound, rendition } = await heard(await planOf(ref, shown), asset);
    expect(rendition.kind).toBe(kind);
    const planned = (rendition.boundaries.at(-1) ?? 0) / rendition.timescale;
    expect(planned).toBeGreaterThan(9.9);
    expect(planned).toBeLessThanOrEqual(10);
    expect(Math.abs(sound.length / 2 / RATE - planned)).toBeLessThan(2 / RATE);
  });

  it("goes on in silence where the film is longer", async () => {
    const file = await music("short.m4a", 5, "-c:a", "aac");
    const { ref, outcome } = await read("short.m4a");
    if (outcome?.kind !== "ready") throw new Error("it is read");
    expect(outcome.sound?.durationSeconds).toBeCloseTo(5, 1);
    const { sound, rendition } = await heard(await planOf(ref));
    expect(rendition.kind).toBe("encoded");
    expect(sound.length / 2 / RATE).toBeGreaterThanOrEqual(SECONDS - 0.05);
    expect(signalToNoise((await decodeSource(file, STEREO)).subarray(0, 2 * RATE * 4), sound)).toBeGreaterThan(20);
    expect(sound.subarray(2 * RATE * 6).every((value) => Math.abs(value) < 0.001)).toBe(true);
  });

  it.each([
    ["mp3", ["-c:a", "libmp3lame", "-b:a", "192k"]],
    ["wav", ["-c:a", "pcm_s16le"]],
    ["flac", ["-c:a", "flac"]],
  ])("is encoded from a file of %s", async (ending, codec) => {
    const file = await music(`music.${ending}`, SECONDS, ...codec);
    const { ref, outcome } = await read(`music.${ending}`);
    expect(outcome).toMatchObject({ kind: "ready", sound: { channels: 2 } });
    const { sound } = await heard(await planOf(ref));
    expect(
      signalToNoise((await decodeSource(file, STEREO)).subarray(0, 2 * RATE * (SECONDS - 1)), sound),
    ).toBeGreaterThan(20);
  });

  it("is that of a film, whose pictures play no part", async () => {
    const pictures = ["-f", "lavfi", "-i", `${PICTURE}:d=4`, ...PICTURE_CODEC];
    await ffmpeg(
      ...pictures.slice(0, 4),
      "-f",
      "lavfi",
      "-i",
      `${MUSIC}:s=${RATE}:d=4`,
      ...pictures.slice(4),
      "-c:a",
      "aac",
      join(folder, "other.mp4"),
    );
    const { ref, outcome } = await read("other.mp4");
    expect(outcome?.kind).toBe("ready");
    expect((await planOf(ref)).video).toEqual([]);
  });

  it("finds what an earlier attempt has fetched", async () => {
    await music("once.m4a", 2, "-c:a", "aac");
    const { ref } = await read("once.m4a");
    const before = await objects.head(sourceKey(soundTrackRef(ref), 1));
    await rm(join(folder, "once.m4a"));
    const { list: allow } = parseAllowList(`127.0.0.1:${(web.address() as AddressInfo).port}`);
    const parts = { db, objects, tools, log, sources: new SourceCache(objects), allow };
    await readSoundTask(parts)(ref, { signal: never, attempt: 2, isLastAttempt: false });
    expect(before).not.toBeNull();
    const told = () => results.filter(({ trackId }) => trackId === ref.trackId).map(({ outcome }) => outcome.kind);
    await expect.poll(told, { timeout: 20_000 }).toEqual(["ready", "ready"]);
  });

  it("that cannot be had or heard ends its track alone, and says why", async () => {
    await ffmpeg("-f", "lavfi", "-i", `${PICTURE}:d=2`, ...PICTURE_CODEC, join(folder, "silent.mp4"));
    const errors = await Promise.all(
      ["nobody.m4a", "silent.mp4", "film.txt"].map(async (name) => {
        const { outcome } = await read(name);
        return outcome?.kind === "errored" ? `${outcome.error.type}: ${outcome.error.messages.join()}` : "";
      }),
    );
    expect(errors[0]).toMatch(/^download_failed: .*404/);
    expect(errors[1]).toMatch(/^invalid_input: The file has no sound/);
    expect(errors[2]).toMatch(/^download_failed/);
    const asset = await db.selectFrom("assets").select("status").executeTakeFirstOrThrow();
    expect(asset.status).toBe("ready");
  });

  it("ends its download when its track is deleted meanwhile", async () => {
    await music("slow.m4a", 2, "-c:a", "aac");
    const reading = read("slow.m4a?slowly");
    await expect.poll(() => slow, { timeout: 20_000 }).toBe(1);
    await db.updateTable("tracks").set({ status: "deleted" }).where("source_url", "like", "%slowly").execute();
    const { ref, outcome } = await reading;
    expect(outcome).toMatchObject({ kind: "errored", error: { messages: [expect.stringContaining("deleted")] } });
    expect(await objects.head(sourceKey(soundTrackRef(ref), 1))).toBeNull();
  });

  it("is not fetched for a track that is deleted", async () => {
    await music("late.m4a", 2, "-c:a", "aac");
    const { ref, outcome } = await read("late.m4a", "deleted");
    expect([outcome, await objects.head(sourceKey(soundTrackRef(ref), 1))]).toEqual([undefined, null]);
  });

  it("is told to be gone with its asset, for an earlier attempt may have fetched a part of it", async () => {
    await music("orphan.m4a", 2, "-c:a", "aac");
    await db.updateTable("assets").set({ deleted_at: new Date() }).execute();
    try {
      const { ref, outcome } = await read("orphan.m4a");
      expect(outcome).toMatchObject({ kind: "errored", error: { messages: [expect.stringContaining("deleted")] } });
      expect(await objects.head(sourceKey(soundTrackRef(ref), 1))).toBeNull();
    } finally {
      await db.updateTable("assets").set({ deleted_at: null }).execute();
    }
  });
});
