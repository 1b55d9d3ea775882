import { mkdtemp, rm } from "node:fs/promises";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { planKey, segmentKey } from "../../domain/media/object-keys.ts";
import type { DeliveryRecord } from "../../domain/usage/delivery-record.ts";
import { listen } from "../../platform/http/listen.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { createPool, createPostgres, type Postgres } from "../../platform/postgres/pool.ts";
import { createAccess } from "../access.ts";
import { createRespond } from "../answers.ts";
import { createDelivery } from "../delivery.ts";
import { createDeliveryMetrics } from "../delivery-metrics.ts";
import { createImages } from "../images/images.ts";
import { createMasters, readMastersFrom } from "../masters/masters.ts";
import { createPlans } from "../plans.ts";
import { createPlaybackIds, readPlaybackIdsFrom } from "../playback-ids.ts";
import { createMediaObjects } from "../segments/media-objects.ts";
import { createStaticFiles } from "../static/static-files.ts";
import { createTexts } from "../texts/texts.ts";
import { createGrants } from "../tokens/grants.ts";
import { createTokenRules } from "../tokens/rules.ts";
import { createTranscoder } from "../transcoder-client.ts";
import { type FakeTranscoder, SECRET, startFakeTranscoder } from "./fake-transcoder.ts";
import { PLAN_ID } from "./plans.ts";
import { createEnvironment, ENVIRONMENT } from "./publish.ts";

const CACHE_BYTES = 1_000_000;
export const GRANT_SECRET = "a-secret-of-at-least-32-characters";

export interface Got {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface Asking {
  method?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export interface StartOptions {
  /** The fake transcoder's unless given. */
  urls?: readonly string[];
  deadlineMs?: number;
  grantSecrets?: readonly string[];
  bases?: readonly string[];
}

/** All of delivery but its program: a real database and folder, a transcoder that does as told, a clock in the test's hands. */
export interface World {
  postgres: Postgres;
  objects: Objects;
  directory: string;
  transcoder: FakeTranscoder;
  /** What was handed to viewers so far. */
  delivered: DeliveryRecord[];
  /** Wall clock, Unix milliseconds. */
  nowMs(): number;
  /** Moves both clocks. */
  advance(ms: number): void;
  start(options?: StartOptions): Promise<void>;
  /** Of the public port, once started. */
  port(): number;
  get(path: string, asking?: Asking): Promise<Got>;
  /** Value of the first series that begins so; 0 where there is none. */
  metric(series: string): Promise<number>;
  /** From now on the transcoder stores these bytes for whatever it is asked for. */
  makeAll(bytes?: Buffer): void;
  close(): Promise<void>;
}

function metricOf(series: string, metrics: string): number {
  const line = metrics.split("\n").find((text) => text.startsWith(series));
  return Number(line?.split(" ").at(-1) ?? 0);
}

function makingAll(objects: Objects, bytes: Buffer): FakeTranscoder["answer"] {
  return async (wanted, response) => {
    if (wanted.kind !== "init" && wanted.kind !== "segment") return response.writeHead(200).end(bytes);
    const { environment, assetId, planId, rendition } = wanted;
    const name = wanted.kind === "init" ? "init" : String(wanted.segment);
    const info = await objects.put(`${environment}/${assetId}/${planId}/${rendition}/${name}`, bytes);
    return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(info));
  };
}

export async function openWorld(databaseUrl: string): Promise<World> {
  const log = createLogger("test", "silent");
  const pool = createPool({ url: databaseUrl, applicationName: "test", log });
  const postgres = createPostgres(pool);
  await createEnvironment(postgres);
  const directory = await mkdtemp(join(tmpdir(), "playhead-"));
  const objects = openFolderObjects(directory);
  const transcoder = await startFakeTranscoder();
  const closing: (() => Promise<void>)[] = [];
  const delivered: DeliveryRecord[] = [];
  const startedMs = Date.now();
  let registry = createMetrics("test");
  let [clockMs, port] = [0, 0];
  const nowMs = (): number => startedMs + clockMs;
  return {
    postgres,
    objects,
    directory,
    transcoder,
    delivered,
    nowMs,
    advance: (ms) => {
      clockMs += ms;
    },
    start: async ({
      urls = [transcoder.url],
      deadlineMs = 5_000,
      grantSecrets = [GRANT_SECRET],
      bases = [""],
    } = {}) => {
      registry = createMetrics("test");
      const metrics = createDeliveryMetrics(registry, log);
      const client = createTranscoder({ urls, secret: SECRET, metrics, deadlineMs, restartMs: 600 });
      const remembering = { nowMs: () => clockMs, onStale: metrics.stale };
      const respond = createRespond({
        access: createAccess({
          playbackIds: createPlaybackIds({ read: readPlaybackIdsFrom(postgres), ...remembering }),
          rules: createTokenRules(postgres, remembering),
          grants: createGrants(grantSecrets),
          nowMs,
        }),
        nowMs,
        plans: createPlans(objects, metrics),
        media: createMediaObjects({ objects, transcoder: client, metrics, cacheBytes: CACHE_BYTES }),
        images: createImages({ objects, transcoder: client, metrics, cacheBytes: CACHE_BYTES }),
        imageOrigin: "https://image.example.com",
        bases,
        texts: createTexts(objects, metrics),
        files: createStaticFiles(objects),
        masters: createMasters({ read: readMastersFrom(postgres), ...remembering }),
      });
      const usage = { add: (record: DeliveryRecord) => void delivered.push(record) };
      const listener = await listen(["127.0.0.1"], 0, createDelivery({ respond, usage, metrics, log }));
      port = listener.port;
      closing.push(() => listener.close(0).then(client.close));
    },
    port: () => port,
    get: (path, asking) => get(port, path, asking),
    metric: async (series) => metricOf(series, await registry.metrics()),
    makeAll: (bytes = Buffer.from("made")) => {
      transcoder.answer = makingAll(objects, bytes);
    },
    close: async () => {
      for (const close of closing) await close();
      await transcoder.close();
      await pool.end();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function get(port: number, path: string, { method = "GET", headers = {}, signal }: Asking = {}): Promise<Got> {
  const outgoing = request({ host: "127.0.0.1", port, path, method, headers, signal, agent: false });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on("response", resolve).on("error", reject).end();
  });
  return { status: response.statusCode ?? 0, headers: response.headers, body: await buffer(response) };
}

/** Key of a stored segment. */
export function keyOf(assetId: string, segment = 0, rendition = "720p"): string {
  return segmentKey({ environment: ENVIRONMENT, assetId, planId: PLAN_ID }, rendition, segment);
}

export function planKeyOf(assetId: string, planId = PLAN_ID): string {
  return planKey({ environment: ENVIRONMENT, assetId, planId });
}

/** Path of its URL. */
export function segmentPath(playbackId: string, segment = 0, rendition = "720p"): string {
  return `/${playbackId}/s/-/${PLAN_ID}/${rendition}/${segment}.m4s`;
}
