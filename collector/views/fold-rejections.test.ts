import { expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { encodeBeaconRecord } from "../../domain/messages/beacon-record.ts";
import { beaconPartition } from "../../domain/messages/partition.ts";
import { MAX_SAMPLES_OF_SENDER } from "../../domain/messages/sample-caps.ts";
import type { StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { createDeviceParser } from "../../platform/user-agent/viewer-device.ts";
import { REJECTED_COLUMNS } from "../sink/rejected-rows.ts";
import { FoldRejections } from "./fold-rejections.ts";
import { PartitionFold } from "./partition-fold.ts";

const ENVIRONMENT = 7 as EnvironmentId;
const AT_MS = 1_795_500_000_000;
const context = { address: "81.2.69.0", country: "GB", userAgent: "agent", referrer: "r", retentionDays: 90 };

/** What an edge of an earlier release might have let through. */
function record(offset: number, events: unknown[], viewId = "view"): StoredRecord {
  const head = { environmentId: ENVIRONMENT, viewId, arrivedAtMs: AT_MS, transmittedAtMs: null, context };
  const value = Buffer.from(encodeBeaconRecord(head, JSON.stringify({ events })));
  return { partition: 3, key: "", value, timestampMs: AT_MS, offset, nextOffset: offset + 100 };
}

function rejectedRows(batches: readonly StoredRecord[][], maxOpenViews = 1): Record<string, unknown>[] {
  const rejections = new FoldRejections();
  const counters = { rejected: () => undefined, undecodable: () => undefined };
  const parseDevice = createDeviceParser();
  const fold = new PartitionFold({ parseDevice, counters, onRejected: rejections.add, maxOpenViews });
  for (const batch of batches) fold.apply(batch);
  return rejections.take().map((row) => Object.fromEntries(REJECTED_COLUMNS.map((name, at) => [name, row[at]])));
}

const good = { e: "hb", xid: "view", xsqno: 1, ake: "key" };
const bad = { e: "hb", xid: "view", ake: "key" };

it("what the fold does not take is counted and shown, under a key that is its place in the log", () => {
  const records = [record(0, [good, bad]), record(500, [bad, bad])];
  const rows = rejectedRows([records]);
  expect(rejectedRows(records.map((one) => [one]))).toEqual(rows);
  expect(rows.map(({ position, item, count, is_sample }) => [position, item, count, is_sample])).toEqual([
    [0, 2, 1, 0],
    [0, 3, 0, 1],
    [500, 0, 1, 0],
    [500, 1, 0, 1],
    [500, 2, 1, 0],
    [500, 3, 0, 1],
  ]);
  expect(rows[1]).toMatchObject({
    ...{ environment_id: 7, stage: "views", partition: beaconPartition(ENVIRONMENT, "view") },
    ...{ reason: "missing_sequence_number", env_key: "key", viewer_address: "81.2.69.0", user_agent: "agent" },
    ...{ body: JSON.stringify({ events: [bad] }), replayable: 1 },
  });
});

it("a sample keeps the beginning of a key that is none", () => {
  const [, sample] = rejectedRows([[record(0, [{ ...good, ake: "K".repeat(1_000_000) }])]]);
  expect(sample).toMatchObject({ reason: "malformed_env_key", env_key: "K".repeat(128) });
});

it("a view for which there is no room is one count of all its events, and one sample", () => {
  const full = record(300, [good, { ...good, xsqno: 2 }, { ...good, xsqno: 3 }]);
  const rows = rejectedRows([[record(0, [good], "another"), full]]);
  expect(rows.map(({ reason, item, count, is_sample }) => [reason, item, count, is_sample])).toEqual([
    ["too_many_open_views", 0, 3, 0],
    ["too_many_open_views", 1, 0, 1],
  ]);
  expect(rows[1]).toMatchObject({ body: JSON.stringify({ events: [good] }) });
});

it("samples of the fold are capped, counts are not", () => {
  const rows = rejectedRows([Array.from({ length: 50 }, (_, index) => record(index * 100, [bad]))]);
  expect(rows.filter(({ count }) => count === 1)).toHaveLength(50);
  expect(rows.filter(({ is_sample }) => is_sample === 1)).toHaveLength(MAX_SAMPLES_OF_SENDER);
});
