import { request as httpRequest } from "node:http";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { type BeaconRecord, decodeBeaconRecord } from "../../domain/messages/beacon-record.ts";
import { BEACON_PARTITIONS, beaconPartition } from "../../domain/messages/partition.ts";
import type { RejectedRecord } from "../../domain/messages/rejected-record.ts";
import { parseCidr } from "../../domain/network/client-address.ts";
import type { Place } from "../../domain/view/view-state.ts";
import { type LogRecord, LogUnavailableError, type LogWriter } from "../../platform/eventlog/eventlog.ts";
import { type Listener, listen } from "../../platform/http/listen.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { recordedBodies } from "../testing/recorded-records.ts";
import { BeaconLog } from "./beacon-log.ts";
import { createEdge } from "./edge.ts";
import { createEdgeMetrics } from "./edge-metrics.ts";
import type { EdgeEnvironment } from "./environments.ts";

const KEY = "testenvkey0000000000000001";
const PLACE: Place = {
  ...{ continent: "EU", region: "Holland", city: "Delft", latitude: 52, longitude: 4.3 },
  ...{ asn: 64496, asnName: "Example Net" },
};
const ENVIRONMENT: EdgeEnvironment = { environmentId: 7 as EnvironmentId, retentionDays: 30 };

/** A log in memory; `full` makes it refuse like one whose disk is full. */
function memoryWriter() {
  const writer = {
    records: [] as LogRecord[],
    full: false,
    append: async (records: readonly LogRecord[]) => {
      if (writer.full) throw new LogUnavailableError("no space left");
      writer.records.push(...records);
    },
    close: async () => undefined,
  };
  return writer satisfies LogWriter;
}

let beacons: ReturnType<typeof memoryWriter>;
let rejected: ReturnType<typeof memoryWriter>;
let viewSources: ReturnType<typeof memoryWriter>;
let listener: Listener;
let ready: boolean;
let nowMs: number;
let beaconLog: BeaconLog;
const metrics = () => createEdgeMetrics(createMetrics("test"));

beforeEach(async () => {
  [beacons, rejected, viewSources] = [memoryWriter(), memoryWriter(), memoryWriter()];
  [ready, nowMs] = [true, 1_795_500_000_000];
  beaconLog = new BeaconLog({ beacons, rejected, viewSources }, () => nowMs);
  const edge = createEdge({
    beaconLog,
    environments: {
      find: (key) => (key === KEY ? ENVIRONMENT : null),
      ready: () => ready,
      close: async () => undefined,
    },
    playbackOwners: { find: () => null, findAsset: () => null, load: async () => undefined },
    viewSources: { find: () => null, remember: () => undefined, close: async () => undefined },
    places: {
      locate: (address) => (address === "198.51.100.77" ? { country: "NL", place: PLACE } : { country: "" }),
      isSettled: () => true,
    },
    trustedProxies: [parseCidr("127.0.0.0/8")].filter((range) => range !== null),
    metrics: metrics(),
    log: createLogger("test", "silent"),
  });
  listener = await listen(["127.0.0.1"], 0, edge);
});

afterEach(async () => {
  await listener.close(0);
});

const url = (path = "/") => `http://127.0.0.1:${listener.port}${path}`;

function post(body: string | Buffer, options: { path?: string; headers?: Record<string, string> } = {}) {
  const payload = typeof body === "string" ? body : new Uint8Array(body);
  return fetch(url(options.path), { method: "POST", body: payload, headers: options.headers ?? {} });
}

const written = () => beacons.records.map((record) => decodeBeaconRecord(record.value.toString()) as BeaconRecord);
const refused = () => rejected.records.map((record) => JSON.parse(record.value.toString()) as RejectedRecord);
const event = (fields: object) => ({ e: "hb", xid: "view-1", xsqno: 3, ake: KEY, ...fields });

describe("the beacon endpoint", () => {
  it.each([
    ["/", "text/plain"],
    ["/android", "application/json"],
    ["/a.gif?x=1", "text/plain;charset=UTF-8"],
  ])("takes a recorded request on %s as %s", async (path, contentType) => {
    const [body] = recordedBodies("html5-normal");
    const response = await post(body ?? "", { path, headers: { "content-type": contentType } });
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(written()).toHaveLength(1);
    expect(written()[0]).toMatchObject({ environmentId: 7, arrivedAtMs: nowMs, transmittedAtMs: expect.any(Number) });
    expect(written()[0]?.events).toEqual(JSON.parse(body ?? "").events);
  });

  it("puts all records of a view into its own partition, in order", async () => {
    for (const body of recordedBodies("html5-two-videos")) await post(body);
    for (const record of beacons.records) {
      const { environmentId, viewId } = decodeBeaconRecord(record.value.toString()) as BeaconRecord;
      expect(record.partition).toBe(beaconPartition(environmentId, viewId));
    }
    expect(new Set(written().map((record) => record.viewId)).size).toBe(2);
  });

  it("unpacks what native clients compress", async () => {
    const body = JSON.stringify({ events: [event({})] });
    const response = await post(gzipSync(body), { headers: { "content-encoding": "gzip" } });
    expect(response.status).toBe(200);
    expect(written()[0]?.events).toEqual([event({})]);
  });

  it("keeps a body's own bytes, but not its byte order mark", async () => {
    const sent = event({ vtt: "Čaj – 茶 🍵" });
    await post(`\uFEFF ${JSON.stringify({ events: [sent] })}\n`);
    expect(written()[0]?.events).toEqual([sent]);
  });

  it("reads what it cannot unpack to its end, and goes on with the connection", async () => {
    const garbage = Buffer.alloc(3_000_000, "not gzip at all");
    expect((await post(garbage, { headers: { "content-encoding": "gzip" } })).status).toBe(200);
    expect((await post(garbage, { headers: { "content-encoding": "zstd-19" } })).status).toBe(200);
    expect(refused().map(({ reason }) => reason)).toEqual(["unreadable_body", "unreadable_body"]);
  });

  it.each([
    ["not JSON", "{", "not_json"],
    ["no beacon", "[]", "not_a_beacon"],
    ["an unknown key", JSON.stringify({ events: [event({ ake: "nobody" })] }), "unknown_environment"],
    ["no key", JSON.stringify({ events: [event({ ake: undefined })] }), "unknown_environment"],
    ["an event without a view", JSON.stringify({ events: [event({ xid: "" })] }), "missing_view_id"],
  ])("answers 200 to %s and keeps it as rejected", async (_, body, reason) => {
    const response = await post(body);
    expect(response.status).toBe(200);
    expect(beacons.records).toEqual([]);
    expect(refused()).toMatchObject([{ reason, count: 1, address: "127.0.0.0", sample: expect.any(String) }]);
  });

  it("takes the good events of a request that also holds bad ones", async () => {
    const events = [event({}), null, event({ xsqno: 4 }), event({ ake: "nobody" }), 5];
    await post(JSON.stringify({ events }));
    expect(written()[0]?.events).toEqual([event({}), event({ xsqno: 4 })]);
    expect(refused().map(({ reason, count }) => [reason, count])).toEqual([
      ["malformed_event", 2],
      ["unknown_environment", 1],
    ]);
  });

  it("answers 200 to events nested too deep to be written again, and keeps those beside them", async () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    const good = JSON.stringify(event({}));
    const nested = JSON.stringify(event({ xsqno: 4, x: 0 })).replace('"x":0', `"x":${deep}`);
    for (const bad of [deep, nested]) {
      expect((await post(`{"events":[${good},${bad},{"e":"hb","xid":"view-2","xsqno":1}]}`)).status).toBe(200);
    }
    expect(written().map(({ events }) => events)).toEqual([[event({})], [event({})]]);
    expect(refused().filter(({ reason }) => reason === "malformed_event")).toMatchObject([{ count: 1 }, { count: 1 }]);
  });

  it("stores nothing that cannot be read again: a byte order mark, or two", async () => {
    for (const marks of ["\uFEFF", "\uFEFF\uFEFF"]) await post(marks + JSON.stringify({ events: [event({})] }));
    expect(written().every((record) => record !== null)).toBe(true);
  });

  it("keeps few samples but all counts of a flood", async () => {
    for (let round = 0; round < 25; round += 1) await post("{");
    expect(refused().reduce((sum, { count }) => sum + count, 0)).toBe(25);
    expect(refused().filter(({ sample }) => sample !== null)).toHaveLength(10);
  });

  it("finds the environment in the host's first label when the event names none", async () => {
    const body = JSON.stringify({ events: [event({ ake: undefined })] });
    await send({ method: "POST", headers: { host: `${KEY}.beacons.example.com` } }, body);
    expect(written()).toMatchObject([{ environmentId: 7 }]);
  });

  it("believes X-Forwarded-For of a trusted peer, and keeps only the network", async () => {
    await post(JSON.stringify({ events: [event({})] }), { headers: { "x-forwarded-for": "10.9.9.9, 198.51.100.77" } });
    expect(written()[0]?.context).toEqual({
      ...{ address: "198.51.100.0", country: "NL", place: PLACE, retentionDays: 30 },
      ...{ userAgent: "node", referrer: "" },
    });
  });

  it("answers 503 when the log cannot be written, and takes the repeat", async () => {
    const body = JSON.stringify({ events: [event({})] });
    beacons.full = true;
    const refusal = await post(body);
    expect(refusal.status).toBe(503);
    expect(refusal.headers.get("access-control-allow-origin")).toBe("*");
    beacons.full = false;
    expect((await post(body)).status).toBe(200);
    expect(written()).toHaveLength(1);
  });

  it("answers 503 while it cannot know any key", async () => {
    ready = false;
    expect((await post(JSON.stringify({ events: [event({})] }))).status).toBe(503);
    expect(rejected.records).toEqual([]);
  });

  it("closes the connection on bodies over 4 MiB, packed ones too", async () => {
    await expect(post("x".repeat(4 * 1_048_576 + 1))).rejects.toThrow();
    const bomb = gzipSync(Buffer.alloc(64 * 1_048_576));
    await expect(post(bomb, { headers: { "content-encoding": "gzip" } })).rejects.toThrow();
    expect((await post(JSON.stringify({ events: [event({})] }))).status).toBe(200);
  });

  it("greets a GET and a preflight", async () => {
    expect((await fetch(url("/anything"))).status).toBe(200);
    const preflight = await fetch(url(), {
      method: "OPTIONS",
      headers: { "access-control-request-headers": "x-litix" },
    });
    expect(preflight.status).toBe(200);
    expect(preflight.headers.get("access-control-allow-headers")).toBe("x-litix");
  });

  it("never answers anything but 200 to arbitrary bodies", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.record({ events: fc.jsonValue() }).map((v) => JSON.stringify(v)),
        ),
        async (body) => {
          expect((await post(body)).status).toBe(200);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("log time", () => {
  it("goes on in every partition and never back, whatever the clock does", async () => {
    await beaconLog.tick();
    nowMs -= 60_000;
    await post(JSON.stringify({ events: [event({})] }));
    const stamps = beacons.records.map((record) => record.timestampMs);
    expect(stamps).toHaveLength(BEACON_PARTITIONS + 1);
    expect(stamps).toEqual(stamps.toSorted((a, b) => a - b));
  });
});

/** `fetch` sets Host itself. */
function send(options: { method: string; headers: Record<string, string> }, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url(), options, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    request.on("error", reject);
    request.end(body);
  });
}
