import { createHash } from "node:crypto";
import { chmod, mkdtemp, readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { parse, type types } from "hls-parser";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { planKey, segmentKey } from "../domain/media/object-keys.ts";
import type { Wanted } from "../domain/media/transcoder-wire.ts";
import { type Listener, listen } from "../platform/http/listen.ts";
import { openFolderObjects } from "../platform/objects/folder-objects.ts";
import type { Objects } from "../platform/objects/objects.ts";
import { createLogger } from "../platform/observability/logger.ts";
import { createMetrics, type Metrics } from "../platform/observability/metrics.ts";
import { createPool, createPostgres, type Postgres } from "../platform/postgres/pool.ts";
import type { AssetStatus, PlaybackPolicy } from "../platform/postgres/schema.ts";
import { startTestPostgres, type TestPostgres } from "../platform/postgres/testing.ts";
import { createRespond } from "./answers.ts";
import { createDelivery } from "./delivery.ts";
import { createDeliveryMetrics } from "./delivery-metrics.ts";
import { createThumbnails } from "./images/thumbnails.ts";
import { createPlans } from "./plans.ts";
import { createPlaybackIds, readPlaybackIdsFrom } from "./playback-ids.ts";
import { createPostgresCheck } from "./postgres-check.ts";
import { createMediaObjects } from "./segments/media-objects.ts";
import { type FakeTranscoder, SECRET, startFakeTranscoder } from "./testing/fake-transcoder.ts";
import { PLAN_ID, smallPlan } from "./testing/plans.ts";
import { createTranscoder } from "./transcoder-client.ts";

const ENVIRONMENT = "abc123";
const log = createLogger("test", "silent");
/** 44 letters and digits. */
const id = (begin: string): string => begin.padEnd(44, "0");

let engine: TestPostgres;
let databaseUrl: string;
let postgres: Postgres;
let closePostgres: () => Promise<void>;
let transcoder: FakeTranscoder;
let directory: string;
let objects: Objects;
let metrics: Metrics;
let clockMs = 0;
let servers: Listener[] = [];

beforeAll(async () => {
  engine = await startTestPostgres();
});
afterAll(() => engine.stop());

beforeEach(async () => {
  databaseUrl = await engine.createTestDatabase();
  const pool = createPool({ url: databaseUrl, applicationName: "test", log });
  closePostgres = () => pool.end();
  postgres = createPostgres(pool);
  const organization = await postgres
    .insertInto("organizations")
    .values({ name: "Test" })
    .returning("id")
    .executeTakeFirstOrThrow();
  await postgres
    .insertInto("environments")
    .values({ id: ENVIRONMENT, organization_id: organization.id, name: "Test", type: "development", deleted_at: null })
    .execute();
  directory = await mkdtemp(join(tmpdir(), "playhead-"));
  objects = openFolderObjects(directory);
  transcoder = await startFakeTranscoder();
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close(0)));
  servers = [];
  await transcoder.close();
  await closePostgres();
  await rm(directory, { recursive: true, force: true });
});

interface Started {
  get(
    path: string,
    options?: { method?: string; headers?: Record<string, string>; signal?: AbortSignal },
  ): Promise<Got>;
  stop(): void;
}

interface Got {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** The whole program but for its ports, with the clock of playback ids in the test's hands. */
async function start(options: { urls?: string[]; deadlineMs?: number; pool?: string } = {}): Promise<Started> {
  metrics = createMetrics("test");
  const counters = createDeliveryMetrics(metrics, log);
  const { urls = [transcoder.url], deadlineMs = 5_000 } = options;
  const client = createTranscoder({ urls, secret: SECRET, metrics: counters, deadlineMs });
  const respond = createRespond({
    playbackIds: createPlaybackIds({
      read: readPlaybackIdsFrom(postgres),
      nowMs: () => clockMs,
      onStale: counters.stale,
    }),
    plans: createPlans(objects, counters),
    media: createMediaObjects({ objects, transcoder: client, metrics: counters, cacheBytes: 1_000_000 }),
    thumbnails: createThumbnails(client, 1_000_000),
  });
  const listener = await listen(["127.0.0.1"], 0, createDelivery({ respond, metrics: counters, log }));
  servers.push({ ...listener, close: (graceMs) => listener.close(graceMs).then(() => client.close()) });
  return {
    get: async (path, { method = "GET", headers = {}, signal } = {}) => {
      const outgoing = request({ host: "127.0.0.1", port: listener.port, path, method, headers, agent: false, signal });
      const response = await new Promise<import("node:http").IncomingMessage>((resolve, reject) => {
        outgoing.on("response", resolve).on("error", reject).end();
      });
      return { status: response.statusCode ?? 0, headers: response.headers, body: await buffer(response) };
    },
    stop: client.close,
  };
}

interface Published {
  playbackId: string;
  assetId: string;
}

let published = 0;
async function publish(
  options: {
    policy?: PlaybackPolicy;
    status?: AssetStatus;
    title?: string;
    plan?: ReturnType<typeof smallPlan> | null;
  } = {},
): Promise<Published> {
  published += 1;
  const { policy = "public", status = "ready", title, plan = smallPlan() } = options;
  const [assetId, playbackId] = [id(`asset${published}x`), id(`playback${published}x`)];
  const at = new Date();
  await postgres
    .insertInto("assets")
    .values({
      environment_id: ENVIRONMENT,
      id: assetId,
      status,
      ingest_type: "on_demand_url",
      input_url: null,
      upload_id: null,
      settings: "{}",
      passthrough: null,
      meta: JSON.stringify(title === undefined ? {} : { title }),
      video_quality: "basic",
      max_resolution_tier: "1080p",
      source_generation: 1,
      plan_id: status === "ready" ? PLAN_ID : null,
      duration_seconds: 10.01,
      aspect_ratio: "16:9",
      resolution_tier: "1080p",
      max_stored_resolution: "HD",
      max_stored_frame_rate: 29.97,
      errors: status === "errored" ? JSON.stringify({ type: "invalid_input", messages: ["no"] }) : null,
      created_at: at,
      updated_at: at,
      deleted_at: null,
    })
    .execute();
  await postgres
    .insertInto("playback_ids")
    .values({
      environment_id: ENVIRONMENT,
      id: playbackId,
      asset_id: assetId,
      policy,
      created_at: at,
      deleted_at: null,
    })
    .execute();
  if (plan !== null) {
    await objects.put(
      planKey({ environment: ENVIRONMENT, assetId, planId: plan.planId }),
      Buffer.from(JSON.stringify(plan)),
    );
  }
  return { playbackId, assetId };
}

const segmentOf = ({ assetId }: Published, segment = 0, rendition = "720p"): string =>
  segmentKey({ environment: ENVIRONMENT, assetId, planId: PLAN_ID }, rendition, segment);

const segmentPath = ({ playbackId }: Published, segment: number | string = 0, rendition = "720p"): string =>
  `/${playbackId}/s/-/${PLAN_ID}/${rendition}/${segment}.m4s`;

/** Stores what it is asked for, as a transcoder does. */
function makeAll(bytes = Buffer.from("made")): void {
  transcoder.answer = async (wanted, response) => {
    if (wanted.kind === "image") return response.writeHead(200, { "content-type": "image/jpeg" }).end(bytes);
    const { environment, assetId, planId, rendition } = wanted;
    const name = wanted.kind === "init" ? "init" : String(wanted.segment);
    const info = await objects.put(`${environment}/${assetId}/${planId}/${rendition}/${name}`, bytes);
    return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(info));
  };
}

function errorOf({ headers, body }: Got): { type: string; message: string } {
  expect(headers).toMatchObject({
    "access-control-allow-origin": "*",
    "cache-control": "no-store",
    "content-type": "application/json",
  });
  const { error } = JSON.parse(body.toString());
  return { type: error.type, message: error.messages.join("; ") };
}

async function metric(name: string): Promise<number> {
  const line = (await metrics.metrics()).split("\n").find((text) => text.startsWith(name));
  return Number(line?.split(" ").at(-1) ?? 0);
}

/** The file that holds an object's bytes. */
async function fileOf(key: string): Promise<string> {
  const folder = join(directory, ...key.split("/").slice(0, -1));
  const part = key.split("/").at(-1);
  const name = (await readdir(folder)).find((entry) => entry.startsWith(`${part}@`) && entry !== `${part}@`);
  const path = join(folder, name ?? "missing");
  await chmod(path, 0o644);
  return path;
}

describe("playlists", () => {
  it("lead from the playback id to every segment", async () => {
    const { get } = await start();
    const asset = await publish({ title: "A film" });
    makeAll();
    const first = await get(`/${asset.playbackId}.m3u8`, { headers: { accept: "application/binary" } });
    expect(first.status).toBe(200);
    expect(first.headers).toMatchObject({
      "access-control-allow-origin": "*",
      "cache-control": "public, max-age=60",
      "content-type": "application/vnd.apple.mpegurl",
    });
    const multivariant = parse(first.body.toString()) as types.MasterPlaylist;
    expect((await get(`/${asset.playbackId}`)).body).toEqual(first.body);
    const base = `http://localhost/${asset.playbackId}.m3u8`;
    const metadata = new URL(multivariant.sessionDataList[0]?.uri ?? "", base);
    expect((await get(metadata.pathname)).body.toString()).toContain("A film");
    const uris = [...multivariant.variants.map(({ uri }) => uri), multivariant.variants[0]?.audio[0]?.uri ?? ""];
    for (const uri of uris) {
      const child = new URL(uri, base);
      const playlist = await get(child.pathname);
      expect(playlist.headers["cache-control"]).toBe("public, max-age=60");
      const { segments } = parse(playlist.body.toString()) as types.MediaPlaylist;
      const media = [segments[0]?.map?.uri ?? "", ...segments.map((segment) => segment.uri)];
      for (const part of media) {
        const got = await get(new URL(part, child).pathname);
        expect(got.status).toBe(200);
        expect(got.headers).toMatchObject({
          "cache-control": "public, max-age=31536000, immutable",
          "content-type": uri.includes("audio") ? "audio/mp4" : "video/mp4",
          etag: `"${createHash("sha256").update("made").digest("hex")}"`,
        });
      }
    }
  });

  it("answer HEAD like GET without the body, 304 to who has it, and preflights", async () => {
    const { get } = await start();
    const { playbackId } = await publish();
    const whole = await get(`/${playbackId}.m3u8`);
    const head = await get(`/${playbackId}.m3u8`, { method: "HEAD" });
    expect(head.body).toHaveLength(0);
    expect(head.headers["content-length"]).toBe(String(whole.body.length));
    const etag = String(whole.headers.etag);
    for (const known of [etag, `"x", W/${etag}`, "*"]) {
      const again = await get(`/${playbackId}.m3u8`, { headers: { "if-none-match": known } });
      expect([again.status, again.body.length]).toEqual([304, 0]);
      expect(again.headers).toMatchObject({ etag, "access-control-allow-origin": "*" });
    }
    expect((await get(`/${playbackId}.m3u8`, { headers: { "if-none-match": '"x"' } })).status).toBe(200);
    const preflight = await get("/anything", {
      method: "OPTIONS",
      headers: { "access-control-request-headers": "range" },
    });
    expect([preflight.status, preflight.headers["access-control-allow-headers"]]).toEqual([204, "range"]);
    expect((await get(`/${playbackId}.m3u8`, { method: "POST" })).status).toBe(405);
  });

  it("of an old plan stay playable after a new one, as long as it is stored", async () => {
    const { get } = await start();
    const { playbackId, assetId } = await publish();
    const old = smallPlan({ planId: "00000000000000aa" });
    const ref = { environment: ENVIRONMENT, assetId, planId: old.planId };
    expect((await get(`/${playbackId}/h/-/${old.planId}/720p.m3u8`)).status).toBe(404);
    await objects.put(planKey(ref), Buffer.from(JSON.stringify(old)));
    expect((await get(`/${playbackId}/h/-/${old.planId}/720p.m3u8`)).status).toBe(200);
  });
});

describe("statuses", () => {
  it("400 for a malformed id or parameter", async () => {
    const { get } = await start();
    const { playbackId } = await publish();
    expect(errorOf(await get("/short.m3u8")).type).toBe("invalid_parameters");
    const wrong = await get(`/${playbackId}.m3u8?max_resolution=4k`);
    expect([wrong.status, errorOf(wrong).message]).toEqual([400, expect.stringContaining("max_resolution")]);
    const image = await get(`/${playbackId}/thumbnail.jpg?rotate=90&width=0`);
    expect([image.status, errorOf(image).message]).toEqual([400, expect.stringMatching(/rotate.*width/)]);
  });

  it("404 for what does not exist, was deleted, or is not in the plan", async () => {
    const { get } = await start();
    const asset = await publish();
    const deleted = await publish();
    await postgres
      .updateTable("playback_ids")
      .set({ deleted_at: new Date() })
      .where("id", "=", deleted.playbackId)
      .execute();
    const paths = [
      `/${id("nobody")}.m3u8`,
      `/${deleted.playbackId}.m3u8`,
      segmentPath(deleted),
      `/${asset.playbackId}/h/-/${PLAN_ID}/480p.m3u8`,
      segmentPath(asset, 4),
      segmentPath(asset, 3, "audio"),
      segmentPath(asset, 0, "constructor"),
    ];
    for (const path of paths) {
      const got = await get(path);
      expect([path, got.status, errorOf(got).type]).toEqual([path, 404, "not_found"]);
    }
    expect(transcoder.asked).toEqual([]);
  });

  it("403 for signed ids without a key, for tokens on public ones, and for grants that nobody gave", async () => {
    const { get } = await start();
    const open = await publish();
    const signed = await publish({ policy: "signed" });
    const missing = await get(`/${signed.playbackId}.m3u8`);
    expect([missing.status, errorOf(missing).message]).toEqual([403, expect.stringContaining("token is missing")]);
    for (const path of [
      `/${signed.playbackId}.m3u8?token=a.b.c`,
      `/${signed.playbackId}/thumbnail.jpg?TOKEN=a.b.c`,
      `/${open.playbackId}.m3u8?token=a.b.c`,
      `/${open.playbackId}.m3u8?TOKEN=`,
      `/${open.playbackId}/thumbnail.jpg?token=a`,
      segmentPath(signed),
      segmentPath(open).replace("/s/-/", "/s/abc/"),
    ]) {
      const got = await get(path);
      expect([path, got.status, errorOf(got).type]).toEqual([path, 403, "forbidden"]);
    }
  });

  it("412 while the asset is not ready, with its own sentence when it never will be", async () => {
    const { get } = await start();
    const preparing = await get(`/${(await publish({ status: "preparing" })).playbackId}.m3u8`);
    expect([preparing.status, errorOf(preparing).message]).toEqual([412, "The asset is not ready yet"]);
    const errored = await get(`/${(await publish({ status: "errored" })).playbackId}/thumbnail.jpg`);
    expect([errored.status, errorOf(errored).message]).toEqual([412, expect.stringContaining("errored")]);
  });

  it("503, never 404, where the plan of a ready asset is missing or damaged", async () => {
    const { get } = await start();
    const missing = await publish({ plan: null });
    expect((await get(`/${missing.playbackId}.m3u8`)).status).toBe(503);
    expect((await get(segmentPath(missing))).status).toBe(503);
    const damaged = await publish();
    const ref = { environment: ENVIRONMENT, assetId: damaged.assetId, planId: PLAN_ID };
    await truncate(await fileOf(planKey(ref)), 10);
    expect((await get(`/${damaged.playbackId}.m3u8`)).status).toBe(503);
  });
});

describe("playback ids", () => {
  it("are dead within 10 s of their deletion", async () => {
    const { get } = await start();
    const asset = await publish();
    makeAll();
    expect((await get(segmentPath(asset))).status).toBe(200);
    await postgres.updateTable("assets").set({ deleted_at: new Date() }).where("id", "=", asset.assetId).execute();
    clockMs += 9_999;
    expect((await get(segmentPath(asset))).status).toBe(404);
    expect((await get(`/${asset.playbackId}.m3u8`)).status).toBe(404);
  });

  it("that were known go on without Postgres, others are 503 until it is back", async () => {
    const other = await startTestPostgres(); // this one is going to be stopped
    try {
      await closePostgres();
      const url = await other.createTestDatabase();
      const pool = createPool({ url, applicationName: "test", log });
      closePostgres = () => pool.end();
      postgres = createPostgres(pool);
      const organization = await postgres
        .insertInto("organizations")
        .values({ name: "Test" })
        .returning("id")
        .executeTakeFirstOrThrow();
      await postgres
        .insertInto("environments")
        .values({
          id: ENVIRONMENT,
          organization_id: organization.id,
          name: "Test",
          type: "development",
          deleted_at: null,
        })
        .execute();
      const asset = await publish();
      const { get } = await start();
      const check = createPostgresCheck(readPlaybackIdsFrom(postgres));
      expect(await check()).toEqual({ ok: true });
      makeAll();
      expect((await get(`/${asset.playbackId}.m3u8`)).status).toBe(200);
      await other.stop();
      clockMs += 3_600_000;
      expect((await get(`/${asset.playbackId}.m3u8`)).status).toBe(200);
      expect((await get(segmentPath(asset))).status).toBe(200);
      const unknown = await get(`/${id("unknown")}.m3u8`);
      expect([unknown.status, unknown.headers["retry-after"], errorOf(unknown).type]).toEqual([
        503,
        "1",
        "unavailable",
      ]);
      expect(await metric("playhead_delivery_stale_lookups_total")).toBeGreaterThan(0);
      expect(await check()).toEqual({ ok: true, degraded: expect.stringContaining("going on with known") });
      expect(await createPostgresCheck(readPlaybackIdsFrom(postgres))()).toMatchObject({ ok: false });
    } finally {
      await other.stop();
    }
  });
});

describe("segments", () => {
  it("are made once for a hundred that ask at the same time, and never again", async () => {
    const { get } = await start();
    const asset = await publish();
    const bytes = Buffer.alloc(100_000, "0123456789");
    makeAll(bytes);
    const got = await Promise.all(Array.from({ length: 100 }, () => get(segmentPath(asset, 2))));
    for (const { status, body } of got) expect([status, body.equals(bytes)]).toEqual([200, true]);
    const { assetId } = asset;
    const wanted: Wanted = {
      kind: "segment",
      environment: ENVIRONMENT,
      assetId,
      planId: PLAN_ID,
      rendition: "720p",
      segment: 2,
    };
    expect(transcoder.asked).toEqual([wanted]);
    await get(segmentPath(asset, 2));
    expect(transcoder.asked).toHaveLength(1);
    expect(await metric('playhead_delivery_requests_total{kind="segment",status="200"')).toBe(101);
  });

  it("answer HEAD and 304 from the hash of their bytes", async () => {
    const { get } = await start();
    const asset = await publish();
    const { sha256 } = await objects.put(segmentOf(asset), Buffer.from("stored"));
    const head = await get(segmentPath(asset), { method: "HEAD" });
    expect([head.status, head.headers["content-length"], head.headers.etag]).toEqual([200, "6", `"${sha256}"`]);
    expect((await get(segmentPath(asset), { headers: { "if-none-match": `"${sha256}"` } })).status).toBe(304);
    expect(transcoder.asked).toEqual([]);
  });

  it("are no longer made when the last client has left", async () => {
    const { get } = await start();
    const asset = await publish();
    transcoder.answer = () => undefined;
    const [one, two] = [new AbortController(), new AbortController()];
    const waiting = [get(segmentPath(asset), one), get(segmentPath(asset), two)];
    for (const result of waiting) result.catch(() => undefined);
    await vi.waitFor(() => expect(transcoder.asked).toHaveLength(1));
    await vi.waitFor(async () => expect(await metric('playhead_delivery_objects_total{place="nowhere"')).toBe(1));
    one.abort();
    await vi.waitFor(async () =>
      expect(await metric('playhead_delivery_requests_total{kind="segment",status="left"')).toBe(1),
    );
    expect(transcoder.left()).toBe(0);
    two.abort();
    await vi.waitFor(() => expect(transcoder.left()).toBe(1));
    makeAll();
    expect((await get(segmentPath(asset))).status).toBe(200);
  });

  it.each([
    ["truncated", (path: string) => truncate(path, 3)],
    ["changed", (path: string) => writeFile(path, "fAlse!")],
    ["lengthened", (path: string) => writeFile(path, "stored and more")],
  ])("are made anew, not served, when the stored bytes are %s", async (_, damage) => {
    const { get } = await start();
    const asset = await publish();
    await objects.put(segmentOf(asset), Buffer.from("stored"));
    await damage(await fileOf(segmentOf(asset)));
    const refused = await get(segmentPath(asset));
    expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "7"]);
    expect(await metric("playhead_delivery_damaged_objects_total")).toBe(1);
    makeAll(Buffer.from("stored"));
    const got = await get(segmentPath(asset));
    expect([got.status, got.body.toString()]).toEqual([200, "stored"]);
  });

  it("are 503 when a transcoder says it is made, and it cannot be read", async () => {
    const { get } = await start();
    const asset = await publish();
    transcoder.answer = (_, response) => response.writeHead(200).end("{}");
    expect((await get(segmentPath(asset))).status).toBe(503);
  });

  it.each([404, 401, 500])("are 503, never 404, when the transcoder answers %d", async (status) => {
    const { get } = await start();
    const asset = await publish();
    transcoder.answer = (_, response) => response.writeHead(status).end();
    const got = await get(segmentPath(asset));
    expect([got.status, got.headers["retry-after"]]).toEqual([503, "1"]);
  });

  it("are 503 when it takes longer than the deadline, and the work is given up", async () => {
    const { get } = await start({ deadlineMs: 100 });
    const asset = await publish();
    transcoder.answer = () => undefined;
    const got = await get(segmentPath(asset));
    expect([got.status, got.headers["retry-after"]]).toEqual([503, "1"]);
    await vi.waitFor(() => expect(transcoder.left()).toBe(1));
  });

  it("play without a transcoder where they are stored", async () => {
    await transcoder.close();
    const { get } = await start();
    const asset = await publish();
    await objects.put(segmentOf(asset), Buffer.from("stored"));
    expect((await get(`/${asset.playbackId}.m3u8`)).status).toBe(200);
    expect((await get(segmentPath(asset))).body.toString()).toBe("stored");
    const missing = await get(segmentPath(asset, 1));
    expect([missing.status, missing.headers["retry-after"], errorOf(missing).type]).toEqual([503, "1", "unavailable"]);
  });

  it("are asked of the next transcoder when one cannot be reached or breaks off", async () => {
    const dead = await startFakeTranscoder();
    await dead.close();
    const breaking = await startFakeTranscoder();
    breaking.answer = (_, response) => response.destroy();
    makeAll();
    const { get } = await start({ urls: [dead.url, breaking.url, transcoder.url] });
    try {
      for (let at = 0; at < 8; at += 1) expect((await get(segmentPath(await publish()))).status).toBe(200);
      expect(breaking.asked.length).toBeGreaterThan(0);
    } finally {
      await breaking.close();
    }
  });

  it("are made over a new connection when a kept one was closed meanwhile", async () => {
    makeAll();
    const { get } = await start();
    const asset = await publish();
    expect((await get(segmentPath(asset, 0))).status).toBe(200);
    const answer = transcoder.answer;
    let broken = false;
    transcoder.answer = (wanted, response) => {
      if (broken) return answer(wanted, response);
      broken = true;
      return response.destroy();
    };
    expect((await get(segmentPath(asset, 1))).status).toBe(200);
  });
});

describe("thumbnails", () => {
  it("are made once, and kept", async () => {
    const { get } = await start();
    const { playbackId, assetId } = await publish();
    makeAll(Buffer.from("picture"));
    const path = `/${playbackId}/thumbnail.webp?width=16&height=16&time=3.5`;
    const first = await get(path, { headers: { accept: "image/jpeg" } });
    expect([first.status, first.body.toString()]).toEqual([200, "picture"]);
    expect(first.headers).toMatchObject({
      "content-type": "image/webp",
      "cache-control": "public, max-age=86400",
      "access-control-allow-origin": "*",
    });
    await get(path);
    expect(transcoder.asked).toEqual([
      {
        kind: "image",
        environment: ENVIRONMENT,
        assetId,
        planId: PLAN_ID,
        format: "webp",
        timeSeconds: 3.5,
        widthPx: 16,
        heightPx: 16,
      },
    ]);
  });

  it("are 503 when none can be made, and 404 of what has no picture", async () => {
    const { get } = await start();
    const seen = await publish();
    expect((await get(`/${seen.playbackId}/thumbnail.jpg`)).status).toBe(503);
    const heard = await publish({ plan: smallPlan({ video: [], pictureEnd: 0 }) });
    expect((await get(`/${heard.playbackId}/thumbnail.jpg`)).status).toBe(404);
  });
});

describe("an unreadable store", () => {
  it("is 503 with its cause in the log, never 404", async () => {
    const { get } = await start();
    const asset = await publish();
    await objects.put(segmentOf(asset), Buffer.from("stored"));
    objects.read = () => Promise.reject(Object.assign(new Error("input/output error"), { code: "EIO" }));
    expect((await stat(directory)).isDirectory()).toBe(true);
    expect((await get(segmentPath(asset))).status).toBe(503);
    expect(transcoder.asked).toEqual([]);
  });
});
