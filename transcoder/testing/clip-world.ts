import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import {
  APPLY_RESULT_TASK,
  type AssetResult,
  CLIP_TASK,
  INGEST_TASK,
  type IngestOutcome,
} from "../../domain/asset/outcome.ts";
import { APPLY_TRACK_RESULT_TASK, type TrackResult } from "../../domain/asset/text-track.ts";
import type { ClipSpan } from "../../domain/media/clipped-track.ts";
import { type AssetRef, sourceKey } from "../../domain/media/object-keys.ts";
import type { Plan } from "../../domain/media/plan.ts";
import { ALLOW_NOTHING } from "../../domain/network/allow-list.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import { startJobWorker } from "../../platform/jobs/worker.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { ResumableObjects } from "../../platform/objects/objects.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { createPool, createPostgres, type Postgres } from "../../platform/postgres/pool.ts";
import { startTestPostgres } from "../../platform/postgres/testing.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { startIngestWorkers } from "../jobs/ingest-workers.ts";
import { Slots } from "../make/slots.ts";
import { SourceCache } from "../source/source-cache.ts";
import { segmentsOf } from "./made-asset.ts";
import { testMaker, testTools } from "./test-maker.ts";

/** An asset that is ready. */
export interface TakenIn {
  ref: AssetRef;
  plan: Plan;
  outcome: Extract<IngestOutcome, { kind: "ready" }>;
}

export interface ClipWorld {
  db: Postgres;
  objects: ResumableObjects;
  tools: FfmpegTools;
  /** Of the test's own, removed in the end. */
  folder: string;
  /** What transcoders told of text tracks. */
  trackResults: readonly TrackResult[];
  /** Takes a file in as an asset, by the jobs of the transcoder. */
  takeIn(file: string): Promise<TakenIn>;
  /** A clip of a ready asset, not begun. */
  addClip(source: AssetRef, span: ClipSpan): Promise<AssetRef>;
  /** The same, cut and taken in. */
  clip(source: AssetRef, span: ClipSpan): Promise<TakenIn>;
  /** Runs the jobs of an asset, and gives what was told in the end. */
  runJobs(ref: AssetRef, task: string): Promise<IngestOutcome>;
  /** Every segment of a rendition, or of all. */
  makeAll(asset: TakenIn, rendition?: string): Promise<void>;
  stop(): Promise<void>;
}

const ENVIRONMENT = "abc123";
const PATIENCE_MS = 90_000;
const never = new AbortController().signal;

/** A transcoder at work over a real database, with ears in place of the server. */
export async function startClipWorld(): Promise<ClipWorld> {
  const programs = await startPrograms();
  const { db, objects, tools, folder, maker, trackResults } = programs;
  await createEnvironment(db);
  let created = 0;
  const newRef = (): AssetRef => {
    created += 1;
    return { environment: ENVIRONMENT, assetId: `Asset${created}`.padEnd(44, "x") };
  };
  const addClip = async (source: AssetRef, { startSeconds, endSeconds }: ClipSpan): Promise<AssetRef> => {
    const ref = newRef();
    const stretch = { clip_start_seconds: startSeconds, clip_end_seconds: endSeconds };
    await insertAsset(db, ref, { ingest_type: "on_demand_clip", source_asset_id: source.assetId, ...stretch });
    return ref;
  };
  return {
    ...{ db, objects, tools, folder, trackResults, addClip, stop: programs.stop },
    runJobs: (ref, task) => runJobs(programs, ref, task),
    takeIn: async (file) => {
      const ref = newRef();
      await objects.put(sourceKey(ref, 1), createReadStream(file));
      await insertAsset(db, ref, { ingest_type: "on_demand_direct_upload" });
      return makeReady(programs, ref, INGEST_TASK);
    },
    clip: async (source, span) => makeReady(programs, await addClip(source, span), CLIP_TASK),
    makeAll: async ({ ref, plan }, only) => {
      for (const rendition of [...plan.video, ...plan.audio]) {
        if (only !== undefined && rendition.name !== only) continue;
        const wanted = { ...ref, planId: plan.planId, rendition: rendition.name };
        await maker.make({ kind: "init", ...wanted }, "viewer", never);
        for (const segment of segmentsOf(plan, rendition))
          await maker.make({ kind: "segment", segment, ...wanted }, "viewer", never);
      }
    },
  };
}

type Programs = Awaited<ReturnType<typeof startPrograms>>;

async function startPrograms() {
  const log = createLogger("test", "silent");
  const postgres = await startTestPostgres();
  const url = await postgres.createTestDatabase();
  const pool = createPool({ url, applicationName: "test", log });
  const db = createPostgres(pool);
  const folder = await mkdtemp(join(tmpdir(), "playhead-clips-"));
  const objects = openFolderObjects(join(folder, "objects"));
  const tools = await testTools();
  const sources = new SourceCache(objects);
  const maker = testMaker(objects, tools);
  const options = { url, name: "test", log, metrics: createMetrics("test") };
  const parts = { db, objects, tools, maker, sources, log, allow: ALLOW_NOTHING, slots: new Slots(2), threads: 2 };
  const workers = startIngestWorkers(parts, options);
  const results: AssetResult[] = [];
  const trackResults: TrackResult[] = [];
  const server = startJobWorker({
    ...options,
    concurrency: 1,
    tasks: {
      [APPLY_RESULT_TASK]: async (payload) => void results.push(payload as AssetResult),
      [APPLY_TRACK_RESULT_TASK]: async (payload) => void trackResults.push(payload as TrackResult),
    },
  });
  const stop = async (): Promise<void> => {
    await workers.close();
    await server.close();
    await maker.close();
    await pool.end();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { db, objects, tools, folder, sources, maker, results, trackResults, stop };
}

async function runJobs({ db, results }: Programs, ref: AssetRef, task: string): Promise<IngestOutcome> {
  await addJob(db, { task, payload: ref, maxAttempts: 1 });
  const told = () =>
    results.findLast(({ assetId, outcome }) => assetId === ref.assetId && outcome.kind !== "non_standard");
  return vi.waitFor(() => told()?.outcome ?? fail("nothing was told"), { timeout: PATIENCE_MS });
}

/** As the server does with what was told. */
async function makeReady(programs: Programs, ref: AssetRef, task: string): Promise<TakenIn> {
  const outcome = await runJobs(programs, ref, task);
  if (outcome.kind !== "ready") throw new Error(`the outcome is ${JSON.stringify(outcome)}`);
  await programs.db
    .updateTable("assets")
    .set({ status: "ready", plan_id: outcome.planId, source_generation: outcome.sourceGeneration })
    .where("environment_id", "=", ref.environment)
    .where("id", "=", ref.assetId)
    .execute();
  const planned = await programs.sources.get(ref, outcome.planId);
  return { ref, outcome, plan: planned?.plan ?? fail("there is no plan") };
}

function fail(message: string): never {
  throw new Error(message);
}

async function createEnvironment(db: Postgres): Promise<void> {
  const { id } = await db.insertInto("organizations").values({ name: "One" }).returning("id").executeTakeFirstOrThrow();
  const environment = { id: ENVIRONMENT, organization_id: id, name: "Production", type: "production" as const };
  await db.insertInto("environments").values(environment).execute();
}

interface Origin {
  ingest_type: "on_demand_direct_upload" | "on_demand_clip";
  source_asset_id?: string;
  clip_start_seconds?: number;
  clip_end_seconds?: number;
}

async function insertAsset(db: Postgres, { environment, assetId }: AssetRef, origin: Origin): Promise<void> {
  const at = new Date();
  const asset = { environment_id: environment, id: assetId, status: "preparing" as const, settings: "{}", meta: "{}" };
  const wanted = { video_quality: "basic" as const, max_resolution_tier: "1080p" as const };
  await db
    .insertInto("assets")
    .values({ ...asset, ...wanted, ...origin, created_at: at, updated_at: at })
    .execute();
}
