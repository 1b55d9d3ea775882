import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeEvent } from "../../domain/wire/decode-events.ts";
import { decodeRequest } from "../../domain/wire/decode-request.ts";
import { parseRecording } from "../../domain/wire/rewrite-recording.ts";
import { playRecording } from "./play.ts";

const FILE = new URL("../../fixtures/beacons/html5-two-videos.ndjson", import.meta.url);

describe("playRecording", () => {
  it("plays a recording as new views that end now, with their durations, in the recorded rhythm", async () => {
    const requests = parseRecording(readFileSync(FILE, "utf8")) ?? [];
    const sent: { atMs: number; body: string; headers: Readonly<Record<string, string>> }[] = [];
    const poster = {
      post: async (headers: Readonly<Record<string, string>>, body: string) => {
        sent.push({ atMs: Date.now(), body, headers });
        return { accepted: true, status: 200, error: null };
      },
      close: () => {},
    };
    const startMs = Date.now();
    const played = await playRecording(poster, { requests, speed: 50, envKey: "mykey" });
    const endMs = Date.now();

    expect(played).toMatchObject({ requests: requests.length, failed: 0 });
    expect(played.viewIds.size).toBe(2);
    const tookMs = ((requests.at(-1)?.atMs ?? 0) - (requests[0]?.atMs ?? 0)) / 50;
    expect(endMs - startMs).toBeGreaterThanOrEqual(tookMs - 5);
    expect(Object.keys(sent[0]?.headers ?? {}).sort()).toEqual(["content-type", "origin", "referer", "user-agent"]);

    const events = sent.flatMap(({ body }) => {
      const request = decodeRequest(body);
      if (request.kind === "rejected") throw new Error(request.reason);
      return request.events.flatMap(({ raw }) => {
        const decoded = decodeEvent(raw);
        return decoded.kind === "accepted" ? [decoded.event] : [];
      });
    });
    expect(new Set(events.map(({ fields }) => fields["env_key"]))).toEqual(new Set(["mykey"]));
    expect(new Set(events.map(({ viewId }) => viewId))).toEqual(new Set(played.viewIds.values()));
    const viewEnds = events.filter(({ name }) => name === "viewend").map(({ fields }) => Number(fields["viewer_time"]));
    expect(Math.abs(Math.max(...viewEnds) - endMs)).toBeLessThan(2_000);
  });
});
