import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { APPLY_TRACK_RESULT_TASK, type TrackOutcome, type TrackResult } from "../../domain/asset/text-track.ts";
import { type Captions, decodeCaptions } from "../../domain/captions/captions.ts";
import { transcript } from "../../domain/captions/transcript.ts";
import { captionsKey } from "../../domain/media/object-keys.ts";
import { listJobs } from "../../platform/jobs/testing.ts";
import { type JobWorker, startJobWorker } from "../../platform/jobs/worker.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { createPool, createPostgres, type Postgres } from "../../platform/postgres/pool.ts";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { prepareRecogniser, RECOGNISER_FOLDER, recogniserIn } from "../../platform/speech/embedded/recogniser-files.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { Slots } from "../make/slots.ts";
import { openRecogniser, type Recogniser, RecogniserError } from "../recogniser.ts";
import { SourceCache } from "../source/source-cache.ts";
import { storeAndPlan } from "../testing/made-asset.ts";
import { ffmpeg, PICTURE, PICTURE_CODEC } from "../testing/sound-film.ts";
import { testTools } from "../testing/test-maker.ts";
import { wordErrorRatio } from "./testing/dickens.ts";
import { transcribeTask } from "./transcribe.ts";

const ENVIRONMENT = "abc123";
/** Silence before the reader begins, and after he is done. */
const LEAD_SECONDS = 5;
const log = createLogger("test", "silent");

const missing = await prepareRecogniser(RECOGNISER_FOLDER, (line) => process.stderr.write(`   ${line}\n`));
if (missing !== null) process.stderr.write(`   captions from speech are not tried: ${missing}\n`);
const reading = join(recogniserIn(RECOGNISER_FOLDER) ?? "", "moonshine_voice/assets/two_cities.wav");

let postgres: TestPostgres;
let pool: ReturnType<typeof createPool>;
let db: Postgres;
let folder: string;
let objects: Objects;
let tools: FfmpegTools;
let recogniser: Recogniser;
/** In place of the server: only listens to results. */
let server: JobWorker;
const results: TrackResult[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createTestDatabase();
  pool = createPool({ url, applicationName: "test", log });
  db = createPostgres(pool);
  folder = await mkdtemp(join(tmpdir(), "playhead-speech-"));
  objects = openFolderObjects(join(folder, "objects"));
  const tasks = { [APPLY_TRACK_RESULT_TASK]: async (payload: unknown) => void results.push(payload as TrackResult) };
  server = startJobWorker({ url, name: "test", log, metrics: createMetrics("test"), concurrency: 1, tasks });
  tools = await testTools();
  recogniser = openRecogniser(RECOGNISER_FOLDER, tools.layers);
  const { id } = await db.insertInto("organizations").values({ name: "One" }).returning("id").executeTakeFirstOrThrow();
  const environment = { id: ENVIRONMENT, organization_id: id, name: "Production", type: "production" as const };
  await db.insertInto("environments").values(environment).execute();
});
afterAll(async () => {
  await server.close();
  await pool.end();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

let made = 0;
let assetId: string;
beforeEach(() => {
  made += 1;
  assetId = `asset${made}x`.padEnd(44, "0");
});

/** A ready asset of this file, whose sounds are in these languages. */
async function asset(file: string, ...languages: string[]): Promise<void> {
  const ref = { environment: ENVIRONMENT, assetId };
  const plan = await storeAndPlan(objects, file, ref);
  const at = new Date();
  const standing = { status: "ready" as const, source_generation: 1, plan_id: plan.planId };
  const kind = { ingest_type: "on_demand_url" as const, settings: "{}", meta: "{}" };
  const quality = { video_quality: "basic" as const, max_resolution_tier: "1080p" as const };
  const row = { environment_id: ENVIRONMENT, id: assetId, created_at: at, updated_at: at };
  await db
    .insertInto("assets")
    .values({ ...row, ...standing, ...kind, ...quality })
    .execute();
  for (const [n, language] of languages.entries()) {
    const sound = { type: "audio" as const, status: "ready" as const, is_primary: n === 0, language_code: language };
    const name = plan.audio[n]?.label ?? null;
    await db
      .insertInto("tracks")
      .values({ ...owner(`sound${n}`), ...sound, name })
      .execute();
  }
}

function owner(name: string) {
  const id = `${name}y${made}x`.padEnd(44, "0");
  return { environment_id: ENVIRONMENT, asset_id: assetId, id, created_at: new Date() };
}

async function wanted(language: string, sound: string | null = null, name = "first"): Promise<string> {
  const facts = { type: "text" as const, status: "preparing" as const, text_source: "generated_vod" as const };
  const track = { ...owner(name), ...facts, language_code: language, name, of_track_id: sound };
  await db.insertInto("tracks").values(track).execute();
  return track.id;
}

interface Attempt {
  recogniser?: Recogniser;
  attempt?: number;
  isLastAttempt?: boolean;
}

/** Runs the job of a track. */
function transcribe(trackId: string, { attempt = 1, isLastAttempt = false, ...other }: Attempt = {}): Promise<void> {
  const parts = {
    db,
    objects,
    tools,
    recogniser,
    sources: new SourceCache(objects),
    slots: new Slots(1),
    log,
    ...other,
  };
  const context = { signal: new AbortController().signal, attempt, isLastAttempt };
  return transcribeTask(parts)({ environment: ENVIRONMENT, assetId, trackId }, context);
}

/** What the server was told of a track. */
async function told(trackId: string): Promise<TrackOutcome[]> {
  await expect.poll(async () => (await listJobs(db)).length, { timeout: 20_000 }).toBe(0);
  return results.filter((result) => result.trackId === trackId).map(({ outcome }) => outcome);
}

async function stored(trackId: string): Promise<Captions | null> {
  const found = await objects.read(captionsKey({ environment: ENVIRONMENT, assetId, trackId }));
  return found === null ? null : decodeCaptions(await text(found.body));
}

async function film(name: string, ...options: string[]): Promise<string> {
  const file = join(folder, name);
  await ffmpeg("-f", "lavfi", "-i", `${PICTURE}:d=12`, ...options, ...PICTURE_CODEC, file);
  return file;
}

describe.skipIf(missing !== null)("speech", () => {
  it("becomes captions at its times, in rows that can be read", { timeout: 120_000 }, async () => {
    const late = `adelay=${LEAD_SECONDS}s:all=1,apad=pad_dur=70`;
    const file = join(folder, "reading.mp4");
    await ffmpeg("-i", reading, "-af", late, "-c:a", "aac", "-b:a", "96k", file);
    await asset(file, "und");
    const trackId = await wanted("en");
    await transcribe(trackId);
    expect(await told(trackId)).toEqual([{ kind: "ready", languageCode: "en" }]);
    const captions = await stored(trackId);
    const cues = captions?.cues ?? [];
    expect(wordErrorRatio(transcript({ version: 1, blocks: [], cues }))).toBeLessThan(0.1);
    expect(cues[0]?.startMs).toBeGreaterThan(LEAD_SECONDS * 1_000 - 500);
    expect(cues[0]?.startMs).toBeLessThan(LEAD_SECONDS * 1_000 + 1_500);
    expect(cues.at(-1)?.endMs).toBeLessThan(55_000);
    for (const { startMs, endMs, text: said } of cues) {
      expect(endMs - startMs).toBeLessThanOrEqual(7_000);
      expect(Math.max(...said.split("\n").map((row) => row.length))).toBeLessThanOrEqual(42);
    }
    expect(cues.every((cue, n) => cue.startMs >= (cues[n - 1]?.endMs ?? 0))).toBe(true);

    await transcribe(trackId); // a job that runs again stores the same
    expect(await stored(trackId)).toEqual(captions);
  });

  it("is taken from the sound that was asked for, and `auto` becomes what was heard", async () => {
    const sounds = ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo", "-t", "12", "-i", reading];
    const maps = ["-map", "0:v", "-map", "1:a", "-map", "2:a", "-metadata:s:a:0", "language=ger", "-c:a", "aac"];
    await asset(await film("two.mp4", ...sounds, ...maps, "-t", "12"), "de", "en");
    const silent = await wanted("en");
    await transcribe(silent);
    expect([await told(silent), (await stored(silent))?.cues]).toEqual([[{ kind: "ready", languageCode: "en" }], []]);

    const second = await wanted("auto", owner("sound1").id, "second");
    await transcribe(second);
    expect(await told(second)).toEqual([{ kind: "ready", languageCode: "en" }]);
    expect(transcript((await stored(second)) ?? { version: 1, blocks: [], cues: [] })).toMatch(/best of times/i);
  });
});

describe("a track that cannot be written down", () => {
  const none: Recogniser = { listen: async () => expect.fail("nothing was to be heard") };
  const quiet = ["-f", "lavfi", "-i", "sine=d=3", "-t", "3", "-c:a", "aac"];

  it.each([
    ["de", ["en"], /"de".*only in English/],
    ["auto", ["de"], /in "de".*English/],
    ["auto", ["und"], /language_code "en"/],
    ["en", [], /no sound/],
  ])("is errored with words: %s from sounds in %s", async (language, languages, words) => {
    await asset(await film(`refused${made}.mp4`, ...quiet), ...languages);
    const trackId = await wanted(language);
    await transcribe(trackId, { recogniser: none });
    expect(await told(trackId)).toEqual([
      { kind: "errored", error: { type: "transcription_failed", messages: [expect.stringMatching(words)] } },
    ]);
    expect(await stored(trackId)).toBeNull();
  });

  it("waits a little for a recogniser that may be on its way, then says how it is installed", async () => {
    await asset(await film("waits.mp4", ...quiet), "en");
    const trackId = await wanted("en");
    const absent = openRecogniser(join(folder, "none"), tools.layers);
    for (const attempt of [1, 2, 3])
      await expect(transcribe(trackId, { recogniser: absent, attempt })).rejects.toThrow("not installed");
    expect(await told(trackId)).toEqual([]);
    await transcribe(trackId, { recogniser: absent, attempt: 4 });
    expect(JSON.stringify(await told(trackId))).toMatch(/transcription_failed.*npm run speech/);
  });

  it("is tried again when the recogniser fails, and errored at last", async () => {
    await asset(await film("fails.mp4", ...quiet), "en");
    const trackId = await wanted("en");
    const broken: Recogniser = { listen: () => Promise.reject(new RecogniserError("broken")) };
    await expect(transcribe(trackId, { recogniser: broken })).rejects.toThrow("broken");
    expect(await told(trackId)).toEqual([]);
    await transcribe(trackId, { recogniser: broken, isLastAttempt: true });
    expect(await told(trackId)).toMatchObject([{ kind: "errored", error: { type: "transcription_failed" } }]);
  });

  it("is left alone when it is deleted, or done", async () => {
    await asset(await film("gone.mp4", ...quiet), "en");
    const trackId = await wanted("en");
    await db.updateTable("tracks").set({ status: "deleted" }).where("id", "=", trackId).execute();
    await transcribe(trackId, { recogniser: none });
    expect(await told(trackId)).toEqual([]);
  });
});

describe("writing down", () => {
  it("begins a stretch again that had to give way", async () => {
    await asset(await film("gives.mp4", "-f", "lavfi", "-i", "sine=d=3", "-t", "3", "-c:a", "aac"), "en");
    const trackId = await wanted("en");
    const slots = new Slots(1);
    let heard = 0;
    let viewer: Promise<string> | null = null;
    const listening: Recogniser = {
      listen: async (_sound, _ends, signal) => {
        heard += 1;
        if (heard > 1) return [{ startMs: 500, endMs: 1_500, text: "Hello." }];
        const stopped = new Promise((resolve) => signal.addEventListener("abort", resolve));
        const { signal: never } = new AbortController();
        viewer = slots.run({ environment: ENVIRONMENT, priority: () => "viewer" }, never, async () => "served");
        await stopped;
        throw signal.reason;
      },
    };
    const parts = { db, objects, tools, recogniser: listening, sources: new SourceCache(objects), slots, log };
    const context = { signal: new AbortController().signal, attempt: 1, isLastAttempt: false };
    await transcribeTask(parts)({ environment: ENVIRONMENT, assetId, trackId }, context);
    expect([heard, await viewer]).toEqual([2, "served"]);
    expect((await stored(trackId))?.cues).toMatchObject([{ startMs: 500, endMs: 1_500, text: "Hello." }]);
  });
});
