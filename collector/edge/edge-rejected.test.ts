import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EDGE_KEY, type MemoryEdge, OTHER_KEY, startMemoryEdge } from "../testing/memory-edge.ts";

let edge: MemoryEdge;

beforeEach(async () => {
  edge = await startMemoryEdge();
});

afterEach(async () => {
  await edge.listener.close(0);
});

const event = (fields: object) => ({ e: "hb", xid: "view-1", xsqno: 3, ake: EDGE_KEY, ...fields });
const request = (...events: unknown[]) => JSON.stringify({ events });
const environments = () => edge.refused().flatMap(({ environmentId, count }) => (count > 0 ? [environmentId] : []));

describe("what is rejected", () => {
  it.each([
    ["an event of a known key", request(event({ xid: undefined })), 7],
    ["a key in capitals", request(event({ ake: EDGE_KEY.toUpperCase() })), 7],
    ["a key with blanks", request(event({ ake: ` ${EDGE_KEY} ` })), 7],
    ["a body that was cut off", request(event({})).slice(0, -3), 7],
    ["too many events", request(...Array(3_601).fill(event({}))), 7],
    ["an unknown key", request(event({ ake: "stranger" })), 0],
    ["nothing that is known", "{", 0],
    ["a body cut off with keys of two environments", request(event({}), event({ ake: OTHER_KEY })).slice(0, -3), 0],
  ])("belongs to the environment that it means: %s", async (_, body, environmentId) => {
    const answer = await edge.post(body);
    expect([answer.status, answer.headers.get("x-playhead-rejected")]).toEqual([
      200,
      expect.stringMatching(/^\w+=\d+$/),
    ]);
    expect(environments()).toEqual([environmentId]);
  });

  it("is counted once, though a request comes again because its other events could not be written", async () => {
    edge.beacons.full = true;
    expect((await edge.post(request(event({}), event({ xid: undefined })))).status).toBe(503);
    edge.beacons.full = false;
    expect((await edge.post(request(event({}), event({ xid: undefined })))).status).toBe(200);
    expect(edge.counted()).toEqual([["missing_view_id", 1]]);
  });

  it("is all but the first 100 views of a request, which make as many records of the log", async () => {
    const invented = Array.from({ length: 3_600 }, (_, index) => event({ xid: `invented${index}` }));
    const answer = await edge.post(request(...invented), { headers: { "user-agent": "a".repeat(1_000) } });
    expect(answer.headers.get("x-playhead-rejected")).toBe("too_many_views=3500");
    expect(edge.written()).toHaveLength(100);
    expect(edge.counted()).toEqual([["too_many_views", 3_500]]);
    const { beacons } = edge;
    expect(beacons.records.reduce((sum, { value }) => sum + value.length, 0)).toBeLessThan(200_000);
  });

  it("may be read by the page that sent it", async () => {
    const answer = await edge.post("{");
    expect(answer.headers.get("access-control-expose-headers")).toBe("x-playhead-rejected");
  });

  it("shows an environment nothing of another's", async () => {
    const bad = event({ xsqno: "x", own: "mine" });
    await edge.post(request(bad, event({ ake: OTHER_KEY, secret: "theirs" }), null));
    const mine = edge.refused().find(({ environmentId, sample }) => environmentId === 7 && sample !== null)?.sample;
    expect(mine).toMatchObject({ body: request(bad), replayable: true });
    expect(JSON.stringify(mine)).not.toContain("theirs");
  });

  it("is kept whole up to 64 KiB, byte for byte, and cut above", async () => {
    const filled = (sizeBytes: number) => "{".padEnd(sizeBytes, "x");
    const notUtf8 = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x80]);
    await edge.post(filled(65_536));
    await edge.post(filled(65_537), { headers: { "x-forwarded-for": "198.51.100.9" } });
    await edge.post(notUtf8, { headers: { "x-forwarded-for": "198.51.101.9" } });
    expect(edge.samples()).toMatchObject([
      { body: filled(65_536), replayable: true, bodyBytes: 65_536, isBase64: false },
      { body: filled(2_000), replayable: false, bodyBytes: 65_537 },
      { body: notUtf8.toString("base64"), replayable: true, isBase64: true },
    ]);
  });

  it("names what is packed in an unknown way, so that it can be read once that is known", async () => {
    const packed = gzipSync(request(event({})));
    await edge.post(packed, { headers: { "content-encoding": "zz" } });
    await edge.post(gzipSync("{"), { headers: { "content-encoding": "gzip" } });
    expect(edge.samples()).toMatchObject([
      { body: packed.toString("base64"), isBase64: true, replayable: true, contentEncoding: "zz" },
      { body: "{", isBase64: false, replayable: true, contentEncoding: "" },
    ]);
  });

  it("is told of a body over 4 MiB although nobody waits for it", async () => {
    const body = request(event({})).padEnd(5 * 1_048_576, " ");
    await edge.post(body).catch(() => undefined);
    await expect.poll(() => edge.counted()).toEqual([["too_large", 1]]);
    expect([environments(), edge.samples()[0]?.replayable]).toEqual([[7], false]);
  });

  it("is counted and not kept a second time where this machine sends a sample again", async () => {
    const again = { headers: { "x-playhead-replay": "1", "x-forwarded-for": "198.51.100.9" } };
    await edge.post("{", again);
    await edge.post("{", { headers: { "x-playhead-replay": "0" } });
    expect([edge.counted(), edge.samples().length]).toEqual([
      [
        ["not_json", 1],
        ["not_json", 1],
      ],
      1,
    ]);
  });

  it("is counted only when the log has it", async () => {
    edge.rejected.full = true;
    expect((await edge.post("{")).status).toBe(503);
    expect(await figure("rejected")).toBe(0);
    edge.rejected.full = false;
    await edge.post("{");
    expect(await figure("rejected")).toBe(1);
  });
});

describe("a flood from one network", () => {
  const from = (address: string) => ({ headers: { "x-forwarded-for": address } });

  it("is answered, counted and no longer read; others are", async () => {
    const big = "{".padEnd(1_048_576, "x");
    for (let turn = 0; turn < 20; turn += 1) expect((await edge.post(big, from("198.51.100.9"))).status).toBe(200);
    const limited = edge.counted().filter(([reason]) => reason === "rate_limited").length;
    expect([limited, edge.counted().length]).toEqual([4, 20]);
    await edge.post(request(event({})), from("198.51.101.9"));
    expect(edge.written()).toHaveLength(1);
    edge.clock.elapsedMs += 5_000;
    edge.clock.nowMs -= 3_600_000; // set right
    await edge.post(request(event({ xsqno: 4 })), from("198.51.100.9"));
    expect(edge.written()).toHaveLength(2);
  });

  it("does not fill the memory with many large bodies at once, and reads others again", async () => {
    const bomb = gzipSync(Buffer.alloc(4_000_000, " "));
    const packed = { headers: { "x-forwarded-for": "198.51.100.9", "content-encoding": "gzip" } };
    const statuses = await Promise.all(Array.from({ length: 30 }, async () => (await edge.post(bomb, packed)).status));
    expect(new Set(statuses)).toEqual(new Set([200]));
    const countOf = (asked: string) =>
      edge.counted().reduce((sum, [reason, count]) => sum + (reason === asked ? count : 0), 0);
    expect(countOf("rate_limited")).toBeGreaterThan(0);
    expect([countOf("not_json") > 0, countOf("not_json") + countOf("rate_limited")]).toEqual([true, 30]);
    edge.clock.elapsedMs += 60_000;
    const large = request(event({ x: "y".repeat(300_000) }));
    expect((await edge.post(large, from("198.51.100.9"))).headers.get("x-playhead-rejected")).toBeNull();
  });

  it("becomes a few records", async () => {
    await edge.listener.close(0);
    edge = await startMemoryEdge({ gatherMs: 40 });
    await Promise.all(Array.from({ length: 200 }, () => edge.post("{")));
    expect(edge.counted().reduce((sum, [, count]) => sum + count, 0)).toBe(200);
    expect(edge.counted().length).toBeLessThan(20);
  });
});

async function figure(name: string): Promise<number> {
  const metric = await edge.metrics.getSingleMetric(`playhead_edge_events_${name}_total`)?.get();
  return metric?.values.reduce((sum, { value }) => sum + value, 0) ?? 0;
}

it("counts every received event as logged or rejected, whatever is sent", async () => {
  const anything = fc.oneof(
    fc.constant(event({})),
    fc.record({
      e: fc.string(),
      xid: fc.string(),
      xsqno: fc.oneof(fc.nat(), fc.string()),
      ake: fc.constantFrom(EDGE_KEY, "x"),
    }),
    fc.jsonValue(),
  );
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anything, { minLength: 1, maxLength: 5 }), async (events) => {
      await edge.post(request(...events));
      sent += events.length;
      const [received, logged, rejected] = [await figure("received"), await figure("logged"), await figure("rejected")];
      expect([received, logged + rejected]).toEqual([sent, sent]);
      expect(edge.written().reduce((sum, record) => sum + record.events.length, 0)).toBe(logged);
      expect(edge.counted().reduce((sum, [, count]) => sum + count, 0)).toBe(rejected);
    }),
    { numRuns: 60 },
  );
});
