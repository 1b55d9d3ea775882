import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  APPLY_TRACK_RESULT_TASK,
  READ_EMBEDDED_TASK,
  READ_TEXT_TASK,
  type TrackResult,
} from "../../domain/asset/text-track.ts";
import { decodeCaptions } from "../../domain/captions/captions.ts";
import { captionsKey, planKey, sourceKey } from "../../domain/media/object-keys.ts";
import type { Plan } from "../../domain/media/plan.ts";
import { TEST_SECONDS } from "../../domain/media/shown-part.ts";
import { parseAllowList } from "../../domain/network/allow-list.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import { listJobs } from "../../platform/jobs/testing.ts";
import { type JobWorker, startJobWorker } from "../../platform/jobs/worker.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { createPool, createPostgres, type Postgres } from "../../platform/postgres/pool.ts";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { Slots } from "../make/slots.ts";
import { openRecogniser } from "../recogniser.ts";
import { openSource, sourceUntil } from "../source/open-source.ts";
import { planSource } from "../source/plan-source.ts";
import { SourceCache } from "../source/source-cache.ts";
import { testTools } from "../testing/test-maker.ts";
import { startCaptionWorkers } from "./caption-workers.ts";

const ENVIRONMENT = "abc123";
const SRT = "1\r\n00:00:01,000 --> 00:00:02,000\r\nGr\xfc\xdfe\r\n";
const log = createLogger("test", "silent");

let postgres: TestPostgres;
let pool: ReturnType<typeof createPool>;
let db: Postgres;
let folder: string;
let objects: Objects;
let web: Server;
let answer: (response: ServerResponse) => void;
let workers: ReturnType<typeof startCaptionWorkers>;
/** In place of the server: only listens to results. */
let server: JobWorker;
const results: TrackResult[] = [];
let made = 0;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createTestDatabase();
  pool = createPool({ url, applicationName: "test", log });
  db = createPostgres(pool);
  folder = await mkdtemp(join(tmpdir(), "playhead-captions-"));
  objects = openFolderObjects(folder);
  web = createServer((_, response) => answer(response));
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  const { list: allow } = parseAllowList(`127.0.0.1:${portOf(web)}`);
  const options = { url, name: "test", log, metrics: createMetrics("test") };
  const tools = await testTools();
  const recogniser = openRecogniser(join(folder, "none"), tools.layers);
  const parts = { sources: new SourceCache(objects), slots: new Slots(1), recogniser };
  workers = startCaptionWorkers({ db, objects, tools, allow, log, ...parts }, options);
  const tasks = { [APPLY_TRACK_RESULT_TASK]: async (payload: unknown) => void results.push(payload as TrackResult) };
  server = startJobWorker({ ...options, concurrency: 1, tasks });
  await createEnvironment();
  await createAsset(assetId, null);
});
afterAll(async () => {
  await workers.close();
  await server.close();
  web.closeAllConnections();
  web.close();
  await pool.end();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  answer = (response) => response.end(Buffer.from(SRT, "latin1"));
});

function portOf(listening: Server): number {
  return (listening.address() as AddressInfo).port;
}

const assetId = "a".repeat(44);

async function createEnvironment(): Promise<void> {
  const { id } = await db.insertInto("organizations").values({ name: "One" }).returning("id").executeTakeFirstOrThrow();
  const environment = { id: ENVIRONMENT, organization_id: id, name: "Production", type: "production" as const };
  await db.insertInto("environments").values(environment).execute();
}

/** @param plan null while it is preparing */
async function createAsset(id: string, plan: Plan | null, isTest = false): Promise<void> {
  const at = new Date();
  await db
    .insertInto("assets")
    .values({
      environment_id: ENVIRONMENT,
      id,
      status: plan === null ? "preparing" : "ready",
      source_generation: plan?.sourceGeneration ?? null,
      plan_id: plan?.planId ?? null,
      ingest_type: "on_demand_url",
      settings: "{}",
      is_test: isTest,
      meta: "{}",
      video_quality: "basic",
      max_resolution_tier: "1080p",
      created_at: at,
      updated_at: at,
    })
    .execute();
}

async function addTrack(status: "preparing" | "deleted", url: string): Promise<{ trackId: string }> {
  made += 1;
  const trackId = `track${made}x`.padEnd(44, "0");
  await db
    .insertInto("tracks")
    .values({
      environment_id: ENVIRONMENT,
      asset_id: assetId,
      id: trackId,
      type: "text",
      status,
      name: trackId,
      language_code: "de",
      text_source: "uploaded",
      source_url: url,
      created_at: new Date(),
    })
    .execute();
  const payload = { environment: ENVIRONMENT, assetId, trackId };
  await addJob(db, { task: READ_TEXT_TASK, payload, key: `${READ_TEXT_TASK}:${trackId}` });
  return { trackId };
}

async function outcomeOf(url = `http://127.0.0.1:${portOf(web)}/a.srt`): Promise<TrackResult> {
  const { trackId } = await addTrack("preparing", url);
  const told = () => results.find((result) => result.trackId === trackId);
  await expect.poll(told, { timeout: 20_000 }).toBeDefined();
  return told() as TrackResult; // just seen
}

describe("a text track's job", () => {
  it("fetches, reads and stores captions, and tells the server", async () => {
    const { trackId, outcome } = await outcomeOf();
    expect(outcome).toEqual({ kind: "ready" });
    const stored = await objects.read(captionsKey({ environment: ENVIRONMENT, assetId, trackId }));
    expect(stored === null ? null : decodeCaptions(await text(stored.body))).toEqual({
      version: 1,
      blocks: [],
      cues: [{ startMs: 1_000, endMs: 2_000, id: null, settings: "", text: "Grüße" }],
    });
  });

  it("tells the line of what is wrong in a file, and stores nothing to show", async () => {
    answer = (response) => response.end("1\n00:00:01 -> 00:00:02\nx\n");
    const { trackId, outcome } = await outcomeOf();
    expect(outcome).toMatchObject({
      kind: "errored",
      error: { type: "invalid_input", messages: [expect.stringMatching(/^Line 2: /)] },
    });
    expect(await objects.head(captionsKey({ environment: ENVIRONMENT, assetId, trackId }))).toBeNull();
  });

  it.each([
    ["is missing", (response: ServerResponse) => response.writeHead(404).end(), "404"],
    ["is too large", (response: ServerResponse) => response.end(Buffer.alloc(11 * 1024 ** 2, " ")), "too large"],
  ])("tells that a file %s", async (_, send, message) => {
    answer = (response) => void send(response);
    const { outcome } = await outcomeOf();
    expect(outcome).toMatchObject({ kind: "errored", error: { type: "download_failed" } });
    expect(JSON.stringify(outcome)).toContain(message);
  });

  it("fetches from no private address", async () => {
    const { outcome } = await outcomeOf("http://127.0.0.1:1/a.srt");
    expect(outcome).toMatchObject({ kind: "errored", error: { type: "download_failed" } });
  });

  it("does nothing for a track that is deleted", async () => {
    let asked = 0;
    answer = (response) => {
      asked += 1;
      response.end(SRT);
    };
    const { trackId } = await addTrack("deleted", `http://127.0.0.1:${portOf(web)}/a.srt`);
    await outcomeOf();
    expect(results.map((result) => result.trackId)).not.toContain(trackId);
    expect(asked).toBe(1);
  });
});

describe("captions in a source", () => {
  const SEGMENTS = join(import.meta.dirname, "../../node_modules/mux.js/test/segments");
  const two = join(SEGMENTS, "multi-channel-608-captions.ts");

  /**
   * A ready asset of these files, as its source came and as it was standardised; gives results once its job is done.
   *
   * @param isCut whether its plan is that of a test
   */
  async function resultsOf(
    sent: string,
    standard: string,
    { isTest, isCut = isTest }: { isTest: boolean; isCut?: boolean } = { isTest: false },
  ): Promise<TrackResult[]> {
    made += 1;
    const id = `asset${made}x`.padEnd(44, "0");
    const ref = { environment: ENVIRONMENT, assetId: id };
    await objects.put(sourceKey(ref, 1), createReadStream(sent));
    await objects.put(sourceKey(ref, 2), createReadStream(standard));
    const opened = await openSource(objects, ref, 2);
    const source = isCut ? sourceUntil(opened, TEST_SECONDS) : opened;
    const wishes = isCut ? { test: { shownSeconds: TEST_SECONDS } } : {};
    const plan = await planSource(objects, source, 2, "1080p", wishes);
    await objects.put(planKey({ ...ref, planId: plan.planId }), Buffer.from(JSON.stringify(plan)));
    await createAsset(id, plan, isTest);
    await addJob(db, { task: READ_EMBEDDED_TASK, payload: ref });
    await expect.poll(async () => (await listJobs(db)).length, { timeout: 20_000 }).toBe(0); // results are told by jobs too
    return results.filter((result) => result.assetId === id);
  }

  async function ffmpeg(name: string, ...options: string[]): Promise<string> {
    const file = join(folder, name);
    await promisify(execFile)("ffmpeg", ["-v", "error", "-i", two, ...options, "-y", file]);
    return file;
  }

  it("become tracks of those channels that say something", async () => {
    const told = await resultsOf(two, await ffmpeg("copied.mp4", "-c", "copy"));
    const channels = told.map(({ outcome }) => (outcome.kind === "embedded" ? outcome.channel : null));
    expect(channels.sort()).toEqual(["CC1", "CC3"]);
    const texts: string[] = [];
    for (const { environment, assetId: id, trackId } of told) {
      const stored = await objects.read(captionsKey({ environment, assetId: id, trackId }));
      const { cues } = decodeCaptions(stored === null ? "" : await text(stored.body));
      texts.push(cues[1]?.text ?? "");
    }
    expect(texts.sort()).toEqual([
      "PERIOD, FOLKS.\nWE’RE LOSING TIME FROM QUESTION",
      "être une période de questions\ntrès courte, chers députés.",
    ]);
  });

  it("end with what the plan of a test shows of its source, which older tests show as a whole", async () => {
    const loop = ["-stream_loop", "3"];
    const file = join(folder, "long.mp4");
    await promisify(execFile)("ffmpeg", ["-v", "error", ...loop, "-i", two, "-c", "copy", "-an", "-y", file]);
    const endOf = async (test: { isTest: boolean; isCut?: boolean }): Promise<number> => {
      const [told] = await resultsOf(two, file, test);
      if (told === undefined) throw new Error("it has captions");
      const { environment, assetId: id, trackId } = told;
      const stored = await objects.read(captionsKey({ environment, assetId: id, trackId }));
      const { cues } = decodeCaptions(stored === null ? "" : await text(stored.body));
      return cues.at(-1)?.endMs ?? 0;
    };
    expect(await endOf({ isTest: false })).toBeGreaterThan(10_000);
    expect(await endOf({ isTest: true, isCut: false })).toBeGreaterThan(10_000);
    const end = await endOf({ isTest: true });
    expect(end).toBeLessThanOrEqual(10_000);
    expect(end).toBeGreaterThan(0);
  });

  it("are not read from pictures that were encoded, which lose some of them", async () => {
    const sent = await ffmpeg("sent.ts", "-c:v", "mpeg2video", "-t", "1");
    expect(await resultsOf(sent, await ffmpeg("encoded.mp4", "-c:v", "libx264", "-preset", "ultrafast"))).toEqual([]);
  });

  it("are none where there are none", async () => {
    const plain = join(import.meta.dirname, "../../node_modules/vide/test/video/ocean.mp4");
    expect(await resultsOf(plain, plain)).toEqual([]);
  });
});
