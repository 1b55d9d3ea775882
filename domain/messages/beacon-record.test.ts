import { describe, expect, it } from "vitest";
import type { EnvironmentId } from "../identifiers.ts";
import { decodeBeaconRecord, encodeBeaconRecord } from "./beacon-record.ts";

const HEAD = {
  environmentId: 7 as EnvironmentId,
  viewId: "view",
  arrivedAtMs: 1_795_500_000_000,
  transmittedAtMs: null,
  context: { address: "", country: "NL", userAgent: "", referrer: "", retentionDays: 30 },
};
const asset = { sequence: 3, assetId: "asset", title: "Tea" };

describe("a beacon record", () => {
  it("comes back as it was written, with and without an asset", () => {
    for (const head of [HEAD, { ...HEAD, count: 1 }, { ...HEAD, asset }, { ...HEAD, asset: { ...asset, title: "" } }]) {
      const text = encodeBeaconRecord(head, '{"events":[{"e":"hb"}]}');
      expect(decodeBeaconRecord(text)).toEqual({ ...head, events: [{ e: "hb" }] });
    }
  });

  it("comes back with the categories of its errors, and without those that nobody knows", () => {
    const errorCategories = { 12: { severity: "fatal", type: "business_exception" } } as const;
    const head = { ...HEAD, errorCategories };
    expect(decodeBeaconRecord(encodeBeaconRecord(head, '{"events":[]}'))).toEqual({ ...head, events: [] });
    for (const unknown of [{ severity: "fatal" }, { severity: "grave", type: "playback_failure" }, "fatal", null]) {
      const text = JSON.stringify({ v: 1, ...HEAD, errorCategories: { 12: unknown }, body: { events: [] } });
      expect(decodeBeaconRecord(text)).toEqual({ ...HEAD, events: [] });
    }
  });

  it("of an earlier release has no asset and no place", () => {
    const text = JSON.stringify({ v: 1, ...HEAD, body: { events: [] } });
    expect(decodeBeaconRecord(text)).toEqual({ ...HEAD, events: [] });
  });

  it("comes back with the viewer's place, and not with half of one", () => {
    const place = { continent: "EU", region: "", city: "Delft", latitude: 52, longitude: null, asn: 0, asnName: "" };
    const head = { ...HEAD, context: { ...HEAD.context, place } };
    expect(decodeBeaconRecord(encodeBeaconRecord(head, '{"events":[]}'))).toEqual({ ...head, events: [] });
    const half = { ...HEAD, context: { ...HEAD.context, place: { city: "Delft" } } };
    expect(decodeBeaconRecord(JSON.stringify({ v: 1, ...half, body: { events: [] } }))).toBeNull();
  });

  it("takes an asset only from the edge, not from the body", () => {
    const text = encodeBeaconRecord(HEAD, JSON.stringify({ events: [], asset }));
    expect(decodeBeaconRecord(text)).toEqual({ ...HEAD, events: [] });
  });
});
