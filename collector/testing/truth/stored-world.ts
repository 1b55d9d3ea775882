import { type BeaconRecord, decodeBeaconRecord } from "../../../domain/messages/beacon-record.ts";
import { type RecordedView, rawViews } from "../../../domain/truth/raw-views.ts";
import { type TrueView, trueView } from "../../../domain/truth/true-view.ts";
import type { ClickHouse } from "../../../platform/clickhouse/clickhouse.ts";
import { migrateClickHouse } from "../../../platform/clickhouse/migrate.ts";
import { createLogger } from "../../../platform/observability/logger.ts";
import { createMetrics } from "../../../platform/observability/metrics.ts";
import { createDeviceParser } from "../../../platform/user-agent/viewer-device.ts";
import { createSink, type Sink } from "../../sink/sink.ts";
import { newFold } from "../fold-run.ts";
import { storedLog } from "./stored-log.ts";

/** Longer than any view stays open. */
const SETTLED_AFTER_MS = 4 * 3_600_000;
const BATCH = 400;

const log = createLogger("test", "silent");
const parseDevice = createDeviceParser();

/** A view by its events alone, with what stands beside them. */
export type KnownView = TrueView & Pick<RecordedView, "environmentId" | "country">;

/** The analytics tables, and the one that writes them. */
export async function createTables(clickhouse: ClickHouse): Promise<Sink> {
  const directory = new URL("../../../migrations/clickhouse/", import.meta.url).pathname;
  await migrateClickHouse({ clickhouse, directory, cluster: null, log });
  return createSink({ clickhouse, log, metrics: createMetrics("test") });
}

/** Lets records go the product's own way: log, fold, rows, tables, in batches as they would be collected. */
export async function storeRecords(
  sink: Sink,
  records: readonly BeaconRecord[],
  tables: "all" | "views",
): Promise<void> {
  const stored = storedLog(records, settledMs(records));
  const fold = newFold();
  for (let at = 0; at < stored.length; at += BATCH) {
    fold.apply(stored.slice(at, at + BATCH));
    const { events, views } = fold.collect();
    await sink.store(tables === "all" ? { events, views } : { views }, AbortSignal.timeout(60_000));
  }
}

/** The truth of the same records, once no view of them is open any more. */
export function trueViews(records: readonly BeaconRecord[]): KnownView[] {
  const nowMs = settledMs(records);
  const read = records.map(asReadFromLog);
  return rawViews(read, (userAgent) => parseDevice(userAgent).bot).map((raw) => ({
    ...trueView(raw, nowMs),
    environmentId: raw.environmentId,
    country: raw.country,
  }));
}

function settledMs(records: readonly BeaconRecord[]): number {
  return (records.at(-1)?.arrivedAtMs ?? 0) + SETTLED_AFTER_MS;
}

function asReadFromLog({ events, ...head }: BeaconRecord): BeaconRecord {
  const read = decodeBeaconRecord(JSON.stringify({ v: 1, ...head, body: { events } }));
  if (read === null || "tickMs" in read) throw new Error("a record of ours cannot be read");
  return read;
}
