import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BeaconRecord, decodeBeaconRecord } from "../../domain/messages/beacon-record.ts";
import { BEACON_PARTITIONS } from "../../domain/messages/partition.ts";
import { decodeRejectedRecord } from "../../domain/messages/rejected-record.ts";
import { TOPICS } from "../../domain/messages/topics.ts";
import type { EventLog } from "../../platform/eventlog/eventlog.ts";
import { openSegmentLog } from "../../platform/eventlog/segment-log.ts";
import { type Listener, listen } from "../../platform/http/listen.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { createPool, createPostgres, type Postgres } from "../../platform/postgres/pool.ts";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { recordedBodies } from "../testing/recorded-records.ts";
import { BeaconLog } from "./beacon-log.ts";
import { createEdge } from "./edge.ts";
import { createEdgeMetrics } from "./edge-metrics.ts";
import { openEnvironmentDirectory } from "./environments.ts";
import { createPlaybackOwners, readOwnersFrom } from "./playback-owners.ts";
import { openViewSources } from "./view-sources.ts";

const log = createLogger("test", "silent");
const RECORDED_ID = "AbCdEfGh0123456789";
const [PLAYBACK_ID, ASSET_ID] = [RECORDED_ID.padEnd(44, "x"), "a".repeat(44)];
const ASSET = { assetId: ASSET_ID, title: "Tea at four", externalId: "tea-4", creatorId: "ann" };

let engine: TestPostgres;
let url: string;
let directory: string;
let edges: RunningEdge[];

interface RunningEdge {
  post(body: string): Promise<number>;
  records(): Promise<BeaconRecord[]>;
  rejected(): Promise<string[]>;
  stop(): Promise<void>;
}

beforeEach(async () => {
  engine = await startTestPostgres(); // one each: it is stopped
  url = await engine.createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), "playhead-owners-"));
  edges = [];
});
afterEach(async () => {
  for (const edge of edges) await edge.stop();
  await engine.stop();
  await rm(directory, { recursive: true, force: true });
});

/** All of the edge but its process, with a real log and a real database. */
async function startEdge(): Promise<RunningEdge> {
  const pool = createPool({ url, applicationName: "test-edge", log, max: 2 });
  const postgres = createPostgres(pool);
  const eventlog = openSegmentLog({ directory, topics: TOPICS, retentionMs: 1e9, now: Date.now });
  const [beacons, rejected, sources] = [
    await eventlog.openWriter("beacons"),
    await eventlog.openWriter("rejected"),
    await eventlog.openWriter("view_sources"),
  ];
  const environments = openEnvironmentDirectory(postgres, url, log);
  const viewSources = await openViewSources(eventlog, log);
  const edge = createEdge({
    beaconLog: new BeaconLog({ beacons, rejected, viewSources: sources }, Date.now),
    environments,
    errorCategories: { of: () => undefined, ready: () => true, close: async () => undefined },
    playbackOwners: createPlaybackOwners({ read: readOwnersFrom(postgres), elapsedMs: () => performance.now(), log }),
    viewSources,
    nowMs: Date.now,
    elapsedMs: () => performance.now(),
    places: { locate: () => ({ country: "" }), isSettled: () => true },
    trustedProxies: [],
    metrics: createEdgeMetrics(createMetrics("test")),
    log,
  });
  const listener: Listener = await listen(["127.0.0.1"], 0, edge);
  await expect.poll(() => environments.ready()).toBe(true);
  const stop = once(async () => {
    await listener.close(0);
    await viewSources.close();
    await environments.close();
    await eventlog.close();
    await pool.end();
  });
  const running: RunningEdge = {
    post: async (body) => (await fetch(`http://127.0.0.1:${listener.port}/`, { method: "POST", body })).status,
    records: () => readRecords(eventlog),
    rejected: async () => {
      const reasons: string[] = [];
      for await (const { value } of eventlog.readAll("rejected", 0)) {
        const record = decodeRejectedRecord(value.toString());
        if (record !== null && record.count > 0) reasons.push(record.reason);
      }
      return reasons;
    },
    stop,
  };
  edges.push(running);
  return running;
}

function once(stop: () => Promise<void>): () => Promise<void> {
  let stopping: Promise<void> | null = null;
  return () => (stopping ??= stop());
}

async function readRecords(eventlog: EventLog): Promise<BeaconRecord[]> {
  const records: BeaconRecord[] = [];
  for (let partition = 0; partition < BEACON_PARTITIONS; partition += 1) {
    for await (const { value } of eventlog.readAll("beacons", partition)) {
      const record = decodeBeaconRecord(value.toString());
      if (record !== null && !("tickMs" in record)) records.push(record);
    }
  }
  return records;
}

async function withPostgres<T>(use: (postgres: Postgres) => Promise<T>): Promise<T> {
  const pool = createPool({ url, applicationName: "test", log, max: 1 });
  try {
    return await use(createPostgres(pool));
  } finally {
    await pool.end();
  }
}

/** An environment with one titled asset, and the number that it got. */
function publish(): Promise<number> {
  return withPostgres(async (postgres) => {
    const organization = await postgres.insertInto("organizations").values({ name: "Test" }).returning("id").execute();
    const environment = await postgres
      .insertInto("environments")
      .values({ id: "abc123", organization_id: organization[0]?.id ?? "", name: "Test", type: "production" })
      .returning("number")
      .executeTakeFirstOrThrow();
    const shared = { environment_id: "abc123", created_at: new Date() };
    await postgres
      .insertInto("assets")
      .values({
        ...shared,
        id: ASSET_ID,
        status: "preparing",
        ingest_type: "on_demand_url",
        settings: "{}",
        meta: JSON.stringify({ title: "Tea at four", external_id: "tea-4", creator_id: "ann" }),
        video_quality: "basic",
        max_resolution_tier: "1080p",
        updated_at: new Date(),
      })
      .execute();
    await postgres
      .insertInto("playback_ids")
      .values({ ...shared, id: PLAYBACK_ID, asset_id: ASSET_ID, policy: "public" })
      .execute();
    return environment.number;
  });
}

const change = (table: "playback_ids" | "environments") =>
  withPostgres((postgres) => postgres.updateTable(table).set({ deleted_at: new Date() }).execute());

/** What mux-player sends without an environment key. */
const bodies = recordedBodies("muxplayer-playback-id").map((body) => body.replaceAll(RECORDED_ID, PLAYBACK_ID));
/** The same where the page names the video itself: most requests then name no playback id at all. */
const renamed = bodies.map((body) => body.replaceAll(`"vid":"${PLAYBACK_ID}"`, '"vid":"my-film-7"'));

describe("beacons without an environment key", () => {
  it("belong to the owner of the playback id and know its title, also when it was deleted meanwhile", async () => {
    const environmentId = await publish();
    const edge = await startEdge();
    for (const [at, body] of bodies.entries()) {
      if (at === 2) await change("playback_ids");
      expect(await edge.post(body)).toBe(200);
    }
    const records = await edge.records();
    expect(records).toHaveLength(bodies.length);
    for (const record of records) {
      expect(record.environmentId).toBe(environmentId);
      const sequences = record.events.map((event) => (event as { xsqno: number }).xsqno);
      expect(record.asset).toEqual({ ...ASSET, sequence: Math.max(...sequences) });
    }
    expect(await edge.rejected()).toEqual([]);
  });

  it("are nobody's where nobody owns the playback id, or its environment is gone", async () => {
    const edge = await startEdge();
    expect(await edge.post(bodies[0] ?? "")).toBe(200);
    await edge.stop();
    await publish();
    await change("environments");
    const later = await startEdge();
    expect(await later.post(bodies[0] ?? "")).toBe(200);
    expect(await later.records()).toEqual([]);
    expect(await later.rejected()).toEqual(["unknown_environment", "unknown_environment"]);
  });

  it("keep their environment when only the first ones name the playback id, over a restart of the edge", async () => {
    const environmentId = await publish();
    expect(renamed.some((body) => !body.includes(PLAYBACK_ID))).toBe(true);
    const first = await startEdge();
    for (const body of renamed.slice(0, 2)) expect(await first.post(body)).toBe(200);
    await first.stop();
    const second = await startEdge();
    for (const body of renamed.slice(2)) expect(await second.post(body)).toBe(200);
    const records = await second.records();
    expect(records.map((record) => record.environmentId)).toEqual(renamed.map(() => environmentId));
    expect(await second.rejected()).toEqual([]);
  });

  it("are sent again later while Postgres is away and the id is not known; known ones go on", async () => {
    await publish();
    const edge = await startEdge();
    expect(await edge.post(bodies[0] ?? "")).toBe(200);
    await engine.stop();
    expect(await edge.post(bodies[1] ?? "")).toBe(200);
    const unknown = (bodies[0] ?? "").replaceAll(PLAYBACK_ID, "u".repeat(44));
    expect([await edge.post(unknown), await edge.post(unknown)]).toEqual([503, 503]);
    expect(await edge.records()).toHaveLength(2);
    expect(await edge.rejected()).toEqual([]);
  });
});

describe("beacons with an environment key", () => {
  it("learn the title of an asset of their own environment, and go on without while Postgres is away", async () => {
    await publish();
    await withPostgres((postgres) =>
      postgres.insertInto("env_keys").values({ environment_id: "abc123", env_key: "keyed" }).execute(),
    );
    const edge = await startEdge();
    const body = (playbackId: string) =>
      JSON.stringify({ events: [{ e: "hb", xid: "view", xsqno: 3, ake: "keyed", vid: playbackId }] });
    expect(await edge.post(body(PLAYBACK_ID))).toBe(200);
    await engine.stop();
    expect(await edge.post(body("u".repeat(44)))).toBe(200);
    const records = await edge.records();
    expect(records.map(({ asset }) => asset)).toEqual([{ ...ASSET, sequence: 3 }, undefined]);
  });
});
