import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { APPLY_RESULT_TASK, type AssetResult, FETCH_TASK, type IngestOutcome } from "../../domain/asset/outcome.ts";
import { type AssetRef, assetPrefix, overlayImageKey, planKey, sourceKey } from "../../domain/media/object-keys.ts";
import { decodePlan, type Plan, planSeconds, segmentSeconds } from "../../domain/media/plan.ts";
import { parseAllowList } from "../../domain/network/allow-list.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import { type JobWorker, startJobWorker } from "../../platform/jobs/worker.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { ResumableObjects } from "../../platform/objects/objects.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { createPool, createPostgres, type Postgres } from "../../platform/postgres/pool.ts";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import type { ObjectMaker } from "../make/make-object.ts";
import { Slots } from "../make/slots.ts";
import { SourceCache } from "../source/source-cache.ts";
import { makeFilm, readNumbers } from "../testing/barcode-film.ts";
import { testMaker, testTools } from "../testing/test-maker.ts";
import { startIngestWorkers } from "./ingest-workers.ts";

const ENVIRONMENT = "abc123";
const log = createLogger("test", "silent");
/** Of the film: 14 s. */
const PICTURES = 350;

let postgres: TestPostgres;
let pool: ReturnType<typeof createPool>;
let db: Postgres;
let folder: string;
let film: string;
let objects: ResumableObjects;
let maker: ObjectMaker;
let workers: ReturnType<typeof startIngestWorkers>;
let server: JobWorker;
let web: Server;
let origin: string;
const results: AssetResult[] = [];
/** How often the web server was asked for the image. */
let asked = 0;
let made = 0;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createTestDatabase();
  pool = createPool({ url, applicationName: "test", log });
  db = createPostgres(pool);
  folder = await mkdtemp(join(tmpdir(), "playhead-picture-settings-"));
  film = join(folder, "film.mp4");
  await makeFilm(film, { rate: "25", pictures: PICTURES, sound: "aac" });
  objects = openFolderObjects(join(folder, "objects"));
  const tools = await testTools();
  maker = testMaker(objects, tools);
  const logo = await sharp({ create: { width: 40, height: 20, channels: 3, background: "red" } })
    .png()
    .toBuffer();
  web = createServer((request, response) => {
    if (request.url !== "/logo.png") return response.writeHead(404).end();
    asked += 1;
    return response.end(logo);
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  const { port } = web.address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
  const { list: allow } = parseAllowList(`127.0.0.1:${port}`);
  const options = { url, name: "test", log, metrics: createMetrics("test") };
  const making = { sources: new SourceCache(objects), slots: new Slots(2), threads: 2 };
  workers = startIngestWorkers({ db, objects, tools, maker, ...making, allow, log }, options);
  const tasks = { [APPLY_RESULT_TASK]: async (payload: unknown) => void results.push(payload as AssetResult) };
  server = startJobWorker({ ...options, concurrency: 1, tasks });
  const { id } = await db.insertInto("organizations").values({ name: "One" }).returning("id").executeTakeFirstOrThrow();
  const environment = { id: ENVIRONMENT, organization_id: id, name: "Production", type: "production" as const };
  await db.insertInto("environments").values(environment).execute();
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

/** Takes the film in as an upload with these inputs beside it. */
async function takeIn(inputs: readonly object[], isTest = false): Promise<{ ref: AssetRef; outcome: IngestOutcome }> {
  made += 1;
  const ref = { environment: ENVIRONMENT, assetId: `Asset${made}`.padEnd(44, "x") };
  await objects.put(sourceKey(ref, 1), createReadStream(film));
  const at = new Date();
  await db
    .insertInto("assets")
    .values({
      ...{ environment_id: ENVIRONMENT, id: ref.assetId, status: "preparing", ingest_type: "on_demand_direct_upload" },
      ...{ settings: JSON.stringify({ inputs }), meta: "{}", is_test: isTest, video_quality: "basic" },
      ...{ max_resolution_tier: "1080p", created_at: at, updated_at: at },
    })
    .execute();
  await addJob(db, { task: FETCH_TASK, payload: ref, maxAttempts: 1 });
  const find = () => results.find(({ assetId }) => assetId === ref.assetId);
  await expect.poll(find, { timeout: 30_000 }).toBeDefined();
  return { ref, outcome: find()?.outcome ?? { kind: "non_standard", reasons: {} } };
}

async function planOf({ ref, outcome }: Awaited<ReturnType<typeof takeIn>>): Promise<Plan> {
  if (outcome.kind !== "ready") throw new Error(`the outcome is ${JSON.stringify(outcome)}`);
  const found = await objects.read(planKey({ ...ref, planId: outcome.planId }));
  return decodePlan((await buffer(found?.body ?? fail())).toString("utf8"));
}

function fail(): never {
  throw new Error("it is not stored");
}

const overlay = (path: string, settings: object = {}) => ({ url: `${origin}${path}`, overlay_settings: settings });

describe("overlays of an asset", () => {
  it("are fetched, stored with it and part of its plan", async () => {
    const taken = await takeIn([{}, overlay("/logo.png", { width: "50%", opacity: "80%" })]);
    const { overlays, video } = await planOf(taken);
    expect(overlays?.images).toMatchObject([{ widthRatio: 0.5, opacityRatio: 0.8 }]);
    expect(video.map(({ kind }) => kind)).not.toContain("copied");
    const key = overlayImageKey(taken.ref, overlays?.images[0]?.image ?? "");
    expect(await objects.head(key)).not.toBeNull();
    await objects.deleteAll(assetPrefix(taken.ref)); // as when the asset is deleted
    expect(await objects.head(key)).toBeNull();
  });

  it("are fetched once, however often the job runs", async () => {
    const { ref } = await takeIn([{}, overlay("/logo.png")]);
    const before = asked;
    results.length = 0;
    await addJob(db, { task: FETCH_TASK, payload: ref, maxAttempts: 1 });
    await expect.poll(() => results.length, { timeout: 30_000 }).toBe(1);
    expect(asked).toBe(before);
  });

  it("end the asset where they cannot be fetched, and name the input", async () => {
    const { outcome } = await takeIn([{}, overlay("/logo.png"), overlay("/none.png")]);
    expect(outcome).toMatchObject({ kind: "errored", error: { type: "download_failed" } });
    expect(JSON.stringify(outcome)).toMatch(/inputs\[2\]: The URL's host answered with an error: 404/);
  });

  it("are none where there are none: the source is copied", async () => {
    const { overlays, test, video } = await planOf(await takeIn([{ url: "https://example.com/a.mp4" }]));
    expect([overlays, test, video[0]?.kind]).toEqual([undefined, undefined, "copied"]);
  });
});

describe("a test", () => {
  it("is marked, shows ten seconds and tells so", async () => {
    const taken = await takeIn([], true);
    const plan = await planOf(taken);
    expect(plan.overlays?.images).toHaveLength(1);
    expect([plan.test, planSeconds(plan)]).toEqual([{ shownSeconds: 10 }, 10]);
    for (const rendition of [...plan.video, ...plan.audio]) {
      const seconds = segmentSeconds(plan, rendition).reduce((sum, one) => sum + one, 0);
      expect(seconds).toBeLessThanOrEqual(10);
      expect(seconds).toBeGreaterThan(9.9);
    }
    if (taken.outcome.kind !== "ready") throw new Error("it is ready");
    expect(taken.outcome.facts.durationSeconds).toBe(10);
    expect(taken.outcome.facts.sounds[0]?.durationSeconds).toBeLessThanOrEqual(10);
  });

  it("gives the pictures of its ten seconds, each at its time, and no others", async () => {
    const taken = await takeIn([], true);
    const plan = await planOf(taken);
    const [top] = plan.video;
    if (top === undefined) throw new Error("there are pictures");
    const parts: Buffer[] = [];
    const wanted = { ...taken.ref, planId: plan.planId, rendition: top.name };
    for (const [segment] of plan.boundaries.slice(1).entries()) {
      const info = await maker.make({ kind: "segment", ...wanted, segment }, "prefetch", new AbortController().signal);
      parts.push(await buffer((await objects.read(info.key))?.body ?? fail()));
    }
    const init = await maker.make({ kind: "init", ...wanted }, "prefetch", new AbortController().signal);
    const joined = openFolderObjects(join(folder, "joined"));
    const initBytes = await buffer((await objects.read(init.key))?.body ?? fail());
    await joined.put("film", Buffer.concat([initBytes, ...parts]));
    const numbers = await joined.localCopy("film", (path) => readNumbers(path, ["-f", "mov"]));
    expect(numbers).toEqual(Array.from({ length: 250 }, (_, n) => n)); // the mark leaves the numbers readable
  });
});
