import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { TOPICS } from "../../domain/messages/topics.ts";
import { askDelivered } from "../../domain/usage/ask-delivered.ts";
import { type DeliveryRecord, encodeDeliveryRecord } from "../../domain/usage/delivery-record.ts";
import { migrateClickHouse } from "../../platform/clickhouse/migrate.ts";
import { startTestClickHouse, type TestClickHouse } from "../../platform/clickhouse/testing.ts";
import type { EventLog } from "../../platform/eventlog/eventlog.ts";
import { openSegmentLog } from "../../platform/eventlog/segment-log.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { createSink } from "../sink/sink.ts";
import { createDeliveriesConsumer } from "./deliveries-consumer.ts";

const log = createLogger("test", "silent");
const HOUR_MS = 3_600_000;
/** Ten minutes after a full hour that has not gone yet. */
const AT_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS + 600_000;
const RECORD: DeliveryRecord = {
  ...{ environmentId: 7, assetId: "film", playbackId: "id", planId: "0123456789abcdef", rendition: "720p", segment: 0 },
  ...{ tier: "720p", lengthMs: 4_004, atMs: AT_MS, session: "aaaaaaaaaaaaaaaa" },
};

let clickhouse: TestClickHouse;
let directory: string;
let eventlog: EventLog;

beforeAll(async () => {
  clickhouse = await startTestClickHouse();
  const migrations = new URL("../../migrations/clickhouse/", import.meta.url).pathname;
  await migrateClickHouse({ clickhouse: clickhouse.client, directory: migrations, cluster: null, log });
});
afterAll(async () => {
  await clickhouse.stop();
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "playhead-deliveries-"));
  eventlog = openSegmentLog({ directory, topics: TOPICS, retentionMs: 1e9, now: Date.now });
});
afterEach(async () => {
  await eventlog.close();
  await rm(directory, { recursive: true, force: true });
});

async function ask(environmentId = 7, fromMs = AT_MS - HOUR_MS, toMs = AT_MS + 2 * HOUR_MS) {
  const Row = z.object({ asset_id: z.string(), tier: z.string(), delivered_seconds: z.number(), sessions: z.number() });
  // the column's own type of number, which tests make freely
  const { sql, params } = askDelivered({ environmentId: environmentId as EnvironmentId, fromMs, toMs, assetId: null });
  const rows = await clickhouse.client.query(sql, params, Row);
  return rows.map((row) => [row.asset_id, row.tier, row.delivered_seconds, row.sessions]);
}

async function consume(until: () => Promise<unknown>): Promise<number> {
  let undecodable = 0;
  const consumer = createDeliveriesConsumer({
    log,
    eventlog,
    sink: createSink({ clickhouse: clickhouse.client, log, metrics: createMetrics("test") }),
    onUndecodable: () => {
      undecodable += 1;
    },
    onFailed: (error) => {
      throw error;
    },
  });
  await consumer.start();
  await until();
  await consumer.close();
  return undecodable;
}

it("delivered seconds are summed by asset and tier, each segment once for a session, however often the log is read", async () => {
  const writer = await eventlog.openWriter("deliveries");
  const append = (...changes: Partial<DeliveryRecord>[]) =>
    writer.append(
      changes.map((change) => {
        const value = Buffer.from(encodeDeliveryRecord({ ...RECORD, ...change }));
        return { partition: 0, key: "", value, timestampMs: AT_MS };
      }),
    );
  await writer.append([{ partition: 0, key: "", value: Buffer.from("none of ours"), timestampMs: AT_MS }]);
  await append(
    {},
    { atMs: AT_MS + 5_000 }, // the player asked again
    { segment: 1, lengthMs: 2_000 },
    { session: "bbbbbbbbbbbbbbbb" },
    { rendition: "1080p", tier: "1080p" }, // the same seconds in another rendition were sent, too
    { atMs: AT_MS + HOUR_MS }, // watched again later
    { assetId: "song", rendition: "audio", tier: "audio-only", lengthMs: 10_000 },
    { environmentId: 8, assetId: "foreign" },
  );
  const expected = [
    ["film", "1080p", 4.004, 1],
    ["film", "720p", 14.012, 2],
    ["song", "audio-only", 10, 1],
  ];
  expect(await consume(() => expect.poll(() => ask(), { timeout: 10_000 }).toEqual(expected))).toBe(1);
  expect(await ask(8)).toEqual([["foreign", "720p", 4.004, 1]]);
  expect(await ask(7, AT_MS - 600_000 + HOUR_MS)).toEqual([["film", "720p", 4.004, 1]]);

  await rm(join(directory, "deliveries", "groups"), { recursive: true }); // as if it had died before it could commit
  await append({ assetId: "zebra" });
  const more = [...expected, ["zebra", "720p", 4.004, 1]];
  await consume(() => expect.poll(() => ask(), { timeout: 10_000 }).toEqual(more));
});
