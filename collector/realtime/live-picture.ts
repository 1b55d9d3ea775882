import { z } from "zod";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { bucketOf } from "../../domain/monitoring/beat.ts";
import { isKeyed } from "../../domain/monitoring/clauses.ts";
import type { MonitoringDimension } from "../../domain/monitoring/dimensions.ts";
import { measure, NO_SUMS, type Sums, toBucket } from "../../domain/monitoring/measures.ts";
import { askBuckets, askCurrent } from "../../domain/monitoring/queries.ts";
import {
  type BreakdownRowWire,
  BUCKET_MS,
  type BucketWire,
  type CurrentWire,
  OPEN_MS,
  WINDOW_MS,
} from "../../domain/monitoring/socket-wire.ts";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import { BucketRow, SumsRow } from "../../platform/clickhouse/monitoring-rows.ts";
import type { DimensionNames } from "./dimension-names.ts";
import type { Subscription } from "./parse-subscribe.ts";

const BreakdownRow = SumsRow.extend({ dimension: z.string(), value: z.string() });

export type Breakdowns = Partial<Record<MonitoringDimension, BreakdownRowWire[]>>;

/** What one refresh brought. */
export interface PictureNews {
  asOfMs: number;
  changed: BucketWire[];
  current: CurrentWire;
  breakdowns: Breakdowns;
}

/**
 * The last 30 minutes under one filter, shared by all who look at the same. Closed buckets are read once, at the first
 * refresh, and kept; each later refresh asks only for the open ones.
 */
export class LivePicture {
  readonly #environmentId: EnvironmentId;
  readonly #subscription: Subscription;
  readonly #clickhouse: ClickHouse;
  readonly #names: DimensionNames;
  readonly #buckets = new Map<number, BucketWire>();
  /** Buckets that start before this are final. */
  #closedUntilMs: number | null = null;
  #latest: PictureNews | null = null;

  constructor(environmentId: EnvironmentId, subscription: Subscription, clickhouse: ClickHouse, names: DimensionNames) {
    this.#environmentId = environmentId;
    this.#subscription = subscription;
    this.#clickhouse = clickhouse;
    this.#names = names;
  }

  /** The newest news; null before the first refresh. */
  get latest(): PictureNews | null {
    return this.#latest;
  }

  /** All buckets of the window, oldest first. */
  buckets(): BucketWire[] {
    return [...this.#buckets.values()];
  }

  /** Brings the picture up to a moment of log time. Rejects with ClickHouseError and then stays as it was. */
  async refresh(asOfMs: number): Promise<PictureNews> {
    const newestMs = bucketOf(asOfMs);
    const windowMs = newestMs - WINDOW_MS + BUCKET_MS;
    const fromMs = Math.max(windowMs, this.#closedUntilMs ?? windowMs);
    const [rows, { current, breakdowns }] = await Promise.all([
      this.#askBuckets(fromMs, newestMs + BUCKET_MS),
      this.#askCurrent(newestMs),
    ]);
    const openFromMs = bucketOf(asOfMs - OPEN_MS);
    const changed = this.#merge(rows, fromMs, newestMs, openFromMs);
    for (const startMs of this.#buckets.keys()) if (startMs < windowMs) this.#buckets.delete(startMs);
    this.#closedUntilMs = openFromMs;
    this.#latest = { asOfMs, changed, current, breakdowns };
    return this.#latest;
  }

  #merge(rows: ReadonlyMap<number, Sums>, fromMs: number, newestMs: number, openFromMs: number): BucketWire[] {
    const changed: BucketWire[] = [];
    for (let startMs = fromMs; startMs <= newestMs; startMs += BUCKET_MS) {
      const bucket = toBucket(startMs, startMs >= openFromMs, rows.get(startMs) ?? NO_SUMS);
      if (JSON.stringify(bucket) === JSON.stringify(this.#buckets.get(startMs))) continue;
      this.#buckets.set(startMs, bucket); // ascending, and a known key keeps its place: the map stays in order
      changed.push(bucket);
    }
    return changed;
  }

  async #askBuckets(fromMs: number, toMs: number): Promise<Map<number, Sums>> {
    const { sql, params } = askBuckets(this.#environmentId, this.#subscription.filters, fromMs, toMs);
    const rows = await this.#clickhouse.query(sql, params, BucketRow, { name: "monitoring buckets" });
    return new Map(rows.map(({ start_ms: startMs, ...sums }) => [startMs, sums]));
  }

  async #askCurrent(newestMs: number): Promise<{ current: CurrentWire; breakdowns: Breakdowns }> {
    const { filters, breakdowns: dimensions } = this.#subscription;
    const { sql, params } = askCurrent(this.#environmentId, filters, dimensions, newestMs);
    const rows = await this.#clickhouse.query(sql, params, BreakdownRow, { name: "monitoring current" });
    const overall = rows.find((row) => row.dimension === "") ?? NO_SUMS;
    const breakdowns: Breakdowns = {};
    for (const dimension of dimensions) {
      const own = rows.filter((row) => row.dimension === dimension);
      const names = isKeyed(dimension)
        ? await this.#names.resolve(
            this.#environmentId,
            dimension,
            own.map((row) => row.value),
          )
        : null;
      breakdowns[dimension] = own.map((row) => ({
        value: (names?.get(row.value) ?? row.value) || null, // "" stands for "has no value" in the store
        ...measure(row),
      }));
    }
    return { current: measure(overall), breakdowns };
  }
}
