import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { APPLY_RESULT_TASK, type AssetResult, INGEST_TASK } from "../../domain/asset/outcome.ts";
import { type AssetRef, sourceKey } from "../../domain/media/object-keys.ts";
import { REFUSALS } from "../../domain/media/refusals.ts";
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
import { makeFilm } from "../testing/barcode-film.ts";
import { testMaker, testTools } from "../testing/test-maker.ts";
import { startIngestWorkers } from "./ingest-workers.ts";

const run = promisify(execFile);
const log = createLogger("test", "silent");
const ENVIRONMENT = "abc123";
/** Stands for a conversion that takes long. */
const HOLD_TASK = "hold";
const letGo = Promise.withResolvers<void>();
/** The good file was looked into by then, too. */
const LOOKED_MS = 3_000;

let postgres: TestPostgres;
let pool: ReturnType<typeof createPool>;
let db: Postgres;
let folder: string;
let objects: ResumableObjects;
let maker: ObjectMaker;
let workers: ReturnType<typeof startIngestWorkers>;
let server: JobWorker;
const results: AssetResult[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createTestDatabase();
  pool = createPool({ url, applicationName: "test", log });
  db = createPostgres(pool);
  folder = await mkdtemp(join(tmpdir(), "playhead-check-"));
  objects = openFolderObjects(join(folder, "objects"));
  const tools = await testTools();
  maker = testMaker(objects, tools);
  const options = { url, name: "test", log, metrics: createMetrics("test") };
  const making = { sources: new SourceCache(objects), slots: new Slots(2), threads: 2 };
  const allow = { ranges: [], hosts: [] };
  workers = startIngestWorkers({ db, objects, tools, maker, ...making, allow, log }, options);
  server = startJobWorker({
    ...options,
    concurrency: 2,
    tasks: {
      [APPLY_RESULT_TASK]: async (payload) => void results.push(payload as AssetResult),
      [HOLD_TASK]: () => letGo.promise,
    },
  });
  const { id } = await db.insertInto("organizations").values({ name: "One" }).returning("id").executeTakeFirstOrThrow();
  const environment = { id: ENVIRONMENT, organization_id: id, name: "Production", type: "production" as const };
  await db.insertInto("environments").values(environment).execute();
});
afterAll(async () => {
  letGo.resolve();
  await workers.close();
  await server.close();
  await maker.close();
  await pool.end();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

async function begin(name: string, file: string): Promise<AssetRef> {
  const ref = { environment: ENVIRONMENT, assetId: name.padEnd(44, "x") };
  await objects.put(sourceKey(ref, 1), createReadStream(file));
  const [created_at, updated_at] = [new Date(), new Date()];
  await db
    .insertInto("assets")
    .values({
      ...{ environment_id: ENVIRONMENT, id: ref.assetId, status: "preparing", ingest_type: "on_demand_direct_upload" },
      ...{ settings: "{}", meta: "{}", video_quality: "basic", max_resolution_tier: "1080p" },
      ...{ input_url: null, deleted_at: null, created_at, updated_at },
    })
    .execute();
  await addJob(db, { task: INGEST_TASK, payload: ref, maxAttempts: 1 });
  return ref;
}

const told = ({ assetId }: AssetRef) =>
  results.filter((result) => result.assetId === assetId).map(({ outcome }) => outcome);

it("ends a file at once of which nothing can be decoded, however long conversions before it take", async () => {
  await addJob(db, { task: HOLD_TASK, payload: {}, queue: `standardise:${ENVIRONMENT}` });
  const film = join(folder, "film.mkv");
  await makeFilm(film, { rate: "25", pictures: 50, sound: "aac" });
  const begun = async (name: string, output: readonly string[]) => {
    const file = join(folder, name);
    await run("ffmpeg", ["-v", "error", "-y", "-i", film, "-c", "copy", ...output, file]);
    return begin(name.replace(".", ""), file);
  };
  const good = [await begun("film2.mkv", []), await begun("sound.mka", ["-vn"])];
  const bad = [
    [await begun("hiss.mka", ["-vn", "-bsf:a", "noise=1"]), REFUSALS.undecodable],
    [await begun("noise.mkv", ["-bsf:v", "noise=1"]), REFUSALS.no_pictures],
  ] as const;
  for (const [ref, message] of bad) {
    const error = { type: "invalid_input", messages: [message] };
    const ended = [{ kind: "non_standard" }, { kind: "errored", error }];
    await expect.poll(() => told(ref), { timeout: 20_000 }).toMatchObject(ended);
  }
  await sleep(LOOKED_MS);
  for (const ref of good) expect(told(ref)).toMatchObject([{ kind: "non_standard" }]);

  letGo.resolve();
  for (const ref of good) await expect.poll(() => told(ref).at(-1)?.kind, { timeout: 20_000 }).toBe("ready");
  // Nobody has applied the results here, so each is converted, too: that must find the same.
  for (const [ref] of bad) await expect.poll(() => told(ref).length, { timeout: 20_000 }).toBe(3);
  for (const [ref] of bad) expect(told(ref).at(-1)).toMatchObject({ kind: "errored" });
});

it("ends a file of sound alone of which nothing can be decoded, also where it need not be converted", async () => {
  const [film, file] = [join(folder, "sound.mp4"), join(folder, "hiss.m4a")];
  await makeFilm(film, { rate: "25", pictures: 50, sound: "aac" });
  await run("ffmpeg", ["-v", "error", "-y", "-i", film, "-vn", "-c", "copy", "-bsf:a", "noise=1", file]);
  const ref = await begin("hiss", file);
  const error = { type: "invalid_input", messages: [REFUSALS.undecodable] };
  await expect.poll(() => told(ref), { timeout: 20_000 }).toMatchObject([{ kind: "errored", error }]);
});
