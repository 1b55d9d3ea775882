import { expect, it, vi } from "vitest";
import type { DeliveryRecord } from "../../domain/usage/delivery-record.ts";
import { decodeDeliveryRecord } from "../../domain/usage/delivery-record.ts";
import { type LogRecord, LogUnavailableError } from "../../platform/eventlog/eventlog.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { createUsageLog } from "./usage-log.ts";
import { createUsageMetrics } from "./usage-metrics.ts";

const RECORD: DeliveryRecord = {
  ...{ environmentId: 1, assetId: "asset", playbackId: "id", planId: "plan", rendition: "720p", segment: 0 },
  ...{ tier: "720p", lengthMs: 4_000, atMs: 1_800_000_000_000, session: "session" },
};

/** A log that can be away. */
function world(maxWaiting = 100) {
  const state = { away: false, taken: [] as LogRecord[] };
  const registry = createMetrics("test");
  const usage = createUsageLog({
    writer: {
      append: async (records) => {
        if (state.away) throw new LogUnavailableError("full");
        state.taken.push(...records);
      },
      close: async () => undefined,
    },
    log: createLogger("test", "silent"),
    metrics: createUsageMetrics(registry),
    gatherMs: 1,
    maxWaiting,
  });
  const metric = async (name: string) => Number((await registry.getSingleMetricAsString(name)).split(" ").at(-1));
  const segments = () => state.taken.map(({ value }) => decodeDeliveryRecord(value.toString())?.segment);
  return { state, usage, metric, segments };
}

it("writes what is added, in order, the rest when it is closed", async () => {
  const { usage, segments } = world();
  usage.add(RECORD);
  await vi.waitFor(() => expect(segments()).toEqual([0]));
  usage.add({ ...RECORD, segment: 1 });
  await usage.close();
  expect(segments()).toEqual([0, 1]);
});

it("keeps what the log cannot take, and counts what there is no room for", async () => {
  const { state, usage, metric, segments } = world(3);
  state.away = true;
  for (let segment = 0; segment < 5; segment += 1) usage.add({ ...RECORD, segment });
  await vi.waitFor(() => expect(usage.trouble()).toBe("full"));
  expect(await metric("playhead_delivery_usage_waiting_records")).toBe(3);
  expect(await metric("playhead_delivery_usage_lost_seconds_total")).toBe(8);
  state.away = false;
  await vi.waitFor(() => expect(usage.trouble()).toBeNull());
  expect(segments()).toEqual([0, 1, 2]);
  usage.add({ ...RECORD, segment: 5 });
  await usage.close();
  expect(segments()).toEqual([0, 1, 2, 5]);
});

it("gives up at the end where the log is away", async () => {
  const { state, usage, segments } = world();
  state.away = true;
  usage.add(RECORD);
  await usage.close();
  expect(segments()).toEqual([]);
});
