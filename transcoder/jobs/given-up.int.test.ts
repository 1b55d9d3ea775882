import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { masterKey, planKey, sourceKey } from "../../domain/media/object-keys.ts";
import { ALLOW_NOTHING } from "../../domain/network/allow-list.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import { listJobs } from "../../platform/jobs/testing.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { ResumableObjects } from "../../platform/objects/objects.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createPool, createPostgres, type Postgres } from "../../platform/postgres/pool.ts";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { Slots } from "../make/slots.ts";
import { SourceCache } from "../source/source-cache.ts";
import { testMaker, testTools } from "../testing/test-maker.ts";
import { checkDecodingTask } from "./check-decoding.ts";
import { ingestTask } from "./ingest.ts";
import { masterTask } from "./master.ts";
import { staticRenditionTask } from "./static-rendition.ts";
import { trackJob } from "./track-job.ts";

const REF = { environment: "abc123", assetId: "a".repeat(44) };
const READY = { ...REF, assetId: "r".repeat(44) };
const PLAN = "0123456789abcdef";
const log = createLogger("test", "silent");

let postgres: TestPostgres;
let pool: ReturnType<typeof createPool>;
let db: Postgres;
let folder: string;
/** What the store was asked for. */
const asked: PropertyKey[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
  pool = createPool({ url: await postgres.createTestDatabase(), applicationName: "test", log });
  db = createPostgres(pool);
  folder = await mkdtemp(join(tmpdir(), "playhead-given-up-"));
  const { id } = await db.insertInto("organizations").values({ name: "One" }).returning("id").executeTakeFirstOrThrow();
  const environment = { id: REF.environment, organization_id: id, name: "Production", type: "production" as const };
  await db.insertInto("environments").values(environment).execute();
  const at = new Date();
  const asset = { environment_id: REF.environment, settings: "{}", meta: "{}", created_at: at, updated_at: at };
  const wanted = { video_quality: "basic" as const, max_resolution_tier: "1080p" as const };
  const told = { ingest_type: "on_demand_direct_upload" as const };
  await db
    .insertInto("assets")
    .values([
      { ...asset, ...wanted, ...told, id: REF.assetId, status: "preparing" },
      { ...asset, ...wanted, ...told, id: READY.assetId, status: "ready", source_generation: 1, plan_id: PLAN },
    ])
    .execute();
});
afterAll(async () => {
  await pool.end();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

function watched(objects: ResumableObjects): ResumableObjects {
  return new Proxy(objects, {
    get: (target, name) => {
      asked.push(name);
      const method: unknown = Reflect.get(target, name);
      return typeof method === "function" ? method.bind(target) : method;
    },
  });
}

/** What is told to the server, which then has nothing left to wait for. */
async function toldBy(task: JobTask, payload: object): Promise<unknown[]> {
  const signal = new AbortController().signal;
  const before = (await listJobs(db)).length;
  await task(payload, { signal, attempt: 26, isLastAttempt: true, isGivenUp: true });
  const told = (await listJobs(db)).slice(before);
  return told.map((job) => (job.payload as { outcome: { kind: string } }).outcome.kind);
}

describe("a job whose last attempt was killed", () => {
  it("is told as failed for good, and what may have killed is not done again", async () => {
    const stored = openFolderObjects(folder);
    for (const key of [sourceKey(REF, 1), masterKey({ ...READY, masterId: "m" }), planKey({ ...READY, planId: PLAN })])
      await stored.put(key, Buffer.from("x"));
    const objects = watched(stored);
    const tools = await testTools();
    const maker = testMaker(objects, tools);
    const sources = new SourceCache(objects);
    const parts = { db, objects, tools, maker, sources, log, allow: ALLOW_NOTHING, slots: new Slots(1), threads: 1 };
    const read = trackJob(parts, {
      find: async () => ({ status: "preparing", active: true }),
      read: async () => ({ kind: "ready" }),
    });
    expect(await toldBy(ingestTask(parts), REF)).toEqual(["errored"]);
    expect(await toldBy(read, { ...REF, trackId: "t" })).toEqual(["errored"]);
    expect(await toldBy(masterTask(parts), { ...READY, masterId: "m" })).toEqual(["errored"]);
    const file = { ...READY, id: "f", resolution: "highest" };
    expect(await toldBy(staticRenditionTask(parts), file)).toEqual(["errored"]);
    expect(asked).toEqual([]);
    await maker.close();
  });

  it("ends nothing where it was a look beside the conversion", async () => {
    const parts = { db, objects: watched(openFolderObjects(folder)), tools: await testTools(), log };
    expect(await toldBy(checkDecodingTask(parts), REF)).toEqual([]);
  });
});
