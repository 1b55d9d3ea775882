import { request as httpRequest } from "node:http";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BeaconRecord, decodeBeaconRecord } from "../../domain/messages/beacon-record.ts";
import { BEACON_PARTITIONS, beaconPartition } from "../../domain/messages/partition.ts";
import type { ErrorCategory } from "../../domain/view/error-category.ts";
import { EDGE_KEY, type MemoryEdge, NETHERLANDS, OTHER_KEY, startMemoryEdge } from "../testing/memory-edge.ts";
import { recordedBodies } from "../testing/recorded-records.ts";

let edge: MemoryEdge;

beforeEach(async () => {
  edge = await startMemoryEdge();
});

afterEach(async () => {
  await edge.listener.close(0);
});

const event = (fields: object) => ({ e: "hb", xid: "view-1", xsqno: 3, ake: EDGE_KEY, ...fields });

describe("the beacon endpoint", () => {
  it.each([
    ["/", "text/plain"],
    ["/android", "application/json"],
    ["/a.gif?x=1", "text/plain;charset=UTF-8"],
  ])("takes a recorded request on %s as %s", async (path, contentType) => {
    const [body] = recordedBodies("html5-normal");
    const response = await edge.post(body ?? "", { path, headers: { "content-type": contentType } });
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(edge.written()).toHaveLength(1);
    expect(edge.written()[0]).toMatchObject({
      environmentId: 7,
      arrivedAtMs: edge.clock.nowMs,
      transmittedAtMs: expect.any(Number),
    });
    expect(edge.written()[0]?.events).toEqual(JSON.parse(body ?? "").events);
  });

  it("puts all records of a view into its own partition, in order", async () => {
    for (const body of recordedBodies("html5-two-videos")) await edge.post(body);
    for (const record of edge.beacons.records) {
      const { environmentId, viewId } = decodeBeaconRecord(record.value.toString()) as BeaconRecord;
      expect(record.partition).toBe(beaconPartition(environmentId, viewId));
    }
    expect(new Set(edge.written().map((record) => record.viewId)).size).toBe(2);
  });

  it("unpacks what native clients compress", async () => {
    const body = JSON.stringify({ events: [event({})] });
    const response = await edge.post(gzipSync(body), { headers: { "content-encoding": "gzip" } });
    expect(response.status).toBe(200);
    expect(edge.written()[0]?.events).toEqual([event({})]);
  });

  it("keeps a body's own bytes, but not its byte order mark", async () => {
    const sent = event({ vtt: "Čaj – 茶 🍵" });
    await edge.post(`\uFEFF ${JSON.stringify({ events: [sent] })}\n`);
    expect(edge.written()[0]?.events).toEqual([sent]);
  });

  it("reads what it cannot unpack to its end, and goes on with the connection", async () => {
    const garbage = Buffer.alloc(3_000_000, "not gzip at all");
    expect((await edge.post(garbage, { headers: { "content-encoding": "gzip" } })).status).toBe(200);
    expect((await edge.post(garbage, { headers: { "content-encoding": "zstd-19" } })).status).toBe(200);
    expect(edge.counted()).toEqual(Array(2).fill(["unreadable_body", 1]));
    expect(edge.samples()).toMatchObject([
      { contentEncoding: "gzip" },
      { contentEncoding: "zstd-19", replayable: false },
    ]);
  });

  it.each([
    ["not JSON", "{", "not_json"],
    ["no beacon", "[]", "not_a_beacon"],
    ["an unknown key", JSON.stringify({ events: [event({ ake: "nobody" })] }), "unknown_environment"],
    ["no key", JSON.stringify({ events: [event({ ake: undefined })] }), "unknown_environment"],
    ["an event without a view", JSON.stringify({ events: [event({ xid: "" })] }), "missing_view_id"],
  ])("answers 200 to %s and keeps it as rejected", async (_, body, reason) => {
    const response = await edge.post(body);
    expect(response.status).toBe(200);
    expect(edge.beacons.records).toEqual([]);
    expect(edge.counted()).toEqual([[reason, 1]]);
    expect(edge.samples()).toMatchObject([
      { address: "127.0.0.0", userAgent: "node", path: "/", body, replayable: true },
    ]);
  });

  it("takes the good events of a request that also holds bad ones", async () => {
    const events = [event({}), null, event({ xsqno: 4 }), event({ ake: "nobody" }), 5];
    await edge.post(JSON.stringify({ events }));
    expect(edge.written()[0]?.events).toEqual([event({}), event({ xsqno: 4 })]);
    expect(edge.counted()).toEqual([
      ["malformed_event", 2],
      ["unknown_environment", 1],
    ]);
  });

  it("answers 200 to events nested too deep to be written again, and keeps those beside them", async () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    const good = JSON.stringify(event({}));
    const nested = JSON.stringify(event({ xsqno: 4, x: 0 })).replace('"x":0', `"x":${deep}`);
    for (const bad of [deep, nested]) {
      expect((await edge.post(`{"events":[${good},${bad},{"e":"hb","xid":"view-2","xsqno":1}]}`)).status).toBe(200);
    }
    expect(edge.written().map(({ events }) => events)).toEqual([[event({})], [event({})]]);
    expect(edge.counted().filter(([reason]) => reason === "malformed_event")).toEqual(
      Array(2).fill(["malformed_event", 1]),
    );
  });

  it("answers 200 to events that grow too long for the log when written anew, and keeps those beside them", async () => {
    const numbers = `[${Array(600_000).fill("1e20").join(",")}]`; // 3 MB sent, 13 MB as JSON writes them
    const grown = JSON.stringify(event({ xid: "view-2", x: 0 })).replace('"x":0', `"x":${numbers}`);
    const answer = await edge.post(`{"events":[${JSON.stringify(event({}))},${grown}]}`);
    expect([answer.status, answer.headers.get("x-playhead-rejected")]).toEqual([200, "too_large_record=1"]);
    expect(edge.written().map(({ events }) => events)).toEqual([[event({})]]);
    expect(edge.counted()).toEqual([["too_large_record", 1]]);
  });

  it("stores nothing that cannot be read again: a byte order mark, or two", async () => {
    for (const marks of ["\uFEFF", "\uFEFF\uFEFF"]) await edge.post(marks + JSON.stringify({ events: [event({})] }));
    expect(edge.written().every((record) => record !== null)).toBe(true);
  });

  it("keeps few samples but all counts of a flood", async () => {
    for (let round = 0; round < 25; round += 1) await edge.post("{");
    expect(edge.counted().reduce((sum, [, count]) => sum + Number(count), 0)).toBe(25);
    expect(edge.samples()).toHaveLength(10);
  });

  it("finds the environment in the host's first label when the event names none", async () => {
    const body = JSON.stringify({ events: [event({ ake: undefined })] });
    await send({ method: "POST", headers: { host: `${EDGE_KEY}.beacons.example.com` } }, body);
    expect(edge.written()).toMatchObject([{ environmentId: 7 }]);
  });

  it("believes X-Forwarded-For of a trusted peer, and keeps only the network", async () => {
    await edge.post(JSON.stringify({ events: [event({})] }), {
      headers: { "x-forwarded-for": "10.9.9.9, 198.51.100.77" },
    });
    expect(edge.written()[0]?.context).toEqual({
      ...{ address: "198.51.100.0", country: "NL", place: NETHERLANDS, retentionDays: 30 },
      ...{ userAgent: "node", referrer: "" },
    });
  });

  it("answers 503 when the log cannot be written, and takes the repeat", async () => {
    const body = JSON.stringify({ events: [event({})] });
    edge.beacons.full = true;
    const refusal = await edge.post(body);
    expect(refusal.status).toBe(503);
    expect(refusal.headers.get("access-control-allow-origin")).toBe("*");
    edge.beacons.full = false;
    expect((await edge.post(body)).status).toBe(200);
    expect(edge.written()).toHaveLength(1);
  });

  it("answers 503 while it cannot know how errors count", async () => {
    edge.categories.byCode = null;
    expect((await edge.post(JSON.stringify({ events: [event({})] }))).status).toBe(503);
    edge.categories.byCode = new Map();
    expect((await edge.post(JSON.stringify({ events: [event({})] }))).status).toBe(200);
  });

  it("answers 503 while it cannot know any key", async () => {
    edge.keys.ready = false;
    expect((await edge.post(JSON.stringify({ events: [event({})] }))).status).toBe(503);
    expect(edge.rejected.records).toEqual([]);
  });

  it("closes the connection on bodies over 4 MiB, packed ones too", async () => {
    await expect(edge.post("x".repeat(4 * 1_048_576 + 1))).rejects.toThrow();
    const bomb = gzipSync(Buffer.alloc(64 * 1_048_576));
    await expect(edge.post(bomb, { headers: { "content-encoding": "gzip" } })).rejects.toThrow();
    expect((await edge.post(JSON.stringify({ events: [event({})] }))).status).toBe(200);
  });

  it("greets a GET and a preflight", async () => {
    expect((await fetch(edge.url("/anything"))).status).toBe(200);
    const preflight = await fetch(edge.url(), {
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
          expect((await edge.post(body)).status).toBe(200);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("log time", () => {
  it("goes on in every partition and never back, whatever the clock does", async () => {
    await edge.beaconLog.tick();
    edge.clock.nowMs -= 60_000;
    await edge.post(JSON.stringify({ events: [event({})] }));
    const stamps = edge.beacons.records.map((record) => record.timestampMs);
    expect(stamps).toHaveLength(BEACON_PARTITIONS + 1);
    expect(stamps).toEqual(stamps.toSorted((a, b) => a - b));
  });
});

/** `fetch` sets Host itself. */
function send(options: { method: string; headers: Record<string, string> }, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(edge.url(), options, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    request.on("error", reject);
    request.end(body);
  });
}

describe("the category of an error's code", () => {
  const refusal = { severity: "fatal", type: "business_exception" } as const;
  const warning = { severity: "warning", type: "playback_failure" } as const;
  const error = (sequence: number, fields: object) => event({ e: "error", xsqno: sequence, ...fields });
  const post = (events: readonly object[]) => edge.post(JSON.stringify({ events }));
  const written = () => edge.written().map(({ errorCategories }) => errorCategories);

  beforeEach(() => {
    edge.categories.byCode = new Map<string, ErrorCategory>([
      ["geo/block", refusal],
      ["4", warning],
      ["c".repeat(128), warning],
    ]);
  });

  it("stands beside the events, by their numbers, and these stay as they were sent", async () => {
    const sent = [
      error(4, { percd: "geo/block" }),
      event({ xsqno: 5 }),
      error(6, { percd: 4 }),
      error(7, { percd: 5 }),
    ];
    await post(sent);
    expect(written()).toEqual([{ 4: refusal, 6: warning }]);
    expect(edge.written()[0]?.events).toEqual(sent);
  });

  it("is looked up as views show the code, cut like there", async () => {
    await post([error(4, { percd: "c".repeat(500) }), error(5, { percd: "c".repeat(127) })]);
    expect(written()).toEqual([{ 4: warning }]);
  });

  it("is that of the view's own environment", async () => {
    await post([error(4, { percd: 4, ake: OTHER_KEY }), error(4, { percd: 4 })]);
    expect(edge.written().map(({ environmentId, errorCategories }) => [environmentId, errorCategories])).toEqual([
      [8, undefined],
      [7, { 4: warning }],
    ]);
  });

  it("is not looked up for other events, and absent where none has any", async () => {
    await post([
      event({ percd: 4 }),
      event({ e: "aderror", xsqno: 4, percd: 4 }),
      error(5, {}),
      error(6, { percd: {} }),
    ]);
    expect(written()).toEqual([undefined]);
  });

  it("of two errors with one number is that of the first, which counts", async () => {
    await post([error(4, { percd: "geo/block" }), error(4, { percd: 4 })]);
    expect(written()).toEqual([{ 4: refusal }]);
  });

  it("is none where the first of them has none", async () => {
    await post([error(4, { percd: "unknown" }), error(4, { percd: 4 })]);
    expect(written()).toEqual([undefined]);
  });

  it("is the one that held when the event came", async () => {
    await post([error(4, { percd: 4 })]);
    edge.categories.byCode?.set("4", refusal);
    await post([error(5, { percd: 4 })]);
    edge.categories.byCode?.delete("4");
    await post([error(6, { percd: 4 })]);
    expect(written()).toEqual([{ 4: warning }, { 5: refusal }, undefined]);
  });
});
