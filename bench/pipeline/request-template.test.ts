import { describe, expect, it } from "vitest";
import { decodeEvent } from "../../domain/wire/decode-events.ts";
import { decodeRequest } from "../../domain/wire/decode-request.ts";
import { recordedView } from "./recorded-view.ts";
import { awayFromBucketEnd, Truth } from "./truth.ts";

const FACTS = {
  viewId: "12345678-90ab-4cde-8f01-234567890abc",
  address: "81.2.69.9",
  title: "Tea",
  baseMs: 1_795_500_000_000,
  sentAtMs: 1_795_500_020_000,
  sequence: 23,
};

describe("a request template", () => {
  it("becomes a request of its own view, title and times, with every other field as it was recorded", () => {
    const { start, steady } = recordedView("key1", "Browser/1");
    for (const template of [start, steady]) {
      const [head = "", body = ""] = template.fill(FACTS).toString().split("\r\n\r\n");
      expect(head).toContain(`content-length: ${Buffer.byteLength(body)}`);
      expect(head).toMatch(/x-forwarded-for: 81\.2\.69\.9 *$/);
      const request = decodeRequest(body);
      if (request.kind === "rejected") throw new Error(request.reason);
      expect([request.events.length, request.transmissionTimestampMs]).toEqual([template.events, FACTS.sentAtMs]);
      const events = request.events
        .map(({ raw }) => decodeEvent(raw))
        .map((decoded) => {
          if (decoded.kind === "rejected") throw new Error(decoded.reason);
          return decoded.event;
        });
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => 23 + index));
      expect(new Set(events.map(({ viewId }) => viewId))).toEqual(new Set([FACTS.viewId]));
      for (const { fields } of events) {
        expect(fields["env_key"]).toBe("key1");
        expect(Number(fields["viewer_time"])).toBeLessThanOrEqual(FACTS.baseMs);
        expect(Number(fields["viewer_time"])).toBeGreaterThan(FACTS.baseMs - 10_001);
      }
    }
    const first = JSON.parse(start.fill(FACTS).toString().split("\r\n\r\n")[1] ?? "");
    expect(first.events[0].vtt.trim()).toBe("Tea");
    expect(first.events[0].pinid).toBe("38af592c-a9d6-4fb5-96e8-a5a106bf87f0");
  });
});

describe("the truth of a run", () => {
  it("counts a view in every bucket at whose end it is watched, and leaves open what is too close", () => {
    const truth = new Truth();
    truth.add(1_000, 11_000);
    truth.add(5_200, 9_900); // begins and ends close to a bucket's end
    expect(truth.concurrent()).toEqual([
      { bucketMs: 0, least: 1, most: 2 },
      { bucketMs: 5_000, least: 1, most: 2 },
    ]);
  });

  it("moves a beginning away from a bucket's end", () => {
    expect([4_500, 5_200, 7_000, 9_500].map((atMs) => awayFromBucketEnd(atMs, 0.5))).toEqual([
      7_500, 7_500, 7_000, 12_500,
    ]);
  });
});
