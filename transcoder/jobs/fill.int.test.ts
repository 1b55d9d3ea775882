import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FILL_TASK } from "../../domain/asset/outcome.ts";
import { segmentKey } from "../../domain/media/object-keys.ts";
import type { Plan } from "../../domain/media/plan.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { createPool, createPostgres, type Postgres } from "../../platform/postgres/pool.ts";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import type { ObjectMaker } from "../make/make-object.ts";
import { Slots } from "../make/slots.ts";
import { wholeObjects } from "../make/whole-objects.ts";
import { SourceCache } from "../source/source-cache.ts";
import { makeFilm } from "../testing/barcode-film.ts";
import { segmentsOf, storeAndPlan, TEST_ASSET } from "../testing/made-asset.ts";
import { testMaker, testTools } from "../testing/test-maker.ts";
import { type FillJobParts, fillSoon, fillTask } from "./fill.ts";
import { startFillWorker } from "./ingest-workers.ts";

const log = createLogger("test", "silent");
const CONTEXT = { signal: new AbortController().signal, attempt: 1, isLastAttempt: false };

let postgres: TestPostgres;
let url: string;
let pool: ReturnType<typeof createPool>;
let db: Postgres;
let folder: string;
let objects: Objects;
let maker: ObjectMaker;
let tools: FfmpegTools;
let plan: Plan;
let runs = 0;

beforeAll(async () => {
  postgres = await startTestPostgres();
  url = await postgres.createTestDatabase();
  pool = createPool({ url, applicationName: "test", log });
  db = createPostgres(pool);
  folder = await mkdtemp(join(tmpdir(), "playhead-fill-job-"));
  await makeFilm(join(folder, "film.mp4"), { rate: "25", pictures: 450 });
  const real = await testTools();
  tools = {
    ...real,
    runMany: (run) => {
      runs += 1;
      return real.runMany(run);
    },
  };
  await createAsset();
});
beforeEach(async () => {
  objects = openFolderObjects(await mkdtemp(join(folder, "objects-")));
  plan = await storeAndPlan(objects, join(folder, "film.mp4"));
  maker = testMaker(objects, tools);
  runs = 0;
});
afterAll(async () => {
  await pool.end();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

async function createAsset(): Promise<void> {
  const { id } = await db.insertInto("organizations").values({ name: "One" }).returning("id").executeTakeFirstOrThrow();
  const environment = { id: TEST_ASSET.environment, organization_id: id, name: "Production" };
  await db
    .insertInto("environments")
    .values({ ...environment, type: "production" })
    .execute();
  const nowDate = new Date();
  const asset = { environment_id: TEST_ASSET.environment, id: TEST_ASSET.assetId, status: "preparing" as const };
  const wanted = { video_quality: "basic" as const, max_resolution_tier: "1080p" as const, settings: "{}", meta: "{}" };
  const told = { ingest_type: "on_demand_direct_upload" as const, created_at: nowDate, updated_at: nowDate };
  await db
    .insertInto("assets")
    .values({ ...asset, ...wanted, ...told })
    .execute();
}

const ref = () => ({ ...TEST_ASSET, planId: plan.planId });
const parts = (): FillJobParts => ({
  ...{ db, tools, maker, log, threads: 2, slots: new Slots(1) },
  ...{ sources: new SourceCache(objects), objects: wholeObjects(objects, log) },
});

async function countMissing(): Promise<number> {
  const encoded = plan.video.filter(({ kind }) => kind === "encoded");
  const keys = encoded.flatMap((one) => segmentsOf(plan, one).map((segment) => segmentKey(ref(), one.name, segment)));
  const heads = await Promise.all(keys.map((key) => objects.head(key)));
  return heads.filter((head) => head === null).length;
}

/** What is filled in gets little of a busy machine. */
const PATIENCE_MS = 120_000;

describe("filling in as a job", { timeout: 2 * PATIENCE_MS }, () => {
  it("goes on, after the program was stopped, with what is not stored", async () => {
    const stopping = new AbortController();
    const whole = await countMissing();
    const stopped = fillTask(parts())(ref(), { ...CONTEXT, signal: stopping.signal });
    const ended = expect(stopped).rejects.toThrow();
    await expect.poll(countMissing, { timeout: PATIENCE_MS }).toBeLessThan(whole);
    stopping.abort(new Error("the program stops"));
    await ended;
    const left = await countMissing();
    expect(left).toBeGreaterThan(0);
    const runsBefore = runs;
    await fillTask(parts())(ref(), CONTEXT);
    expect(await countMissing()).toBe(0);
    expect(runs - runsBefore).toBe(Math.ceil(left / 4));
  });

  it("begins by itself once it was asked for, however often", async () => {
    await fillSoon(db, ref());
    await fillSoon(db, ref());
    const options = { url, name: "test", log, metrics: createMetrics("test") };
    const worker = startFillWorker(parts(), 1, options);
    await expect.poll(countMissing, { timeout: PATIENCE_MS }).toBe(0);
    await worker.close();
    const { rows } = await pool.query("select from graphile_worker.jobs where task_identifier = $1", [FILL_TASK]);
    expect(rows.length).toBe(0);
  });

  it("makes nothing of an asset that is gone, and nothing of a plan that is none", async () => {
    await fillTask(parts())({ ...ref(), planId: "f".repeat(16) }, CONTEXT);
    await db.updateTable("assets").set({ deleted_at: new Date() }).execute();
    await fillTask(parts())(ref(), CONTEXT);
    expect(runs).toBe(0);
  });
});
