import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { encodeBeaconRecord } from "../../domain/messages/beacon-record.ts";
import { askAudience } from "../../domain/monitoring/ask-audience.ts";
import { bucketOf } from "../../domain/monitoring/beat.ts";
import { migrateClickHouse } from "../../platform/clickhouse/migrate.ts";
import { startTestClickHouse, type TestClickHouse } from "../../platform/clickhouse/testing.ts";
import type { StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { createDeviceParser } from "../../platform/user-agent/viewer-device.ts";
import { tickRecord } from "../testing/recorded-records.ts";
import { createFoldCounters } from "../views/fold-counters.ts";
import { PartitionFold } from "../views/partition-fold.ts";
import { createSink } from "./sink.ts";

const ONE = 1 as EnvironmentId;
const START_MS = Math.floor(Date.now() / 5_000) * 5_000 - 60_000;
const log = createLogger("test", "silent");

let clickhouse: TestClickHouse;
beforeAll(async () => {
  clickhouse = await startTestClickHouse();
  const directory = new URL("../../migrations/clickhouse/", import.meta.url).pathname;
  await migrateClickHouse({ clickhouse: clickhouse.client, directory, cluster: null, log });
});
afterAll(() => clickhouse.stop());

/** A view that has begun to play, of whom its player says. */
function playing(offset: number, viewer: Record<string, string>): StoredRecord {
  const viewId = `view-${offset}`;
  const names = ["viewstart", "play", "playing"];
  const events = names.map((event, at) => ({
    event,
    view_id: viewId,
    view_sequence_number: at + 1,
    viewer_time: START_MS + at,
    video_id: "film",
    ...(at === 0 ? viewer : {}), // as SDKs do: what stays the same is told once
  }));
  const context = { address: "", country: "", userAgent: "", referrer: "", retentionDays: 90 };
  const head = { environmentId: ONE, viewId, arrivedAtMs: START_MS, transmittedAtMs: START_MS, context };
  const value = Buffer.from(encodeBeaconRecord(head, JSON.stringify({ events })));
  return { partition: 0, key: "", value, timestampMs: START_MS, offset, nextOffset: offset + 1 };
}

it("viewers of views that play now are told apart by the page's id, else by the player's", async () => {
  const metrics = createMetrics("test");
  const fold = new PartitionFold({ parseDevice: createDeviceParser(), counters: createFoldCounters(metrics) });
  const sink = createSink({ clickhouse: clickhouse.client, log, metrics });
  const viewers = [
    { viewer_user_id: "ada", mux_viewer_id: "cookie-1" },
    { viewer_user_id: "ada", mux_viewer_id: "cookie-2" },
    { viewer_user_id: "eve", mux_viewer_id: "cookie-2" },
    { mux_viewer_id: "cookie-2" },
    {},
  ];
  for (const [at, viewer] of viewers.entries()) fold.apply([playing(at, viewer)]);
  fold.apply([tickRecord(START_MS + 7_000)]);
  await sink.store(fold.collect(), AbortSignal.timeout(20_000));

  const { sql, params } = askAudience({ environmentId: ONE, kind: "video_id", id: "film" }, bucketOf(START_MS + 7_000));
  const rows = await clickhouse.client.query(sql, params, z.object({ views: z.number(), viewers: z.number() }));
  expect(rows).toEqual([{ views: 5, viewers: 3 }]);
});
