import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import {
  encodeRejectedRecord,
  type RejectedRecord,
  type RejectedSample,
} from "../../domain/messages/rejected-record.ts";
import { TOPICS } from "../../domain/messages/topics.ts";
import { migrateClickHouse } from "../../platform/clickhouse/migrate.ts";
import { startTestClickHouse, type TestClickHouse } from "../../platform/clickhouse/testing.ts";
import type { EventLog } from "../../platform/eventlog/eventlog.ts";
import { openSegmentLog } from "../../platform/eventlog/segment-log.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { createSink } from "../sink/sink.ts";
import { RejectedConsumer } from "./rejected-consumer.ts";

const log = createLogger("test", "silent");
const AT_MS = Math.floor(Date.now() / 1_000) * 1_000;
const SAMPLE: RejectedSample = {
  ...{ envKey: "KEY\u0000", address: "81.2.69.0", userAgent: "agent", referrer: "r", host: "h", path: "/?a=1" },
  ...{ contentType: "text/plain", contentEncoding: "gzip", event: '{"e":"hb"}', body: "e30=", isBase64: true },
  ...{ bodyBytes: 2, replayable: true },
};
const counts = (count: number, environmentId = 7): RejectedRecord => {
  return { atMs: AT_MS, environmentId, reason: "not_json", count, sample: null };
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
  directory = await mkdtemp(join(tmpdir(), "playhead-rejected-"));
  eventlog = openSegmentLog({ directory, topics: TOPICS, retentionMs: 1e9, now: Date.now });
});
afterEach(async () => {
  await eventlog.close();
  await rm(directory, { recursive: true, force: true });
});

async function read(sql: string): Promise<Record<string, unknown>[]> {
  return clickhouse.client.query(sql, {}, z.record(z.string(), z.unknown()));
}
const events = () => read("SELECT toUInt32(sum(count)) AS n, toUInt32(count()) AS rows FROM rejected_beacons FINAL");

async function consume(until: () => Promise<boolean>): Promise<{ undecodable: number; count: number }> {
  let undecodable = 0;
  const progress = await eventlog.openWriter("views_progress");
  const consumer = new RejectedConsumer({
    log,
    eventlog,
    progress,
    sink: createSink({ clickhouse: clickhouse.client, log, metrics: createMetrics("test") }),
    onUndecodable: () => {
      undecodable += 1;
    },
    onFailed: (error) => {
      throw error;
    },
  });
  await consumer.start();
  await expect.poll(until, { timeout: 10_000 }).toBe(true);
  const count = consumer.count();
  await consumer.close();
  await progress.close();
  return { undecodable, count };
}

it("what is rejected is stored once, counts and samples, however often the log is read", async () => {
  const writer = await eventlog.openWriter("rejected");
  const texts = [counts(3), { ...counts(0), sample: SAMPLE }, counts(4, 0)].map(encodeRejectedRecord);
  const record = (text: string) => ({ partition: 0, key: "", value: Buffer.from(text), timestampMs: AT_MS });
  await writer.append([...texts, "no record of ours"].map(record));
  expect(await consume(async () => (await events())[0]?.["rows"] === 3)).toEqual({ undecodable: 1, count: 7 });
  expect(await events()).toEqual([{ n: 7, rows: 3 }]);

  await rm(join(directory, "rejected", "groups"), { recursive: true }); // as if it had died before it could commit
  await writer.append([record(encodeRejectedRecord(counts(5)))]);
  expect(await consume(async () => (await events())[0]?.["rows"] === 4)).toEqual({ undecodable: 0, count: 12 });
  expect(await events()).toEqual([{ n: 12, rows: 4 }]);
  expect(await read("SELECT * EXCEPT (at, position) FROM rejected_beacons FINAL WHERE is_sample")).toEqual([
    {
      ...{ environment_id: 7, stage: "edge", partition: 0, item: 0, reason: "not_json", count: 0, is_sample: 1 },
      ...{ env_key: "KEY\u0000", viewer_address: "81.2.69.0", user_agent: "agent", referrer: "r", host: "h" },
      ...{ path: "/?a=1", content_type: "text/plain", content_encoding: "gzip", event: '{"e":"hb"}', body: "e30=" },
      ...{ is_base64: 1, body_bytes: 2, replayable: 1 },
    },
  ]);
});
