import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeEvent } from "../wire/decode-events.ts";
import { decodeRequest } from "../wire/decode-request.ts";
import type { RawEvent } from "./raw-view.ts";
import { type TrueView, trueView } from "./true-view.ts";

const FOLDER = new URL("../../fixtures/beacons/", import.meta.url);
const BASE_MS = 1_795_409_000_000;
/** The client's timers tick each 25 ms, and its own sums lag by as much. */
const TOLERANCE_MS = 30;

const names = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".ndjson"))
  .map((name) => name.slice(0, -".ndjson".length));

/** Views of a recording in the order in which they were played, an hour after the last event. */
function play(name: string): TrueView[] {
  const views = new Map<string, RawEvent[]>();
  for (const line of readFileSync(new URL(`${name}.ndjson`, FOLDER), "utf8").split("\n")) {
    if (line === "") continue;
    const { t_ms: tMs, body } = JSON.parse(line) as { t_ms: number; body: string };
    const request = decodeRequest(body);
    if (request.kind === "rejected") throw new Error(request.reason);
    for (const { raw } of request.events) {
      const decoded = decodeEvent(raw);
      if (decoded.kind === "rejected") throw new Error(decoded.reason);
      const { name: event, sequence, fields, viewId } = decoded.event;
      const times = { arrivedAtMs: BASE_MS + tMs, transmittedAtMs: request.transmissionTimestampMs };
      views.set(viewId, [...(views.get(viewId) ?? []), { name: event, sequence, fields, ...times }]);
    }
  }
  return [...views].map(([viewId, events]) => trueView({ viewId, events, bot: false }, BASE_MS + 2 * 3_600_000));
}

/** What the recorder measured on the media element and wrote beside the recording. */
interface Expectation {
  viewId: string;
  fields: Map<string, unknown>;
}

function expectation(name: string): { text: string; views: Expectation[] } {
  const text = readFileSync(new URL(`${name}.expect.md`, FOLDER), "utf8");
  const views = text
    .split(/^### View /m)
    .slice(1)
    .map((section) => ({
      viewId: /^\d+: (\S+)/.exec(section)?.[1] ?? "",
      fields: new Map(
        [...section.matchAll(/^\| (\w+) \| (.+) \|$/gm)]
          .filter(([, field]) => field !== "field")
          .map(([, field, value]) => [field as string, JSON.parse(value as string) as unknown]),
      ),
    }));
  return { text, views };
}

function near(value: number | null | undefined, expected: unknown, what: string, toleranceMs = TOLERANCE_MS): void {
  if (typeof expected !== "number") return;
  const within = typeof value === "number" && Math.abs(value - expected) <= toleranceMs;
  expect([what, within, value, expected]).toEqual([what, true, value, expected]);
}

describe.each(names)("%s", (name) => {
  const played = play(name);
  const { text, views } = expectation(name);

  it("counts each view that was played", () => {
    expect(played.map(({ viewId }) => viewId)).toEqual(views.map(({ viewId }) => viewId));
    expect(played.every(({ counted, bot }) => counted && !bot)).toBe(true);
  });

  it("comes to the client's own figures from the events alone", () => {
    for (const [at, { fields }] of views.entries()) {
      const { values } = played[at] as TrueView;
      near(values["watch_time"], fields.get("view_watch_time"), "watch time");
      near(values["video_startup_time"], fields.get("view_time_to_first_frame"), "start-up time");
      near(values["rebuffer_duration"], fields.get("view_rebuffer_duration"), "stalls");
      expect(values["rebuffer_count"]).toBe(fields.get("view_rebuffer_count") ?? 0);
      // The client takes the second before it notices a stall for playing (data-wire.md §6).
      const stalls = Number(fields.get("view_rebuffer_count") ?? 0);
      near(values["playing_time"], fields.get("view_playing_time_ms_cumulative"), "playing", 50 + stalls * 1_050);
      if (name.startsWith("shaka")) continue; // counts a seek of its own before anybody plays
      expect(values["seek_count"]).toBe(fields.get("view_seek_count") ?? 0);
      near(values["seek_duration"], fields.get("view_seek_duration"), "seeks", 3);
    }
  });

  it("sees what the media element did", () => {
    const startups = /play → first playing: ([\d, ]+) ms/.exec(text)?.[1]?.split(",").map(Number) ?? [];
    for (const [at, startupMs] of startups.entries()) {
      near(played[at]?.values["video_startup_time"], startupMs, "play to first playing", 190); // from viewstart on
    }
    const failed = name.includes("startup-failure");
    for (const { values } of played) {
      expect(values["video_startup_failure_percentage"]).toBe(failed ? 1 : 0);
      expect(values["playback_failure_percentage"]).toBe(failed || name === "hlsjs-segment-error" ? 1 : 0);
      expect(values["exits_before_video_start"]).toBe(0);
      expect(values["ad_attempt_count"]).toBe(0);
    }
  });
});

describe("the figures of single recordings", () => {
  const only = (name: string) => (play(name)[0] as TrueView).values;

  it("weighs bitrates by the time that each was on the screen", () => {
    const [low, high] = [345_400, 950_400]; // playing at 1008, up at 3108, down at 15110, over at 18162
    const expected = (low * (2_100 + 3_052) + high * 12_002) / (2_100 + 3_052 + 12_002);
    expect(only("hlsjs-rendition-change")["weighted_average_bitrate"]).toBeCloseTo(expected, 3);
  });

  it("counts switches while it plays, and none before", () => {
    const values = only("hlsjs-rendition-change");
    expect([values["rendition_upshift_count"], values["rendition_downshift_count"]]).toEqual([1, 1]);
    expect(only("shaka-stall")["rendition_downshift_count"]).toBe(1); // in the midst of a stall
    expect(only("hlsjs-normal")["rendition_change_count"]).toBe(0);
  });

  it("averages over the view's own requests", () => {
    const values = only("hlsjs-rendition-change");
    expect(values["request_latency"]).toBeCloseTo(28.2, 6);
    expect(values["max_request_latency"]).toBe(128);
    expect(values["request_throughput"]).toBeCloseTo(333_335_777.778, 3);
    expect(only("shaka-normal")["request_latency"]).toBeNull();
    expect(only("shaka-normal")["request_throughput"]).toBeCloseTo(17_118_668.516, 3);
  });

  it("knows how far pictures were stretched", () => {
    const values = only("hlsjs-stall");
    expect(values["upscale_percentage"]).toBeCloseTo(5_997 / 17_992, 9);
    expect(values["max_upscale_percentage"]).toBe(1);
    expect(values["video_quality_score"]).toBeCloseTo(Math.exp(-0.33 * (0.15 + (0.85 * 5_997) / 17_992)), 9);
  });

  it("says nothing of a start that never was", () => {
    const values = only("hlsjs-startup-failure");
    expect(values["playback_success_score"]).toBe(0);
    expect(values["viewer_experience_score"]).toBe(0);
    for (const id of ["startup_time_score", "rebuffer_score", "video_quality_score", "video_startup_time"]) {
      expect([id, values[id]]).toEqual([id, null]);
    }
  });

  it("takes a page that closed without a word for dropped, and no other", () => {
    expect(only("html5-startup-failure")["view_dropped_percentage"]).toBe(1); // that client says viewend after viewstart only
    expect(only("html5-tab-close")["view_dropped_percentage"]).toBe(0);
  });
});
