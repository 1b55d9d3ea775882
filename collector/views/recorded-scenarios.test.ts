import { readdirSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { type Arrival, foldEvent } from "../../domain/view/fold.ts";
import { recordOf } from "../../domain/view/record/record-of.ts";
import { RECORD_COLUMNS } from "../../domain/view/record-columns.ts";
import { traceView } from "../../domain/view/timeline.ts";
import type { ViewRecord } from "../../domain/view/view-record.ts";
import { createView, type ViewState } from "../../domain/view/view-state.ts";
import { viewerDevice } from "../../domain/view/viewer-facts.ts";
import { decodeEvent } from "../../domain/wire/decode-events.ts";
import { decodeRequest } from "../../domain/wire/decode-request.ts";
import { createDeviceParser } from "../../platform/user-agent/viewer-device.ts";
import { recordedRequests } from "../testing/recorded-records.ts";

const BEACONS = new URL("../../fixtures/beacons/", import.meta.url);
const RECORDS = new URL("../../fixtures/records/", import.meta.url);
/** Server clock at the beginning of a scenario. */
const BASE_MS = 1_795_409_000_000;
/** What the element did and what the SDK saw of it may differ by this much. */
const TOLERANCE_MS = 60;
const PLACE = { continent: "EU", region: "Bavaria", city: "Munich", latitude: 48.1, longitude: 11.5 };
const NETWORK = { asn: 64_500, asnName: "Example Net" };

type Expected = Record<string, unknown>;

interface Scenario {
  client: string;
  views: {
    viewId: string;
    /** On the media element, by the recorder: no SDK took part. */
    measured: Record<string, number>;
    /** What is not in common.json; `attributes` is the number of fields. */
    record: Expected;
  }[];
}

const parseDevice = createDeviceParser();
const common = readJson<Record<string, Expected>>("common.json");
const names = readdirSync(BEACONS)
  .filter((name) => name.endsWith(".ndjson"))
  .map((name) => name.slice(0, -".ndjson".length));

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, RECORDS), "utf8")) as T;
}

function foldRecording(name: string): Map<string, ViewState> {
  const views = new Map<string, ViewState>();
  for (const { t_ms: tMs, headers, body } of recordedRequests(name)) {
    const request = decodeRequest(body);
    if (request.kind === "rejected") throw new Error(request.reason);
    const userAgent = headers["user-agent"] ?? "";
    const context = { address: "203.0.113.0", country: "DE", place: { ...PLACE, ...NETWORK }, userAgent };
    const arrival: Arrival = {
      atMs: BASE_MS + tMs,
      transmittedAtMs: request.transmissionTimestampMs,
      context: { ...context, referrer: "", retentionDays: 90 },
    };
    for (const { raw } of request.events) {
      const decoded = decodeEvent(raw);
      if (decoded.kind === "rejected") throw new Error(decoded.reason);
      const { event } = decoded;
      const view = views.get(event.viewId) ?? createView(event.viewId, arrival.atMs);
      views.set(event.viewId, view);
      foldEvent(view, event, arrival);
    }
  }
  return views;
}

function recordOfView(view: ViewState): ViewRecord {
  const device = viewerDevice(view, parseDevice(view.context.userAgent));
  return recordOf({ view, timeline: traceView(view), device, dropped: false });
}

/** The tables tell nine decimals. */
function isSame(actual: unknown, expected: unknown): boolean {
  if (typeof actual !== "number" || typeof expected !== "number") return isDeepStrictEqual(actual, expected);
  return Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
}

describe.each(names)("the record of %s", (name) => {
  const { client, views } = readJson<Scenario>(`${name}.json`);
  const folded = foldRecording(name);

  it("is right in every part", () => {
    expect([...folded.keys()]).toEqual(views.map(({ viewId }) => viewId));
    for (const { viewId, record } of views) {
      const expected: Expected = { ...common["all"], ...common[client], ...record };
      const actual = recordOfView(folded.get(viewId) as ViewState);
      const parts: Expected = { ...actual, attributes: Object.keys(JSON.parse(actual.attributes)).length };
      for (const part in RECORD_COLUMNS) {
        expect(expected, `${part} is not in the table`).toHaveProperty(part);
        if (!isSame(parts[part], expected[part])) expect([part, parts[part]]).toEqual([part, expected[part]]);
      }
      expect(Object.keys(expected).sort()).toEqual(Object.keys(RECORD_COLUMNS).sort());
    }
  });

  it("tells what the media element did", () => {
    for (const { viewId, measured } of views) {
      const record: Expected = { ...recordOfView(folded.get(viewId) as ViewState) };
      for (const [part, value] of Object.entries(measured)) {
        const apart = Math.abs(Number(record[part] ?? Number.NaN) - value);
        expect(apart, `${part}: ${record[part]} instead of ${value}`).toBeLessThanOrEqual(TOLERANCE_MS);
      }
    }
  });
});

it("has a table of every scenario and of nothing else", () => {
  const tables = readdirSync(RECORDS).filter((name) => name !== "common.json");
  expect(tables).toEqual(names.map((name) => `${name}.json`));
});
