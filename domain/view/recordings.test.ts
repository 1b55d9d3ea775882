import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEvent } from "../wire/decode-events.ts";
import { decodeRequest } from "../wire/decode-request.ts";
import { type Arrival, foldEvent } from "./fold.ts";
import { recordOf } from "./record/record-of.ts";
import { NO_DEVICE } from "./testing/no-device.ts";
import { traceView } from "./timeline.ts";
import { createView, field, restoreView, serializeView, type ViewState } from "./view-state.ts";

const FOLDER = new URL("../../fixtures/beacons/", import.meta.url);
/** Playhead's own figures may differ from the client's by this much. */
const TOLERANCE_MS = 60;

interface RecordedRequest {
  t_ms: number;
  headers: Record<string, string>;
  body: string;
}

interface ExpectedView {
  viewId: string;
  events: number;
  fields: Map<string, unknown>;
}

const names = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".ndjson"))
  .map((name) => name.slice(0, -".ndjson".length));

function readRecording(name: string): RecordedRequest[] {
  const text = readFileSync(new URL(`${name}.ndjson`, FOLDER), "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as RecordedRequest);
}

/** The tables and counts that the recorder wrote beside the recording. */
function readExpectation(name: string): ExpectedView[] {
  const text = readFileSync(new URL(`${name}.expect.md`, FOLDER), "utf8");
  return text
    .split(/^### View /m)
    .slice(1)
    .map((section) => {
      const rows = [...section.matchAll(/^\| (\w+) \| (.+) \|$/gm)].filter(([, name]) => name !== "field");
      return {
        viewId: /^\d+: (\S+)/.exec(section)?.[1] ?? "",
        events: Number(/Sequence numbers 1\.\.(\d+), gaps: 0/.exec(section)?.[1]),
        fields: new Map(rows.map(([, field, value]) => [field as string, JSON.parse(value as string) as unknown])),
      };
    });
}

/** Folds requests in the order given; each keeps the arrival time it had. */
function foldRequests(requests: readonly RecordedRequest[]): Map<string, ViewState> {
  const views = new Map<string, ViewState>();
  for (const { t_ms: tMs, headers, body } of requests) {
    const request = decodeRequest(body);
    if (request.kind === "rejected") throw new Error(`recorded request rejected: ${request.reason}`);
    const context = {
      address: "",
      country: "",
      userAgent: headers["user-agent"] ?? "",
      referrer: "",
      retentionDays: 90,
    };
    const sentAtMs = request.transmissionTimestampMs;
    const arrival: Arrival = { atMs: BASE_MS + tMs, transmittedAtMs: sentAtMs, context };
    for (const { raw } of request.events) {
      const decoded = decodeEvent(raw);
      if (decoded.kind === "rejected") throw new Error(`recorded event rejected: ${decoded.reason}`);
      const { event } = decoded;
      const view = views.get(event.viewId) ?? createView(event.viewId, BASE_MS);
      views.set(event.viewId, view);
      foldEvent(view, event, arrival);
    }
  }
  return views;
}

const BASE_MS = 1_795_409_000_000;

function comparable(views: ReadonlyMap<string, ViewState>): unknown {
  return [...views.values()]
    .sort((a, b) => (a.viewId < b.viewId ? -1 : 1))
    .map((view) => ({ ...view, lastSeenMs: 0, fields: byName(view.fields), initials: byName(view.initials) })); // lastSeenMs: in log order alone
}

function byName<V>(map: Iterable<[string, V]>): [string, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

describe.each(names)("%s", (name) => {
  const requests = readRecording(name);
  const expected = readExpectation(name);
  const views = foldRequests(requests);

  it("gives the views that were played, with the fields the client reported", () => {
    expect([...views.keys()].sort()).toEqual(expected.map(({ viewId }) => viewId).sort());
    for (const { viewId, events, fields } of expected) {
      const view = views.get(viewId) as ViewState;
      expect(view.sequences).toEqual([[1, events]]);
      for (const [fieldName, value] of fields)
        expect([fieldName, reported(view, fieldName)]).toEqual([fieldName, value]);
    }
  });

  it("comes to the client's own figures from the events alone", () => {
    for (const { viewId, fields } of expected) {
      const view = views.get(viewId) as ViewState;
      const derived = recordOf({ view, timeline: traceView(view), device: NO_DEVICE, dropped: false });
      const near = (ours: number | null, theirs: string) => {
        const value = fields.get(theirs);
        if (typeof value === "number")
          expect([theirs, Math.abs((ours ?? -1) - value) <= TOLERANCE_MS, ours, value]).toEqual([
            theirs,
            true,
            ours,
            value,
          ]);
      };
      near(derived.watchMs, "view_watch_time");
      near(derived.startupMs, "view_time_to_first_frame");
      near(derived.rebufferMs, "view_rebuffer_duration");
      near(derived.maxPlayheadMs, "view_max_playhead_position");
      if (fields.has("view_rebuffer_count")) expect(derived.rebufferCount).toBe(fields.get("view_rebuffer_count"));
      if (fields.has("view_seek_count") && !name.startsWith("shaka")) {
        expect(derived.seekCount).toBe(fields.get("view_seek_count"));
        near(derived.seekMs, "view_seek_duration");
      }
      expect(derived.playbackFailure).toBe(fields.has("player_error_code"));
      expect(derived.videoStartupFailure).toBe(name.includes("startup-failure"));
      expect(derived.counted).toBe(true);
    }
  });

  it("is the same for every order and repetition of its requests", () => {
    const order = fc
      .array(fc.nat(requests.length - 1), { maxLength: 2 * requests.length })
      .chain((repeats) =>
        fc.shuffledSubarray([...requests.keys(), ...repeats], { minLength: requests.length + repeats.length }),
      );
    const truth = comparable(views);
    fc.assert(
      fc.property(order, (indexes) => {
        const shuffled = indexes.map((index) => requests[index] as RecordedRequest);
        expect(comparable(foldRequests(shuffled))).toEqual(truth);
      }),
      { numRuns: Number(process.env["FC_RUNS"] ?? 15) },
    );
  });

  it("survives a checkpoint", () => {
    for (const view of views.values()) expect(restoreView(serializeView(view))).toEqual(view);
  });
});

/** The view's field, with error fields taken from its last error. */
function reported(view: ViewState, name: string): unknown {
  const error = view.errors.at(-1);
  if (name === "player_error_code") return error?.code;
  if (name === "player_error_message") return error?.message;
  return field(view, name);
}
